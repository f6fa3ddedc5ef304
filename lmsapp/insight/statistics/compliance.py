"""Mandatory training, kept: people with nothing overdue, and assignments completed in time, over twelve months (DSH-3).

People are those who are here and have mandatory training assigned; looking back, each counts from the day of hire.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Date, cast, func, literal, select

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.infra.db import db
from lmsapp.insight.figures.models import KindFigures
from lmsapp.insight.figures.reading import added, counted, of_kinds, others, people_of, theirs, together
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
    """Two statements from what is kept, and two from the facts, whatever the size."""
    without, *counts = together(asking, _kept_standings, _standings, added)
    days = [*_marks(asking), asking.today]
    standings = [Standing(day, *counts[2 * k : 2 * k + 2]) for k, day in enumerate(days)]
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


def _marks(asking: Asking) -> list[dt.date]:
    return [span.last for span in months_back(asking.today)[:-1]]


def _standings(asking: Asking) -> list[int]:
    """Without mandatory training; then of each mark and of now: people, and how many of them are behind."""
    marks = _marks(asking)
    was = (
        select(TrainingAssignment.employee_id, func.bit_or(behind_at(marks, asking.now)).label("bits"))
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
            *(hired_by(day).label(f"there_{k}") for k, day in enumerate(marks)),
            func.coalesce(was.c.bits, 0).label("bits"),
        )
        .select_from(Employee)
        .outerjoin(was, was.c.employee_id == Employee.id)
        .where(*asking.people())
        .cte("there")
        .prefix_with("MATERIALIZED")  # each person is looked at once, not once a month
    )
    return list(db.session.execute(select(*_sums(there, len(marks))).select_from(there)).one())


def _kept_standings(asking: Asking) -> tuple[list[int], Sequence[int]] | None:
    marks = _marks(asking)
    person = people_of(asking, *(hired_by(day).label(f"there_{k}") for k, day in enumerate(marks)))
    was = (
        select(
            KindFigures.employee_id,
            KindFigures.made_at,
            func.bool_or(KindFigures.assigned).label("counts"),
            func.bit_or(KindFigures.behind).label("bits"),
        )
        .where(*of_kinds(asking, mandatory=True))
        .group_by(KindFigures.employee_id, KindFigures.made_at)
        .subquery()
    )
    there = (
        select(
            func.coalesce(was.c.counts, literal(False)).label("counts"),
            *(person.c[f"there_{k}"] for k in range(len(marks))),
            func.coalesce(was.c.bits, 0).label("bits"),
        )
        .select_from(person)
        .outerjoin(was, theirs(person, was.c))
        .where(person.c.kept)
        .subquery()
    )
    *found, rest = db.session.execute(select(*_sums(there, len(marks)), others(person)).select_from(there)).one()
    return (found, rest) if any(found) else None


def _sums(there: Any, marks: int) -> list[ColumnElement[int]]:
    sums: list[ColumnElement[int]] = [func.count().filter(~there.c.counts)]
    for k in range(marks + 1):
        here = there.c.counts & there.c[f"there_{k}"] if k < marks else there.c.counts
        sums += [func.count().filter(here), func.count().filter(here, there.c.bits.op("&")(1 << k) != 0)]
    return sums


def _months(asking: Asking) -> list[DueMonth]:
    counts = together(asking, lambda a: counted(a, "due", mandatory=True), _due, added)
    return [DueMonth(span, *counts[3 * k : 3 * k + 3]) for k, span in enumerate(months_back(asking.today))]


def _due(asking: Asking) -> list[int]:
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
    return [n for counts in by_span(found, spans, 3) for n in counts]
