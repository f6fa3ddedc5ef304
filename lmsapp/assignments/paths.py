"""Assigning a whole learning path: the path, and each required course with the path's due date (ASG-1, CRS-4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from lmsapp.assignments import rules
from lmsapp.assignments.actions import assign_many, change_due_date, close
from lmsapp.assignments.events import PathAssigned
from lmsapp.assignments.expressions import is_open
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.catalogue.rules import CourseStatus
from lmsapp.courses.paths.models import LearningPath
from lmsapp.courses.paths.rules import Role
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.paths.actions import SOURCE, enroll_many_in_path
from lmsapp.learning.paths.events import PathWithdrawn
from lmsapp.learning.paths.facts import in_force
from lmsapp.learning.paths.models import PathEnrollment
from lmsapp.learning.paths.people import on_path_already
from lmsapp.learning.paths.settling import active_of
from lmsapp.people.employees.models import Employee
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class PathAssignResult:
    """Ids of employees who got the path now, and of those who had it; how many course assignments are new."""

    created: tuple[int, ...]
    already: tuple[int, ...]
    assignments: int


def assign_path_many(
    employees: Sequence[Employee],
    path: LearningPath,
    due_on: dt.date | Mapping[int, dt.date],
    *,
    by: Viewer | None,
    source: str = "staff",
    note: str = "",
) -> PathAssignResult:
    """Put all of them on the path with a due date, and assign each required course until then, in one transaction.

    `due_on` is one date, or one by employee's id. Who has the path with a due date, or completed it, keeps it as it is;
    who has one of the courses assigned keeps that assignment; completed courses are not assigned again. People who left
    are passed over. Raises RuleBroken when the path takes nobody, or for a due date that is past.
    """
    active = [one for one in employees if one.status == "active"]
    due = due_on if isinstance(due_on, Mapping) else dict.fromkeys((one.id for one in active), due_on)
    for zone, day in {(one.time_zone, due[one.id]) for one in active}:
        rules.check_due(day, clock.today(zone))
    settled = on_path_already(path.id, [one.id for one in active])
    enroll_many_in_path(active, path, by=by, source=source, due_on=due)
    getting = [one for one in active if one.id not in settled]
    made = _assign_courses(getting, path, due, by, source, note)
    rows = {row.employee_id: row.id for row in _rows_of(path.id, [one.id for one in getting])}
    created = tuple(one.id for one in getting)
    emit(PathAssigned(path, getting, due, rows, len(in_force(path).items), source, note))
    return PathAssignResult(created, tuple(one.id for one in active if one.id in settled), made)


def move_path_due(row: PathEnrollment, due_on: dt.date, *, by: Viewer, reason: str) -> None:
    """Another due date for somebody's whole path; its open assignments that had the path's date move with it.

    Raises RuleBroken without a reason, for a date that is past, or when the path is completed. Path and employee are
    loaded.
    """
    if not reason.strip():
        raise RuleBroken(N_("Give a reason; the employee will read it."), field="reason")
    active_of([row.employee_id])
    if row.completed_at is not None or row.withdrawn_at is not None:
        raise RuleBroken(N_("This path is completed or ended; its due date cannot change."))
    rules.check_due(due_on, clock.today(row.employee.time_zone))
    before, row.due_on = row.due_on, due_on
    subject, after = ("path_enrollment", row.id), {"due_on": due_on}
    record_change("due date changed", subject, by=by, before={"due_on": before}, after=after, reason=reason.strip())
    for assignment in _came_with(row):
        if assignment.due_on == before:
            change_due_date(assignment, due_on, by=by, reason=reason)
    db.session.flush()


def leave_path(event: PathWithdrawn) -> None:
    """Somebody was taken off: what came with the path and is open ends with it; what they began or have otherwise
    stays. By nobody: a training rule did it; then it is withdrawn, at one instant, and another rule may ask again."""
    row, closed_at = event.enrollment, {}
    for assignment in _came_with(row):
        close(assignment, "cancelled" if event.by else "withdrawn", by=event.by, reason=event.reason)
        closed_at[assignment.course_id] = assignment.closed_at
    others = {one for other in active_of([row.employee_id]) for one in in_force(other.path).course_ids}
    assigned = select(TrainingAssignment.course_id).where(TrainingAssignment.employee_id == row.employee_id, is_open())
    untouched = db.session.scalars(
        select(Enrollment).where(
            Enrollment.employee_id == row.employee_id,
            Enrollment.course_id.in_(set(in_force(row.path).course_ids) - others),
            Enrollment.course_id.not_in(assigned),
            Enrollment.source == SOURCE,
            Enrollment.started_at.is_(None),
            Enrollment.completed_at.is_(None),
            Enrollment.withdrawn_at.is_(None),
        )
    )
    for enrollment in untouched:
        enrollment.withdrawn_at = closed_at.get(enrollment.course_id) or clock.now()
        after = {"withdrawn_at": enrollment.withdrawn_at}
        subject = ("enrollment", enrollment.id)
        record_change("withdrawn", subject, by=event.by, before={}, after=after, reason=event.reason)
    db.session.flush()


def _came_with(row: PathEnrollment) -> Sequence[TrainingAssignment]:
    """Somebody's open assignments that came with the path, employee loaded."""
    return db.session.scalars(
        select(TrainingAssignment)
        .join(TrainingAssignment.employee)
        .options(contains_eager(TrainingAssignment.employee))
        .where(TrainingAssignment.employee_id == row.employee_id, TrainingAssignment.path_id == row.path_id, is_open())
    ).all()


def _rows_of(path_id: int, employee_ids: Sequence[int]) -> Sequence[PathEnrollment]:
    chosen = (PathEnrollment.path_id == path_id, PathEnrollment.employee_id.in_(employee_ids))
    return db.session.scalars(select(PathEnrollment).where(*chosen)).all()


def _assign_courses(
    employees: Sequence[Employee],
    path: LearningPath,
    due: Mapping[int, dt.date],
    by: Viewer | None,
    source: str,
    note: str,
) -> int:
    required = in_force(path).of_role(Role.REQUIRED)
    chosen = select(Course).where(Course.id.in_(required), Course.status == CourseStatus.PUBLISHED)
    made = 0
    for course in sorted(db.session.scalars(chosen), key=lambda one: required.index(one.id)):
        given = assign_many(employees, course, due, by=by, source=source, note=note, path_id=path.id)
        made += len(given.created)
    return made
