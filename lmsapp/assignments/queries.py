"""What to show of assignments: one's own, or those of people the viewer may see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import contains_eager

from lmsapp.assignments.expressions import is_open, status_at
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.queries import employee_ids_visible_to
from lmsapp.people.viewer import Viewer

# Built once: the home page of everybody asks.
OPEN_OF = (
    select(
        TrainingAssignment.id,
        TrainingAssignment.course_id,
        TrainingAssignment.enrollment_id,
        Course.title,
        Course.minutes,
        Course.lesson_count,
        TrainingAssignment.due_on,
        TrainingAssignment.started_at,
        TrainingAssignment.assigned_by_name,
        TrainingAssignment.source,
        Enrollment.progress,
        Enrollment.done_lessons,
        Enrollment.current_lesson_id.label("lesson_id"),
        (Enrollment.locks != []).label("locked"),
        status_at(bindparam("now")).label("status"),
    )
    .join(Course, Course.id == TrainingAssignment.course_id)
    .join(Enrollment, Enrollment.id == TrainingAssignment.enrollment_id)
    .where(TrainingAssignment.employee_id == bindparam("employee_id"), is_open())
    .order_by(TrainingAssignment.due_on, TrainingAssignment.id)
)

OPEN_FOR = select(TrainingAssignment.id, TrainingAssignment.due_on, status_at(bindparam("now")).label("status")).where(
    TrainingAssignment.employee_id == bindparam("employee_id"),
    TrainingAssignment.course_id == bindparam("course_id"),
    is_open(),
)


def open_assignments_of(viewer: Viewer, now: dt.datetime) -> Sequence[Any]:
    """The viewer's own open assignments, earliest due first. One statement.

    Columns: id, course_id, enrollment_id, title, minutes, lesson_count, due_on, started_at, assigned_by_name, source,
    progress, done_lessons, lesson_id (the current one, or null), locked, status.
    """
    return db.session.execute(OPEN_OF, {"employee_id": viewer.employee_id, "now": now}).all()


def open_assignment_for(viewer: Viewer, course_id: int, now: dt.datetime) -> Any:
    """The viewer's own open assignment of a course (id, due_on, status), or None."""
    asked = {"employee_id": viewer.employee_id, "course_id": course_id, "now": now}
    return db.session.execute(OPEN_FOR, asked).one_or_none()


def open_counts_of(viewer: Viewer, employee_ids: Collection[int]) -> dict[int, int]:
    """How many assignments are open, by employee; who has none is left out. Only people the viewer may see."""
    if not employee_ids:
        return {}
    seen = employee_ids_visible_to(viewer)
    counted = (
        select(TrainingAssignment.employee_id, func.count())
        .where(TrainingAssignment.employee_id.in_(employee_ids), TrainingAssignment.employee_id.in_(seen), is_open())
        .group_by(TrainingAssignment.employee_id)
    )
    return {row[0]: row[1] for row in db.session.execute(counted)}


def with_all_it_names() -> Select[TrainingAssignment]:
    """Assignments with employee, course and enrollment loaded, each by a join that conditions may use."""
    return (
        select(TrainingAssignment)
        .join(TrainingAssignment.employee)
        .join(TrainingAssignment.course)
        .join(TrainingAssignment.enrollment)
        .options(
            contains_eager(TrainingAssignment.employee),
            contains_eager(TrainingAssignment.course),
            contains_eager(TrainingAssignment.enrollment),
        )
    )


def assignment_for(viewer: Viewer, assignment_id: int) -> TrainingAssignment | None:
    """An assignment the viewer may see, with employee, course and enrollment loaded."""
    return db.session.scalars(
        with_all_it_names().where(
            TrainingAssignment.id == assignment_id,
            TrainingAssignment.employee_id.in_(employee_ids_visible_to(viewer)),
        )
    ).one_or_none()
