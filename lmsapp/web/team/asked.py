"""The address bar as filters, and filters as addresses (DSH-1): the whole state of the table is in the query string."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from lmsapp.assignments.rules import AssignmentStatus
from lmsapp.insight.filters import DUE_WINDOWS, SCOPES, SORTS, STANDINGS, TeamFilters
from lmsapp.insight.options import Choices
from lmsapp.web.labels import status_word
from lmsapp.web.lists import MOST, numbers, query_string, readable

NAMES = {
    "search": "q",
    "scope": "reach",
    "departments": "department",
    "alone": "alone",
    "roles": "role",
    "locations": "location",
    "regions": "region",
    "cohorts": "cohort",
    "courses": "course",
    "statuses": "status",
    "due": "due",
    "standing": "people",
    "sort": "sort",
    "desc": "desc",
    "page": "page",
}
LONGEST_SEARCH = 100


def read(given: MultiDict[str, str]) -> TeamFilters:
    """What the address asks for. What is not understood is left out: a shared link never breaks."""
    args = readable(given)
    known = set(AssignmentStatus)
    return TeamFilters(
        search=args.get("q", "").strip()[:LONGEST_SEARCH],
        scope=_one_of(args.get("reach", ""), SCOPES) or "line",
        departments=numbers(args.getlist("department")),
        alone=args.get("alone") == "1" and bool(numbers(args.getlist("department"))),
        **{name: _words(args, NAMES[name]) for name in ("roles", "locations", "regions", "cohorts")},
        courses=numbers(args.getlist("course")),
        statuses=tuple(status for status in dict.fromkeys(args.getlist("status")) if status in known),
        due=_one_of(args.get("due", ""), DUE_WINDOWS),
        standing=_one_of(args.get("people", ""), STANDINGS),
        sort=_one_of(args.get("sort", ""), SORTS) or "due",
        desc=args.get("desc") == "1",
        page=min(max(args.get("page", 1, type=int), 1), 1_000_000),
    )


def query(filters: TeamFilters, **changes: Any) -> str:
    """The query string of the filters after `changes`, with '?'; every change but of the page goes to page 1."""
    return query_string(filters, NAMES, changes)


def chips(filters: TeamFilters, choices: Choices, base: str, unasked: str) -> list[dict[str, str]]:
    """One chip per filter that is set; its address is the page without it, `unasked` where nothing is left."""
    found: list[dict[str, str]] = []

    def chip(label: str, **without: Any) -> None:
        found.append(
            {"label": label, "href": base + query(filters, **without) if query(filters, **without) else unasked}
        )

    gone = {"departments": _("A department that is not on your line"), "courses": _("A course that is gone")}
    for attribute, names in (
        ("statuses", {status: status_word(status) for status in filters.statuses}),
        ("departments", dict(choices.departments)),
        ("roles", {role: role for role in filters.roles}),
        ("locations", {place: place for place in filters.locations}),
        ("regions", {region: region for region in filters.regions}),
        ("cohorts", {cohort: cohort for cohort in filters.cohorts}),
        ("courses", dict(choices.courses)),
    ):
        chosen = getattr(filters, attribute)
        for value in chosen:
            label = names.get(value) or gone.get(attribute, str(value))
            chip(label, **{attribute: tuple(v for v in chosen if v != value)})
    for label, without in _singles(filters):
        chip(label, **without)
    return found


def _singles(filters: TeamFilters) -> Iterator[tuple[str, dict[str, Any]]]:
    """(words, what to set to take it away) of each filter that has one value."""
    if filters.alone:
        yield _("Without the departments below"), {"alone": False}
    if filters.scope == "direct":
        yield scope_label("direct"), {"scope": "line"}
    if filters.due:
        yield due_label(filters.due), {"due": ""}
    if filters.standing:
        yield standing_label(filters.standing), {"standing": ""}
    if filters.search:
        yield _("“%(text)s”", text=filters.search), {"search": ""}


def due_label(due: str) -> str:
    """The words of a due window."""
    return _("Late") if due == "late" else _("Due in %(n)s days", n=due)


def standing_label(standing: str) -> str:
    """The words of a standing."""
    words = {
        "compliant": _("People with nothing overdue"),
        "expiring": _("Certificate ends within 60 days"),
        "stalled": _("Standing still for two days or more"),
    }
    return words[standing]


def scope_label(scope: str) -> str:
    """The words of a reach."""
    return _("Direct reports only") if scope == "direct" else _("The whole line")


def _words(args: MultiDict[str, str], name: str) -> tuple[str, ...]:
    return tuple(word for word in dict.fromkeys(args.getlist(name)[:MOST]) if word)


def _one_of(value: str, known: Sequence[str]) -> str:
    return value if value in known else ""
