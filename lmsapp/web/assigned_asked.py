"""The address of a list of assignments as filters, and back (ASG-7): a shared link shows the same list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from lmsapp.infra import clock, site
from lmsapp.insight.assignments.filters import ALL, DUE_WINDOWS, LATE_BY, SORTS, AssignmentFilters
from lmsapp.web import dates
from lmsapp.web.assigned_words import SHOWN_STATUSES, SOURCES, due_label, late_label
from lmsapp.web.labels import status_word
from lmsapp.web.lists import numbers, query_string, readable

NAMES = {
    "search": "q",
    "member": "member",
    "courses": "course",
    "departments": "department",
    "statuses": "status",
    "sources": "source",
    "manager": "manager",
    "since": "since",
    "until": "until",
    "due": "due",
    "late": "late",
    "sort": "sort",
    "desc": "desc",
    "as_of": "as_of",
    "page": "page",
}


def read(given: MultiDict[str, str]) -> AssignmentFilters:
    """What is not understood is left out."""
    args = readable(given)
    return AssignmentFilters(
        search=args.get("q", "").strip()[:100],
        member=next(iter(numbers(args.getlist("member"))), None),
        courses=numbers(args.getlist("course")),
        departments=numbers(args.getlist("department")),
        statuses=_known(args, "status", (*SHOWN_STATUSES, ALL)),
        sources=_known(args, "source", SOURCES),
        manager=next(iter(numbers(args.getlist("manager"))), None),
        since=_date(args.get("since", "")),
        until=_date(args.get("until", "")),
        due=args["due"] if args.get("due") in DUE_WINDOWS else "",
        late=args["late"] if args.get("late") in LATE_BY else "",
        sort=args["sort"] if args.get("sort") in SORTS else "due",
        desc=args.get("desc") == "1",
        as_of=_past(args.get("as_of", "")),
        page=min(max(args.get("page", 1, type=int), 1), 100_000),
    )


def query(filters: AssignmentFilters, **changes: Any) -> str:
    """The query string after `changes`, with '?'; every change but of the page goes back to page 1."""
    return query_string(filters, NAMES, changes)


def chips(filters: AssignmentFilters, names: dict[str, dict[Any, str]], base: str) -> list[dict[str, str]]:
    """One for each filter that is set; its address is the list without it.

    `names`: of 'courses', 'departments' and 'managers'.
    """
    found: list[dict[str, str]] = []

    def chip(label: object, **without: Any) -> None:
        found.append({"label": str(label), "href": base + (query(filters, **without) or "?view=0")})

    statuses = {str(one): status_word(one) for one in SHOWN_STATUSES} | {ALL: _("All, completed too")}
    for attribute, words in (
        ("statuses", statuses),
        ("courses", names["courses"]),
        ("departments", names["departments"]),
        ("sources", SOURCES),
    ):
        chosen = getattr(filters, attribute)
        for value in chosen:
            chip(words.get(value, value), **{attribute: tuple(one for one in chosen if one != value)})
    for label, without in _singles(filters, names["managers"]):
        chip(label, **without)
    return found


def _singles(filters: AssignmentFilters, managers: dict[Any, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(words, what to set to take it away) of each filter that has one value."""
    if filters.manager:
        name = managers.get(filters.manager, str(filters.manager))
        yield _("On the line of %(name)s", name=name), {"manager": None}
    if filters.member:
        yield _("One person"), {"member": None}
    if filters.since or filters.until:
        yield _("Due %(span)s", span=_span(filters.since, filters.until)), {"since": None, "until": None}
    if filters.due:
        yield due_label(filters.due), {"due": ""}
    if filters.late:
        yield late_label(filters.late), {"late": ""}
    if filters.search:
        yield _("“%(text)s”", text=filters.search), {"search": ""}


def _span(since: dt.date | None, until: dt.date | None) -> str:
    if since and until:
        return _("%(since)s to %(until)s", since=dates.day(since), until=dates.day(until))
    return _("from %(day)s", day=dates.day(since)) if since else _("to %(day)s", day=dates.day(until))


def _known(args: MultiDict[str, str], name: str, known: Any) -> tuple[str, ...]:
    return tuple(str(one) for one in dict.fromkeys(args.getlist(name)) if one in known)


def _past(value: str) -> dt.date | None:
    """A day that was asked for and can be shown; another leaves the list as of now."""
    day = _date(value)
    return day if day and day < clock.today(site.time_zone()) else None


def _date(value: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        return None
