"""The address of a list of enrollments as filters, and back (ENR-7): a shared link shows the same list."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields, replace
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from lmsapp.insight.enrollments.filters import LESSON_STATES, MARKS, SORTS, SOURCES, EnrollmentFilters
from lmsapp.web import dates
from lmsapp.web.enrolled_words import MARKS as MARK_WORDS
from lmsapp.web.enrolled_words import SOURCES as SOURCE_WORDS
from lmsapp.web.enrolled_words import STATUSES
from lmsapp.web.lists import numbers, readable

NAMES = {
    "search": "q",
    "member": "member",
    "courses": "course",
    "departments": "department",
    "statuses": "status",
    "sources": "source",
    "marks": "marked",
    "least": "least",
    "most": "most",
    "since": "since",
    "until": "until",
    "done_since": "done_since",
    "done_until": "done_until",
    "idle": "idle",
    "lesson": "lesson",
    "lesson_state": "lesson_state",
    "sort": "sort",
    "desc": "desc",
    "page": "page",
}
MOST_IDLE = 3650


def read(given: MultiDict[str, str]) -> EnrollmentFilters:
    """What is not understood is left out."""
    args = readable(given)
    asked = EnrollmentFilters(
        search=args.get("q", "").strip()[:100],
        member=next(iter(numbers(args.getlist("member"))), None),
        courses=numbers(args.getlist("course")),
        departments=numbers(args.getlist("department")),
        statuses=_known(args, "status", STATUSES),
        sources=_known(args, "source", SOURCES),
        marks=_known(args, "marked", MARKS),
        least=_percent(args.get("least", ""), 0),
        most=_percent(args.get("most", ""), 100),
        since=_date(args.get("since", "")),
        until=_date(args.get("until", "")),
        done_since=_date(args.get("done_since", "")),
        done_until=_date(args.get("done_until", "")),
        idle=_days(args.get("idle", "")),
        lesson=next(iter(numbers(args.getlist("lesson"))), None),
        sort=args["sort"] if args.get("sort") in SORTS else "enrolled",
        page=min(max(args.get("page", 1, type=int), 1), 100_000),
    )
    state = args.get("lesson_state", "")
    return replace(
        asked,
        lesson_state=state if asked.lesson and state in LESSON_STATES else "reached" if asked.lesson else "",
        desc=args.get("desc", "1" if "sort" not in args else "0") == "1",
    )


def query(filters: EnrollmentFilters, **changes: Any) -> str:
    """The query string after `changes`, with '?'; every change but of the page goes back to page 1."""
    filters = replace(filters, **{"page": 1, **changes})
    pairs: list[tuple[str, str]] = []
    for field in fields(filters):
        value = getattr(filters, field.name)
        if field.name == "desc" or value == field.default:
            continue
        several = value if isinstance(value, tuple) else (value,)
        pairs += [(NAMES[field.name], str(one)) for one in several]
    if filters.sort != "enrolled" or not filters.desc:
        pairs = [pair for pair in pairs if pair[0] != "sort"]
        pairs += [("sort", filters.sort), ("desc", "1" if filters.desc else "0")]
    return "?" + urlencode(pairs) if pairs else ""


def chips(filters: EnrollmentFilters, names: dict[str, dict[Any, str]], base: str) -> list[dict[str, str]]:
    """One for each filter that is set; its address is the list without it. `names`: of courses and departments."""
    found: list[dict[str, str]] = []

    def chip(label: object, **without: Any) -> None:
        found.append({"label": str(label), "href": base + query(filters, **without)})

    for attribute, words in (
        ("statuses", STATUSES),
        ("courses", names["courses"]),
        ("departments", names["departments"]),
        ("sources", SOURCE_WORDS),
        ("marks", MARK_WORDS),
    ):
        chosen = getattr(filters, attribute)
        for value in chosen:
            chip(words.get(value, value), **{attribute: tuple(one for one in chosen if one != value)})
    _ranges(filters, chip)
    if filters.member:
        chip(_("One person"), member=None)
    if filters.idle is not None:
        chip(_("Nothing done for %(n)s days", n=filters.idle), idle=None)
    if filters.lesson:
        said = {"reached": _("Reached a lesson"), "finished": _("Finished a lesson"), "stuck": _("Stopped at a lesson")}
        chip(said.get(filters.lesson_state, ""), lesson=None, lesson_state="")
    if filters.search:
        chip(_("“%(text)s”", text=filters.search), search="")
    return found


def _ranges(filters: EnrollmentFilters, chip: Any) -> None:
    if filters.least > 0 or filters.most < 100:
        chip(_("%(least)s to %(most)s %% done", least=filters.least, most=filters.most), least=0, most=100)
    if filters.since or filters.until:
        chip(_("Enrolled %(span)s", span=_span(filters.since, filters.until)), since=None, until=None)
    if filters.done_since or filters.done_until:
        span = _span(filters.done_since, filters.done_until)
        chip(_("Completed %(span)s", span=span), done_since=None, done_until=None)


def _span(since: dt.date | None, until: dt.date | None) -> str:
    if since and until:
        return _("%(since)s to %(until)s", since=dates.day(since), until=dates.day(until))
    return _("from %(day)s", day=dates.day(since)) if since else _("to %(day)s", day=dates.day(until))


def _known(args: MultiDict[str, str], name: str, known: Any) -> tuple[str, ...]:
    return tuple(one for one in dict.fromkeys(args.getlist(name)) if one in known)


def _date(value: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        return None


def _percent(value: str, usual: int) -> int:
    return min(int(value), 100) if value.isdecimal() and len(value) < 4 else usual


def _days(value: str) -> int | None:
    return min(int(value), MOST_IDLE) if value.isdecimal() and len(value) < 6 else None
