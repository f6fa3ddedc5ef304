"""What every page about certificates has at its head: who finds which of them (CRT-2, CRT-5)."""

from __future__ import annotations

from typing import Any

from flask import g, url_for
from flask_babel import gettext as _

from lmsapp.learning.certificates.evaluations.queries import count_to_evaluate
from lmsapp.people.roles import May

STAFF = (May.GRADE, May.AUTHOR, May.MODERATE)


def certificate_tabs(current: str) -> list[dict[str, Any]]:
    """Templates are for moderators; the rest is for everybody who judges completions."""
    found: list[dict[str, Any]] = [
        {"label": _("Issued"), "href": url_for("studio.certificates"), "current": current == "issued"},
        {
            "label": _("Evaluations"),
            "href": url_for("studio.evaluations"),
            "current": current == "evaluations",
            "count": count_to_evaluate(g.viewer) or None,
        },
        {"label": _("For a group"), "href": url_for("studio.certificate_groups"), "current": current == "groups"},
    ]
    if g.viewer.may(May.MODERATE):
        place = url_for("studio.certificate_templates")
        found.append({"label": _("Templates"), "href": place, "current": current == "templates"})
    return found
