"""Mandatory training, kept: people with nothing overdue, and assignments completed in time, over twelve months (DSH-3).

People are those who are here and have mandatory training assigned; looking back, each counts from the day of hire.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Date, cast, func, select
from sqlalchemy.sql.elements import ColumnElement

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.infra.db import db
from lmsapp.insight.statistics.asking import Asking
from lmsapp.insight.statistics.facts import (
    assignments,
    behind_at,
    ever_late,
    fell_due,
    in_time,
    late,
    of_courses,
    overdue,
)
from lmsapp.insight.statistics.rules import Span, by_span, months_back, share
from lmsapp.people.employees.models import Employee


@dataclass(frozen=True, slots=True)
class Standing:
    """People at the end of `day` (of the last one: now): `behind` had something overdue."""

    day: dt.date
    people: int
    behind: int

    @property
    def share(self) -> float | None:
        """Per cent of people with nothing overdue."""
        return share(self.people - self.behind, self.people)


@dataclass(frozen=True, slots=True)
class DueMonth:
    """Assignments that fell due in a month."""

    span: Span
    in_time: int
    late: int
    overdue: int

    @property
    def due(self) -> int:
        """All of them."""
        return self.in_time + self.late + self.overdue

    @property
    def share(self) -> float | None:
        """Per cent completed in time."""
        return share(self.in_time, self.due)


@dataclass(frozen=True, slots=True)
class Compliance:
    """`standings`: twelve, the last is now. `without`: people who have no mandatory training assigned."""

    standings: Sequence[Standing]
    months: Sequence[DueMonth]
    without: int

    @property
    def now(self) -> Standing:
        """The present one."""
        return self.standings[-1]

    @property
    def year(self) -> DueMonth:
        """All months together."""
        span = Span(self.months[0].span.first, self.months[-1].span.last)
        return DueMonth(span, *(sum(getattr(m, part) for m in self.months) for part in ("in_time", "late", "overdue")))


def compliance(asking: Asking) -> Compliance:
    """Two statements, whatever the size."""
    standings, without = _standings(asking)
    return Compliance(standings, _months(asking), without)


def has_mandatory(asking: Asking) -> ColumnElement[bool]:
    """Whether somebody has mandatory training assigned that counts."""
    return (
        select(TrainingAssignment.id)
        .where(
            TrainingAssignment.employee_id == Employee.id,
            TrainingAssignment.closed_as.is_(None),
            *of_courses(TrainingAssignment.course_id, asking.mandatory),
        )
        .exists()
    )


def is_behind(asking: Asking) -> ColumnElement[bool]:
    """Whether somebody has mandatory training overdue now."""
    return (
        select(TrainingAssignment.id)
        .where(
            TrainingAssignment.employee_id == Employee.id,
            TrainingAssignment.closed_as.is_(None),
            overdue(asking.now),
            *of_courses(TrainingAssignment.course_id, asking.mandatory),
        )
        .exists()
    )


def hired_by(day: dt.date) -> ColumnElement[bool]:
    """Whether somebody was there already."""
    return func.coalesce(Employee.hire_date, cast(Employee.created_at, Date)) <= day


def _standings(asking: Asking) -> tuple[list[Standing], int]:
    days = [span.last for span in months_back(asking.today)[:-1]]
    was = (
        select(TrainingAssignment.employee_id, func.bit_or(behind_at(days, asking.now)).label("bits"))
        .where(
            TrainingAssignment.closed_as.is_(None),
            ever_late(asking.now),
            *of_courses(TrainingAssignment.course_id, asking.mandatory),
        )
        .group_by(TrainingAssignment.employee_id)
        .subquery()
    )
    there = (
        select(
            has_mandatory(asking).label("counts"),
            *(hired_by(day).label(f"there_{k}") for k, day in enumerate(days)),
            func.coalesce(was.c.bits, 0).label("bits"),
        )
        .select_from(Employee)
        .outerjoin(was, was.c.employee_id == Employee.id)
        .where(*asking.people())
        .cte("there")
        .prefix_with("MATERIALIZED")  # each person is looked at once, not once a month
    )
    counted = []
    for k in range(len(days) + 1):
        here = there.c.counts & there.c[f"there_{k}"] if k < len(days) else there.c.counts
        counted += [func.count().filter(here), func.count().filter(here, there.c.bits.op("&")(1 << k) != 0)]
    without = func.count().filter(~there.c.counts)
    row = db.session.execute(select(without, *counted).select_from(there)).one()
    standings = [Standing(day, row[1 + 2 * k], row[2 + 2 * k]) for k, day in enumerate([*days, asking.today])]
    return standings, row[0]


def _months(asking: Asking) -> list[DueMonth]:
    spans, day = months_back(asking.today), TrainingAssignment.due_on
    statement = assignments(
        asking,
        day,
        func.count().filter(in_time()),
        func.count().filter(late()),
        func.count().filter(overdue(asking.now)),
        mandatory=True,
    ).where(day >= spans[0].first, fell_due(asking.now))
    found = [(row[0], tuple(row[1:])) for row in db.session.execute(statement.group_by(day))]
    return [DueMonth(span, *counts) for span, counts in zip(spans, by_span(found, spans, 3), strict=True)]
