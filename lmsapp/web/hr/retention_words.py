"""Retention in sentences: rules, starts, holds, reasons (EVD-6)."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_babel import ngettext

from lmsapp.evidence.retention.holds.rules import Scope
from lmsapp.evidence.retention.policies.rules import Start
from lmsapp.insight.keeping.kinds import KINDS

STARTS: dict[Start, Any] = {
    Start.MADE: __("after it was made"),
    Start.EFFECT: __("after it was last in effect"),
    Start.EMPLOYMENT: __("after the person left"),
}
SCOPES: dict[Scope, Any] = {
    Scope.PERSON: __("Person"),
    Scope.COURSE: __("Course"),
    Scope.DEPARTMENT: __("Department"),
    Scope.TYPE: __("Compliance type"),
    Scope.EVERYTHING: __("Everything"),
}
STATES: dict[str, tuple[str, Any]] = {
    "open": ("pending", __("To review")),
    "longer": ("scheduled", __("Kept longer")),
    "approved": ("queued", __("Approved")),
    "done": ("done", __("Disposed of")),
    "kept": ("waiting", __("Kept")),
}
REVIEW_STATES: dict[str, tuple[str, Any]] = {
    "open": ("info", __("To review")),
    "reviewed": ("warn", __("Waits for a second person")),
    "approved": ("info", __("Being disposed of")),
    "closed": ("good", __("Closed")),
}
WHYS: dict[str, Any] = {"monthly": __("Monthly"), "by hand": __("Asked for"), "erasure": __("Erasure request")}


def span(months: int | None) -> str:
    """'6 years', '12 months', 'for ever'."""
    if months is None:
        return _("for ever")
    if months % 12 == 0 and months > 12:
        return ngettext("%(num)s year", "%(num)s years", months // 12)
    return ngettext("%(num)s month", "%(num)s months", months)


def sentence(months: int | None, start: str) -> str:
    """'Keep 6 years after it was last in effect.'"""
    if months is None:
        return _("Keep for ever.")
    return _("Keep %(span)s %(start)s.", span=span(months), start=str(STARTS[Start(start)]))


def kind_words(kind: str) -> str:
    """'Completion records'."""
    return _(KINDS[kind].many) if kind in KINDS else kind


def tabs() -> list[dict[str, Any]]:
    """The pages of retention, the present one marked."""
    places = (
        (_("Rules"), "hr.retention_policies"),
        (_("Legal holds"), "hr.legal_holds"),
        (_("Reviews"), "hr.retention_reviews"),
        (_("Disposed of"), "hr.disposals"),
        (_("Erasure requests"), "hr.erasures"),
        (_("Retrieval tests"), "hr.retrieval_tests"),
    )
    here = request.path
    return [
        {"label": label, "href": url_for(endpoint), "current": here.startswith(url_for(endpoint))}
        for label, endpoint in places
    ]
