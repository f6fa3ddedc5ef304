"""The list: one page, counts by status, and the sheet of exactly what is shown (ENR-7). Lists by columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select

from lmsapp.assignments.expressions import is_open as assignment_is_open
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.courses.catalogue.authored import written_by
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db
from lmsapp.insight.enrollments.filters import EnrollmentFilters, Scope, conditions, local_day, within
from lmsapp.learning.enrollments.expressions import status_at
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.organisation.queries import department_tree
from lmsapp.people.viewer import Viewer

PAGE = 25
HEAD = (
    "employee number",
    "name",
    "department",
    "job role",
    "course",
    "status",
    "marked",
    "progress",
    "lessons done",
    "score",
    "source",
    "enrolled on",
    "last active on",
    "due date",
    "completed on",
    "paused until",
)


@dataclass(frozen=True, slots=True)
class EnrollmentPage:
    """Rows: id, employee_id, number, name, job_role, department, course_id, title, status, progress, done_lessons,
    lesson_count, source, enrolled_at, last_active_at, completed_at, best_score, completed_by_hand, exempted_at,
    paused_until, due_on, late. `counts`: how many of each status the other filters leave, most frequent ones too.
    """

    rows: Sequence[Any]
    total: int
    number: int
    counts: Mapping[str, int]
    size: int = PAGE


def enrollment_page(viewer: Viewer, scope: Scope, filters: EnrollmentFilters, now: dt.datetime) -> EnrollmentPage:
    """Two statements at any size, one more where departments are chosen."""
    counts = _counts(viewer, scope, filters, now)
    total = sum(n for status, n in counts.items() if not filters.statuses or status in filters.statuses)
    number = min(max(filters.page, 1), max(1, -(-total // PAGE)))
    rows = db.session.execute(
        _from(_columns(now), now)
        .where(*conditions(viewer, scope, filters, now))
        .order_by(*_order(filters, now))
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    ).all()
    return EnrollmentPage(rows, total, number, counts)


def enrollment_sheet(
    viewer: Viewer,
    scope: Scope,
    filters: EnrollmentFilters,
    now: dt.datetime,
    words: Mapping[str, Mapping[str, str]],
) -> Select[*tuple[Any, ...]]:
    """Every row of the list in its order, columns as HEAD. `words`: 'status', 'source' and 'mark' in the reader's."""
    status, hand = status_at(now), literal(words["mark"].get("by hand", ""))
    exempt = literal(words["mark"].get("exempt", ""))
    columns = (
        Employee.number,
        Employee.name,
        Department.name,
        Employee.job_role,
        Course.title,
        case(dict(words["status"]), value=status, else_=status),
        case((Enrollment.completed_by_hand, hand), (Enrollment.exempted_at.is_not(None), exempt), else_=literal("")),
        Enrollment.progress,
        Enrollment.done_lessons,
        Enrollment.best_score,
        case(dict(words["source"]), value=Enrollment.source, else_=Enrollment.source),
        local_day(Enrollment.enrolled_at),
        local_day(Enrollment.last_active_at),
        TrainingAssignment.due_on,
        local_day(Enrollment.completed_at),
        Enrollment.paused_until,
    )
    wanted = conditions(viewer, scope, filters, now)
    return _from(select(*columns), now).where(*wanted).order_by(*_order(filters, now))


def course_options(viewer: Viewer, scope: Scope) -> list[tuple[int, str]]:
    """The courses whose enrollments the viewer finds, by title."""
    statement = select(Course.id, Course.title).where(Course.status != "draft")
    if scope is Scope.COURSES:
        statement = statement.where(written_by(viewer))
    return [(row.id, row.title) for row in db.session.execute(statement.order_by(func.lower(Course.title)))]


def department_options(viewer: Viewer, scope: Scope) -> list[tuple[int, str]]:
    """The departments of the people in the list, and those above them, in the order of the tree. Two statements."""
    rows = db.session.scalars(
        _joined(select(Employee.department_id).distinct()).where(
            within(viewer, scope), Employee.department_id.is_not(None)
        )
    )
    tree = department_tree()
    shown = {unit.id for department_id in rows for unit in tree.line(department_id)}
    return [(unit.id, tree.words(unit.id)) for unit, _depth in tree.in_order() if unit.id in shown]


def _counts(viewer: Viewer, scope: Scope, filters: EnrollmentFilters, now: dt.datetime) -> dict[str, int]:
    status = status_at(now).label("status")
    wanted = conditions(viewer, scope, filters, now, by_status=False)
    found = _joined(select(status)).where(*wanted).subquery()
    rows = db.session.execute(select(found.c.status, func.count()).group_by(found.c.status))
    return {row[0]: row[1] for row in rows}


def _columns(now: dt.datetime) -> Select[*tuple[Any, ...]]:
    return select(
        Enrollment.id,
        Enrollment.employee_id,
        Employee.number,
        Employee.name,
        Employee.job_role,
        Department.name.label("department"),
        Enrollment.course_id,
        Course.title,
        status_at(now).label("status"),
        Enrollment.progress,
        Enrollment.done_lessons,
        Course.lesson_count,
        Enrollment.source,
        Enrollment.enrolled_at,
        Enrollment.last_active_at,
        Enrollment.completed_at,
        Enrollment.best_score,
        Enrollment.completed_by_hand,
        Enrollment.exempted_at,
        Enrollment.paused_until,
        TrainingAssignment.due_on,
        (TrainingAssignment.due_at <= now).label("late"),
    )


def _joined(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return (
        statement.select_from(Enrollment)
        .join(Employee, Employee.id == Enrollment.employee_id)
        .join(Course, Course.id == Enrollment.course_id)
    )


def _from(statement: Select[*tuple[Any, ...]], now: dt.datetime) -> Select[*tuple[Any, ...]]:
    """With the department and the open assignment beside it; there is one at most (ASG-3)."""
    there = and_(
        TrainingAssignment.employee_id == Enrollment.employee_id,
        TrainingAssignment.course_id == Enrollment.course_id,
        assignment_is_open(),
    )
    return (
        _joined(statement)
        .outerjoin(Department, Department.id == Employee.department_id)
        .outerjoin(TrainingAssignment, there)
    )


def _order(filters: EnrollmentFilters, now: dt.datetime) -> list[ColumnElement[Any]]:
    first: dict[str, ColumnElement[Any]] = {
        "name": Employee.sort_name.expression,
        "course": func.lower(Course.title),
        "status": status_at(now),
        "progress": Enrollment.progress.expression,
        "enrolled": Enrollment.enrolled_at.expression,
        "active": Enrollment.last_active_at.expression,
        "due": TrainingAssignment.due_on.expression,
    }
    by = first.get(filters.sort, first["enrolled"])
    return [
        (by.desc() if filters.desc else by.asc()).nulls_last(),
        Employee.sort_name.expression,
        Enrollment.id.expression,
    ]
