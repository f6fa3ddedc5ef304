"""What to show of assignments: one's own, or those of people the viewer may see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.orm import contains_eager

from lmsapp.assignments.expressions import is_open, is_status, status_at
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.rules import AssignmentStatus
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.organisation.queries import departments_below
from lmsapp.people.queries import employee_ids_visible_to
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

PAGE = 25
ALL = "All"


@dataclass(frozen=True, slots=True)
class AssignmentFilters:
    """Empty filters nothing, but without `status` only open assignments are listed; 'All' lists all.

    `search` looks in names, numbers and titles.
    """

    status: str = ""
    course_id: int | None = None
    department_id: int | None = None
    search: str = ""
    page: int = 1


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


def list_assignments(viewer: Viewer, filters: AssignmentFilters, now: dt.datetime) -> tuple[Sequence[Any], int]:
    """One page of 25, earliest due first, and how many match. For moderators: everybody's.

    Columns: id, employee_id, name, job_role, department, course_id, title, due_on, progress, status, assigned_by_name,
    assigned_at, completed_on.
    """
    columns = select(
        TrainingAssignment.id,
        TrainingAssignment.employee_id,
        Employee.name,
        Employee.job_role,
        Department.name.label("department"),
        TrainingAssignment.course_id,
        Course.title,
        TrainingAssignment.due_on,
        Enrollment.progress,
        status_at(now).label("status"),
        TrainingAssignment.assigned_by_name,
        TrainingAssignment.assigned_at,
        TrainingAssignment.completed_on,
    )
    rows = db.session.execute(
        _filtered(columns, viewer, filters, now)
        .order_by(TrainingAssignment.due_on, TrainingAssignment.id)
        .limit(PAGE)
        .offset((max(1, filters.page) - 1) * PAGE)
    ).all()
    total = db.session.scalar(_filtered(select(func.count()), viewer, filters, now)) or 0
    return rows, total


def _filtered(
    statement: Select[*tuple[Any, ...]], viewer: Viewer, filters: AssignmentFilters, now: dt.datetime
) -> Select[*tuple[Any, ...]]:
    statement = (
        statement.select_from(TrainingAssignment)
        .join(Employee, Employee.id == TrainingAssignment.employee_id)
        .join(Course, Course.id == TrainingAssignment.course_id)
        .join(Enrollment, Enrollment.id == TrainingAssignment.enrollment_id)
        .outerjoin(Department, Department.id == Employee.department_id)
    )
    if not viewer.may(May.MODERATE):
        statement = statement.where(TrainingAssignment.employee_id.in_(employee_ids_visible_to(viewer)))
    if not filters.status:
        statement = statement.where(is_open())
    elif filters.status != ALL:
        statement = statement.where(is_status(AssignmentStatus(filters.status), now))
    if filters.course_id:
        statement = statement.where(TrainingAssignment.course_id == filters.course_id)
    if filters.department_id:
        statement = statement.where(Employee.department_id.in_(departments_below([filters.department_id])))
    if filters.search:
        like = filters.search.strip()
        statement = statement.where(
            or_(
                Employee.name.icontains(like, autoescape=True),
                Employee.number == like,
                Course.title.icontains(like, autoescape=True),
            )
        )
    return statement
