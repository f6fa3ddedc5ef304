"""The address of a statistics page as what it asks for, and back (DSH-4): a shared link shows the same figures."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from lmsapp.courses.catalogue.rules import Programme
from lmsapp.insight.statistics.asking import BY, FIGURES, StatisticsFilters
from lmsapp.insight.statistics.listed import WHAT
from lmsapp.insight.statistics.row_kinds import RowsAsked
from lmsapp.web.lists import MOST, numbers, readable

NAMES = {
    "departments": "department",
    "roles": "role",
    "locations": "location",
    "regions": "region",
    "cohorts": "cohort",
    "kinds": "kind",
    "courses": "course",
    "per": "per",
    "figure": "figure",
    "by": "by",
    "curve": "curve",
}
PER = ("week", "month")
MOST_DAYS = 36_500


def read(given: MultiDict[str, str]) -> StatisticsFilters:
    """What is not understood is left out."""
    args = readable(given)
    known = {kind.value for kind in Programme}
    return StatisticsFilters(
        departments=numbers(args.getlist("department")),
        roles=tuple(args.getlist("role")[:MOST]),
        locations=tuple(args.getlist("location")[:MOST]),
        regions=tuple(args.getlist("region")[:MOST]),
        cohorts=tuple(args.getlist("cohort")[:MOST]),
        kinds=tuple(kind for kind in dict.fromkeys(args.getlist("kind")) if kind in known),
        courses=numbers(args.getlist("course")),
        per=_one_of(args, "per", PER),
        figure=_one_of(args, "figure", FIGURES),
        by=_one_of(args, "by", BY),
        curve=next(iter(numbers(args.getlist("curve"))), None),
    )


def pairs(filters: StatisticsFilters, **changes: Any) -> list[tuple[str, str]]:
    """The filters after `changes` as names and values of an address; what is as by default is
    left out, unless it was just chosen."""
    found: list[tuple[str, str]] = []
    for one in fields(filters):
        value = changes.get(one.name, getattr(filters, one.name))
        if value is None or (value == one.default and (one.name not in changes or not value)):
            continue
        found += [(NAMES[one.name], str(each)) for each in (value if isinstance(value, tuple) else (value,))]
    return found


def query(filters: StatisticsFilters, *more: tuple[str, str], **changes: Any) -> str:
    """The same as a query string, with '?'."""
    every = [*pairs(filters, **changes), *more]
    return "?" + urlencode(every) if every else ""


def read_rows(given: MultiDict[str, str]) -> RowsAsked:
    """Which number's rows; of one there is not, the people."""
    args = readable(given)
    by = args.get("group_by", "")
    return RowsAsked(
        what=_one_of(args, "what", tuple(WHAT)),
        since=_date(args.get("since", "")),
        until=_date(args.get("until", "")),
        course=next(iter(numbers([args.get("of", "")])), None),
        lesson=next(iter(numbers([args.get("lesson", "")])), None),
        low=_days(args.get("low", "")),
        high=_days(args.get("high", "")),
        by=by if by in BY else "",
        group=args.get("group", "") if by in BY else "",
        page=min(max(args.get("page", 1, type=int), 1), 100_000),
    )


def row_pairs(what: str, **asked: Any) -> list[tuple[str, str]]:
    """The names and values that `read_rows` reads; None is left out."""
    found = [("what", what)]
    names = {"course": "of", "by": "group_by"}
    for name, value in asked.items():
        if value is not None:
            found.append((names.get(name, name), value.isoformat() if isinstance(value, dt.date) else str(value)))
    return found


def _one_of(args: MultiDict[str, str], name: str, known: tuple[str, ...]) -> str:
    typed = args.get(name, "")
    return typed if typed in known else known[0]


def _date(value: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        return None


def _days(value: str) -> int | None:
    return min(int(value), MOST_DAYS) if value.isdecimal() and len(value) < 6 else None
