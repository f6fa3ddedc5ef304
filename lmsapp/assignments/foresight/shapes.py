"""Assignments by what the rules look at: the SQL of foresight. The conditions are the daily job's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, case, cast, func, literal, select

from lmsapp.assignments.expressions import is_open
from lmsapp.assignments.foresight.rules import Coming, coming
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.policies.queries import policies_for
from lmsapp.assignments.policies.rules import Policy, Turn, turns
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.calendar.queries import holidays
from lmsapp.people.employees.models import Employee
from lmsapp.people.organisation.queries import departments_below
from lmsapp.people.queries import SEES_EVERYBODY, employee_ids_visible_to
from lmsapp.people.viewer import Viewer

RENEWAL = "renewal"
Shape = tuple[int, dt.date, bool, dt.date, dt.date]  # course, due date, renewal, looked at through, today there


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose messages: empty for everybody the viewer may see. `channel`: only messages by that one."""

    course_id: int | None = None
    department_id: int | None = None
    employee_id: int | None = None
    channel: str = ""


@dataclass(slots=True)
class Steps:
    """Turns of assignments, remembered: of thousands most share course and due date."""

    policies: Mapping[int, Policy]
    days_off: frozenset[dt.date]
    _known: dict[tuple[int, dt.date, bool], tuple[Turn, ...]] = field(default_factory=dict)

    def of(self, course_id: int, due_on: dt.date, renewal: bool) -> tuple[Turn, ...]:
        """Every step on its day."""
        asked = (course_id, due_on, renewal)
        if asked not in self._known:
            policy = self.policies[course_id]
            self._known[asked] = turns(policy, due_on, renewal=renewal, holidays=self.days_off)
        return self._known[asked]

    def coming(self, shape: Shape, last: dt.date) -> tuple[Coming, ...]:
        """What is told from today to `last` of an assignment of that shape."""
        course_id, due_on, renewal, through, today = shape
        return coming(self.of(course_id, due_on, renewal), through, today, last)


def steps_for(course_ids: Collection[int]) -> Steps:
    """For assignments of these courses. Four statements at most."""
    policies = policies_for(course_ids) if course_ids else {}
    days_off = holidays() if any(one.working_days for one in policies.values()) else frozenset()
    return Steps(policies, days_off)


def columns() -> tuple[Any, ...]:
    """Those of `Shape`, in its order.

    Of an assignment whose next day is still to come what lies before today is past, so that most fall into one group.
    """
    today = _today()
    assigned = cast(func.timezone(Employee.time_zone, TrainingAssignment.assigned_at), Date) - 1
    looked = TrainingAssignment.reminded_through
    through = case(
        (TrainingAssignment.next_reminder_on > today, func.greatest(looked, today)),
        else_=func.coalesce(looked, assigned),
    )
    return (
        TrainingAssignment.course_id,
        TrainingAssignment.due_on,
        (TrainingAssignment.source == RENEWAL).label("renewal"),
        through.label("through"),
        today.label("today"),
    )


def _today() -> ColumnElement[dt.date]:
    """The day that has begun where the learner is: worked out once a zone, not for each of thousands of rows."""
    zones = db.session.scalars(select(Employee.time_zone).distinct())
    begun: dict[dt.date, list[str]] = {}
    for zone in zones:
        begun.setdefault(clock.day_begun(zone), []).append(zone)
    (first, _zones), *others = sorted(begun.items()) or [(clock.now().date(), [])]
    known = [(Employee.time_zone.in_(names), literal(day, Date)) for day, names in others]
    return case(*known, else_=literal(first, Date)) if known else literal(first, Date)


def shapes_of(viewer: Viewer, wanted: Wanted, last: dt.date) -> list[tuple[Shape, int]]:
    """Every shape there is, with how many assignments have it. One statement."""
    inner = awake(select(*columns()), viewer, wanted, last).subquery()
    counted = select(*inner.c, func.count()).group_by(*inner.c)
    return [((row[0], row[1], row[2], row[3], row[4]), row[5]) for row in db.session.execute(counted)]


def shape_of(row: Any) -> Shape:
    """Of a row with `columns()`."""
    return row.course_id, row.due_on, row.renewal, row.through, row.today


def awake(asked: Select[Any], viewer: Viewer, wanted: Wanted, last: dt.date) -> Select[Any]:
    """Open, not in a pause, with something to come by `last`; what the job itself reads."""
    asked = (
        asked.select_from(TrainingAssignment)
        .join(Employee, Employee.id == TrainingAssignment.employee_id)
        .join(Enrollment, Enrollment.id == TrainingAssignment.enrollment_id)
        .where(is_open(), TrainingAssignment.next_reminder_on <= last, Enrollment.paused_until.is_(None))
    )
    return asked.where(*whose(viewer, wanted))


def whose(viewer: Viewer, wanted: Wanted) -> Iterable[Any]:
    """Conditions on assignment and employee."""
    if not viewer.may(*SEES_EVERYBODY):
        yield TrainingAssignment.employee_id.in_(employee_ids_visible_to(viewer))
    if wanted.course_id is not None:
        yield TrainingAssignment.course_id == wanted.course_id
    if wanted.employee_id is not None:
        yield TrainingAssignment.employee_id == wanted.employee_id
    if wanted.department_id is not None:
        yield Employee.department_id.in_(departments_below([wanted.department_id]))
