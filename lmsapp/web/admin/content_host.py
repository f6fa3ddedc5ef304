"""Where SCORM content lives, and how well it is kept apart, for whoever runs the system (SEC-3, SCO-4)."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app
from flask_babel import gettext as _

from lmsapp.infra.content_host import is_sibling


@dataclass(frozen=True, slots=True)
class ContentHost:
    """`state` in a word or two with its `tone`, `text` what it means and what to do; `sources` it may load from."""

    state: str
    tone: str
    text: str
    address: str
    sources: tuple[str, ...]


def content_host() -> ContentHost:
    """As it is set at present."""
    config = current_app.config
    address, sources = str(config["CONTENT_URL"]), tuple(config["CONTENT_SOURCES"])
    if not address:
        off = _("Packages cannot be imported or played. Set LMS_CONTENT_URL to a host of another site to switch it on.")
        return ContentHost(_("off"), "info", off, "", ())
    if is_sibling(address, config["BASE_URL"]):
        near = _(
            "This host shares a parent domain with ours: its scripts can set cookies for both, and browsers send ours "
            "along. The address of each request still keeps them out. A host of another site is safer."
        )
        return ContentHost(_("a sibling"), "warn", near, address, sources)
    apart = _("Packages run on another site: their scripts find no session, and requests they send us carry none.")
    return ContentHost(_("another site"), "good", apart, address, sources)
