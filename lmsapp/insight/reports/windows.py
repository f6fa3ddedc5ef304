"""Days that a schedule leaves to the day it runs: 'last month' is another month each time (REP-4). Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from enum import StrEnum

from lmsapp.infra.words import N_
from lmsapp.insight.reports.report import Kind, Report
from lmsapp.people.calendar.rules import add_months

SINCE, UNTIL, AS_OF = "since", "until", "as_of"
MONTH = "month"


class Window(StrEnum):
    """Whole weeks begin on Monday; a month, quarter or year is the one before that of the run."""

    NONE = ""
    WEEK = "last week"
    MONTH = "last month"
    QUARTER = "last quarter"
    YEAR = "last year"
    MONTH_END = "end of last month"
    YEAR_END = "end of last year"


WORDS: Mapping[Window, str] = {
    Window.NONE: N_("As the filters say, on the day it is sent"),
    Window.WEEK: N_("Last week, Monday to Sunday"),
    Window.MONTH: N_("Last month"),
    Window.QUARTER: N_("Last quarter"),
    Window.YEAR: N_("Last year"),
    Window.MONTH_END: N_("As it was at the end of last month"),
    Window.YEAR_END: N_("As it was at the end of last year"),
}
OF_A_PAST_DAY = (Window.MONTH_END, Window.YEAR_END)


def windows_for(report: Report) -> list[Window]:
    """Those that mean something to the report."""
    kinds = {field.name: field.kind for field in report.fields}
    found = [Window.NONE]
    if kinds.get(SINCE) is Kind.DAY and kinds.get(UNTIL) is Kind.DAY:
        found += [Window.WEEK, Window.MONTH, Window.QUARTER, Window.YEAR]
    elif kinds.get(MONTH) is Kind.MONTH:
        found.append(Window.MONTH)
    return found + list(OF_A_PAST_DAY) if report.past else found


def resolved(report: Report, terms: Mapping[str, Sequence[str]], window: Window, day: dt.date) -> dict[str, list[str]]:
    """The terms of a run on `day`: what the window leaves open is filled in, the rest stays."""
    kept = {name: list(values) for name, values in terms.items() if values}
    if window is Window.NONE:
        return kept
    first, last = days_of(window, day)
    if window in OF_A_PAST_DAY:
        return {**kept, AS_OF: [last.isoformat()]}
    if any(field.name == SINCE for field in report.fields):
        return {**kept, SINCE: [first.isoformat()], UNTIL: [last.isoformat()]}
    return {**kept, MONTH: [f"{first:%Y-%m}"]}


def days_of(window: Window, day: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day of the window as seen from `day`; neither is `day` or later."""
    one = dt.timedelta(days=1)
    if window is Window.WEEK:
        monday = day - dt.timedelta(days=day.weekday() + 7)
        return monday, monday + 6 * one
    year_long = window in (Window.YEAR, Window.YEAR_END)
    months = 12 if year_long else 3 if window is Window.QUARTER else 1
    begun = day.replace(day=1, month=1 if year_long else (day.month - 1) // months * months + 1)
    return add_months(begun, -months), begun - one
