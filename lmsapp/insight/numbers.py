"""The figures above the team table (DSH-1, DSH-3, DSH-4): asked for apart, so that filtering never counts them anew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Date, Select, cast, func, select

from lmsapp.assignments.expressions import is_open, is_status
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.rules import AssignmentStatus
from lmsapp.infra.db import db
from lmsapp.insight.filters import certificate_ends_soon, due_within, reach, stands_still
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.viewer import Viewer

WEEKS = 12
SOON_DAYS = 14


@dataclass(frozen=True, slots=True)
class DepartmentGap:
    """One department of the line. Compliant: nobody's training is overdue."""

    id: int | None
    name: str
    people: int
    compliant: int

    @property
    def share(self) -> float:
        """Per cent of people with nothing overdue."""
        return 100 * self.compliant / self.people


@dataclass(frozen=True, slots=True)
class Week:
    """Completions of the week that begins on `monday`; `late` were completed after their due date."""

    monday: dt.date
    on_time: int
    late: int


@dataclass(frozen=True, slots=True)
class TeamNumbers:
    """Figures of the viewer's line at one moment. `oldest_due` is the earliest due date among the overdue."""

    people: int
    compliant: int
    overdue: int
    oldest_due: dt.date | None
    due_soon: int
    due_soon_not_started: int
    in_progress: int
    open: int
    expiring: int
    stalled: int
    departments: Sequence[DepartmentGap]
    weeks: Sequence[Week]

    @property
    def share(self) -> float | None:
        """Per cent of people with nothing overdue; None without people."""
        return 100 * self.compliant / self.people if self.people else None


def team_numbers(viewer: Viewer, now: dt.datetime, today: dt.date, scope: str = "line") -> TeamNumbers:
    """Four statements: the open assignments, the last twelve weeks, certificates that end soon, what stands still."""
    people = reach(viewer, scope)
    departments = _departments(people, now)
    gaps = [DepartmentGap(d.id, d.name or "", d.people, d.people - d.behind) for d in departments]
    return TeamNumbers(
        people=sum(d.people for d in departments),
        compliant=sum(gap.compliant for gap in gaps),
        overdue=sum(d.overdue for d in departments),
        oldest_due=min((d.oldest for d in departments if d.oldest), default=None),
        due_soon=sum(d.soon for d in departments),
        due_soon_not_started=sum(d.soon_not_started for d in departments),
        in_progress=sum(d.in_progress for d in departments),
        open=sum(d.open for d in departments),
        expiring=_count(people, certificate_ends_soon(now)),
        stalled=_count(people, stands_still(now)),
        departments=sorted(gaps, key=lambda gap: (gap.share, gap.name.casefold())),
        weeks=_weeks(people, today),
    )


def _departments(people: Select[int], now: dt.datetime) -> Sequence[_DepartmentRow]:
    overdue = is_status(AssignmentStatus.OVERDUE, now)
    soon = due_within(SOON_DAYS, now)
    of_person = (
        select(
            TrainingAssignment.employee_id,
            func.count().label("open"),
            func.count().filter(overdue).label("overdue"),
            func.min(TrainingAssignment.due_on).filter(overdue).label("oldest"),
            func.count().filter(soon).label("soon"),
            func.count().filter(soon, TrainingAssignment.started_at.is_(None)).label("soon_not_started"),
            func.count().filter(is_status(AssignmentStatus.IN_PROGRESS, now)).label("in_progress"),
        )
        .where(is_open(), TrainingAssignment.employee_id.in_(people))
        .group_by(TrainingAssignment.employee_id)
        .subquery()
    )
    total = {name: func.coalesce(func.sum(of_person.c[name]), 0).label(name) for name in SUMMED}
    rows = db.session.execute(
        select(
            Department.id,
            Department.name,
            func.count().label("people"),
            func.count().filter(of_person.c.overdue > 0).label("behind"),
            func.min(of_person.c.oldest).label("oldest"),
            *total.values(),
        )
        .select_from(Employee)
        .outerjoin(Department, Department.id == Employee.department_id)
        .outerjoin(of_person, of_person.c.employee_id == Employee.id)
        .where(Employee.id.in_(people), Employee.status == "active")
        .group_by(Department.id, Department.name)
    )
    return [_DepartmentRow(**{**row, **{name: int(row[name]) for name in SUMMED}}) for row in rows.mappings()]


def _count(people: Select[int], condition: ColumnElement[bool]) -> int:
    counted = select(func.count()).where(TrainingAssignment.employee_id.in_(people), condition)
    return db.session.scalar(counted) or 0


def _weeks(people: Select[int], today: dt.date) -> list[Week]:
    """The last twelve weeks, this one included; weeks without completions are there too."""
    this_monday = today - dt.timedelta(days=today.weekday())
    first = this_monday - dt.timedelta(weeks=WEEKS - 1)
    monday = cast(func.date_trunc("week", TrainingAssignment.completed_on), Date)
    late = TrainingAssignment.completed_on > TrainingAssignment.due_on
    rows = db.session.execute(
        select(monday, func.count().filter(~late), func.count().filter(late))
        .where(
            TrainingAssignment.completed_on >= first,
            TrainingAssignment.completed_on < this_monday + dt.timedelta(weeks=1),
            TrainingAssignment.employee_id.in_(people),
        )
        .group_by(monday)
    )
    found = {row[0]: (row[1], row[2]) for row in rows}
    mondays = (first + dt.timedelta(weeks=n) for n in range(WEEKS))
    return [Week(day, *found.get(day, (0, 0))) for day in mondays]


@dataclass(frozen=True, slots=True)
class _DepartmentRow:
    id: int | None
    name: str | None
    people: int
    behind: int
    oldest: dt.date | None
    open: int
    overdue: int
    soon: int
    soon_not_started: int
    in_progress: int


SUMMED = ("open", "overdue", "soon", "soon_not_started", "in_progress")
