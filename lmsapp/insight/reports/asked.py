"""A report asked for: its rows as page and file ask for them, how many there are, and why there are none (REP-1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select

from lmsapp.infra.db import db, plan_for_values
from lmsapp.infra.past.days import AsOf
from lmsapp.insight.reports.reach import SeenAs
from lmsapp.insight.reports.reading import day
from lmsapp.insight.reports.report import Asking, Labels, Report
from lmsapp.insight.reports.runs.rules import DIRECT
from lmsapp.insight.reports.windows import AS_OF

SHOWN = 100
COUNTED = DIRECT  # more than so many are not counted while somebody waits at the page
# The words the reader's organisation has for a family of statuses ('completion'), in the language of the moment.
LabelsOf = Callable[[str], Labels]


@dataclass(frozen=True, slots=True)
class First:
    """The first rows and how many there are in all; `more`: there are more than were counted. `why`: why there are
    none, in words (N_)."""

    rows: Sequence[Any]
    total: int
    more: bool = False
    why: str = ""


def asking_of(
    report: Report, seen: SeenAs, terms: Mapping[str, Sequence[str]], labels: LabelsOf, now: dt.datetime | None = None
) -> Asking:
    """`now`: the moment it is asked for, where that is another than the present; a past day has its own."""
    past = past_of(report, terms)
    moment = past.now if past.day or now is None else now
    return Asking(seen.viewer, terms, moment, seen.line_only, labels(report.statuses), seen.heads)


def past_of(report: Report, terms: Mapping[str, Sequence[str]]) -> AsOf:
    """The day whose end it is of."""
    return AsOf(day(terms, AS_OF) if report.past else None)


def first_rows(report: Report, asking: Asking) -> First:
    """The first rows and their count, at most COUNTED: which they are, what stands in them, how many there are. Another
    statement only where there is nothing."""
    with past_of(report, asking.terms).reading():
        plan_for_values()
        rows = _first(report, asking)
        total = count_rows(report, asking, COUNTED + 1) if len(rows) == SHOWN else len(rows)
        why = "" if rows else report.why_empty(asking)
    return First(rows, min(total, COUNTED), total > COUNTED, why)


def count_rows(report: Report, asking: Asking, most: int | None = None) -> int:
    """How many rows there are, at most `most`. Inside `past_of(...).reading()` where it is of a past day."""
    rows = (report.ids or report.rows)(asking).order_by(None).limit(most)
    return db.session.scalar(select(func.count()).select_from(rows.subquery())) or 0


def _first(report: Report, asking: Asking) -> Sequence[Any]:
    """Who and what comes first is found before anything is worked out for them."""
    if report.first is not None:
        asking = replace(asking, ids=report.first(asking, SHOWN))
    elif report.ids is not None:
        asking = replace(asking, ids=db.session.scalars(report.ids(asking).limit(SHOWN)).all())
    if asking.ids is not None and not asking.ids:
        return ()
    return db.session.execute(report.rows(asking).limit(SHOWN)).all()
