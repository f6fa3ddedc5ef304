"""The demo's mailbox: every mail the product sent, for whoever tries it out. Not part of a real installation."""

from __future__ import annotations

import re

import nh3
from flask import Blueprint, Response, abort, current_app, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from lmsapp.outreach.mailbox import folder_in, list_mails, read_mail
from lmsapp.web.render import answer, get_or_404, page

bp = Blueprint("mailbox", __name__, url_prefix="/mailbox")

TAGS = {
    "a", "b", "blockquote", "br", "code", "em", "h1", "h2", "h3", "h4", "hr", "i", "li", "ol", "p", "pre",
    "strong", "ul",
}  # fmt: skip
DROPPED_WHOLE = {"script", "style", "title", "svg", "math", "template", "noscript", "iframe", "object", "textarea"}


@bp.get("", strict_slashes=False)
def inbox() -> ResponseReturnValue:
    """Newest first. htmx asks again every few seconds and gets the list alone."""
    q = request.args.get("q", "").strip()[:200]
    mails = list_mails(folder_in(current_app.config["DATA_DIR"]), q)
    again = url_for("mailbox.inbox", q=q or None)
    return answer("mailbox/_mails.html", whole="mailbox/inbox.html", mails=mails, q=q, again=again)


@bp.get("/<name>")
def mail(name: str) -> ResponseReturnValue:
    """One mail, as sent."""
    found = get_or_404(read_mail(folder_in(current_app.config["DATA_DIR"]), name))
    return page("mailbox/mail.html", mail=found, paragraphs=paragraphs(found.text), html=clean(found.html))


@bp.get("/<name>/attachments/<int:number>")
def attachment(name: str, number: int) -> ResponseReturnValue:
    """A file that came along, always as a download."""
    found = get_or_404(read_mail(folder_in(current_app.config["DATA_DIR"]), name))
    if number >= len(found.enclosures):
        abort(404)
    one = found.enclosures[number]
    response = Response(one.content, content_type="application/octet-stream")
    response.headers.set("Content-Disposition", "attachment", filename=re.sub(r"[^\w .()-]", "_", one.name))
    return response


def clean(html: str) -> Markup:
    """Only words, structure and links are left; the page around keeps its one top heading."""
    safe = nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href"}},
        clean_content_tags=DROPPED_WHOLE,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )
    return Markup(safe.replace("<h1>", "<h2>").replace("</h1>", "</h2>"))  # noqa: S704 - cleaned just above


def paragraphs(text: str) -> list[list[str]]:
    """Lines by paragraph."""
    return [block.splitlines() for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()) if block.strip()]
