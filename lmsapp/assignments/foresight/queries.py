"""What will be sent about training in the next days: counted, by day, by person (REM-8)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import aliased

from lmsapp.assignments.expressions import is_open
from lmsapp.assignments.foresight.rules import DAYS, Coming
from lmsapp.assignments.foresight.shapes import (
    RENEWAL,
    Shape,
    Wanted,
    awake,
    columns,
    shape_of,
    shapes_of,
    steps_for,
    whose,
)
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.policies.rules import DAY, Policy
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.viewer import Viewer

PAGE = 50


@dataclass(frozen=True, slots=True)
class Sort:
    """What is counted together: messages of one step's kind to one reader by one channel, of one policy."""

    moment: str
    to_whom: str
    channel: str
    policy: str
    policy_id: int | None


@dataclass(slots=True)
class Foresight:
    """From `first` to `last`. `days`: how many of each sort, by day. `resting`: open assignments in a pause, of which
    nothing is told before it ends."""

    first: dt.date
    last: dt.date
    days: dict[dt.date, Counter[Sort]] = field(default_factory=dict)
    resting: int = 0

    def total(self, day: dt.date) -> int:
        """Of a day."""
        return sum(self.days.get(day, Counter()).values())

    @property
    def whole(self) -> int:
        """Of all days."""
        return sum(self.total(day) for day in self.days)


@dataclass(frozen=True, slots=True)
class Due:
    """What one assignment has on a day: a row (id, name, employee_id, department, title, course_id, due_on, manager,
    email, mobile, digest) and the steps told then."""

    row: Any
    coming: tuple[Coming, ...]
    policy: Policy


def foresee(viewer: Viewer, wanted: Wanted, first: dt.date, days: int = DAYS) -> Foresight:
    """The messages of `days` days from `first` on (today for the viewer), if nobody does anything meanwhile.

    Counted in the database by what the rules look at: a few thousand groups for hundreds of thousands of assignments.
    """
    found = Foresight(first, first + (days - 1) * DAY)
    shapes = shapes_of(viewer, wanted, found.last)
    steps = steps_for({shape[0] for shape, _count in shapes})
    for shape, count in shapes:
        policy = steps.policies[shape[0]]
        for one in steps.coming(shape, found.last):
            _count(found, one, policy, wanted.channel, count)
    found.resting = _resting(viewer, wanted)
    return found


def told_on(viewer: Viewer, wanted: Wanted, day: dt.date, first: dt.date, page: int = 1) -> tuple[list[Due], int]:
    """Whom a day's messages are about, by name: one page of 50 assignments with their steps, and how many in all.

    `first`: today for the viewer, under which stands what is told today anywhere.
    """
    shapes = shapes_of(viewer, wanted, day)
    steps = steps_for({shape[0] for shape, _count in shapes})
    on_it = {
        shape: here
        for shape, _count in shapes
        if (here := tuple(one for one in steps.coming(shape, day) if max(one.day, first) == day and _by(one, wanted)))
    }
    total = sum(count for shape, count in shapes if shape in on_it)
    rows = _people(viewer, wanted, day, on_it, page)
    return [Due(row, on_it[shape_of(row)], steps.policies[row.course_id]) for row in rows], total


def next_of(assignment: TrainingAssignment, days: int = 400) -> tuple[Coming, ...]:
    """What one open assignment has still to come, by day. Employee and enrollment are loaded; in a pause nothing."""
    if assignment.next_reminder_on is None or assignment.enrollment.paused_until is not None:
        return ()
    zone = assignment.employee.time_zone
    today = clock.day_begun(zone)
    through = assignment.reminded_through or assignment.assigned_at.astimezone(clock.zone(zone)).date() - DAY
    if assignment.next_reminder_on > today:
        through = max(through, today)
    shape = (assignment.course_id, assignment.due_on, assignment.source == RENEWAL, through, today)
    return steps_for({assignment.course_id}).coming(shape, today + days * DAY)


def coming_to(viewer: Viewer, employee_id: int, first: dt.date, days: int = DAYS) -> list[Due]:
    """What is told about one person's training, by day. Empty for somebody the viewer may not see."""
    wanted = Wanted(employee_id=employee_id)
    last = first + (days - 1) * DAY
    shapes = [shape for shape, _count in shapes_of(viewer, wanted, last)]
    steps = steps_for({shape[0] for shape in shapes})
    on_it = {shape: here for shape in shapes if (here := steps.coming(shape, last))}
    rows = _people(viewer, wanted, last, on_it, 1)
    found = [Due(row, (one,), steps.policies[row.course_id]) for row in rows for one in on_it[shape_of(row)]]
    return sorted(found, key=lambda due: due.coming[0].day)


def _count(found: Foresight, one: Coming, policy: Policy, channel: str, count: int) -> None:
    step = one.turn.step
    counted = found.days.setdefault(max(one.day, found.first), Counter())
    for way in step.channels:
        if channel in ("", way):
            counted[Sort(step.moment.value, step.to_whom.value, way, policy.name, policy.id)] += count


def _by(one: Coming, wanted: Wanted) -> bool:
    return wanted.channel in ("", *one.turn.step.channels)


def _people(viewer: Viewer, wanted: Wanted, last: dt.date, shapes: Collection[Shape], page: int) -> Sequence[Any]:
    if not shapes:
        return ()
    manager = aliased(Employee)
    looked_at = columns()
    asked = select(
        TrainingAssignment.id, *looked_at, TrainingAssignment.employee_id, Employee.name, Employee.email,
        Employee.mobile, Department.name.label("department"), Course.title, manager.name.label("manager"),
    )  # fmt: skip
    placed = awake(asked, viewer, wanted, last)
    return db.session.execute(
        placed.join(Course, Course.id == TrainingAssignment.course_id)
        .outerjoin(Department, Department.id == Employee.department_id)
        .outerjoin(manager, manager.id == Employee.manager_id)
        .where(tuple_(*looked_at).in_(list(shapes)))
        .order_by(Employee.sort_name, Employee.id, TrainingAssignment.id)
        .limit(PAGE)
        .offset((max(page, 1) - 1) * PAGE)
    ).all()


def _resting(viewer: Viewer, wanted: Wanted) -> int:
    asked = (
        select(func.count())
        .select_from(Enrollment)
        .join(TrainingAssignment, TrainingAssignment.enrollment_id == Enrollment.id)
        .where(Enrollment.paused_until.is_not(None), is_open())
    )
    if wanted.department_id is not None:
        asked = asked.join(Employee, Employee.id == TrainingAssignment.employee_id)
    return db.session.scalar(asked.where(*whose(viewer, wanted))) or 0
