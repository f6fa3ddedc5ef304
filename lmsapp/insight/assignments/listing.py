"""The list: one page, and the sheet of exactly what it shows (ASG-1, ASG-7). By columns, no objects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, case, cast, func, literal, select

from lmsapp.assignments.expressions import status_at
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.rules import AssignmentStatus
from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.paths.models import LearningPath
from lmsapp.infra.db import db
from lmsapp.insight.assignments.filters import AssignmentFilters, conditions, local_day
from lmsapp.insight.sheets import in_words
from lmsapp.insight.team_order import progress
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.viewer import Viewer

PAGE = 50
HEAD = (
    "number",
    "employee number",
    "name",
    "department",
    "job role",
    "course",
    "learning path",
    "due date",
    "status",
    "progress",
    "assigned by",
    "assigned on",
    "completed on",
    "source",
    "reminders sent",
    "note",
    "reason for closing",
)
IN_ORDER = (
    AssignmentStatus.OVERDUE,
    AssignmentStatus.IN_PROGRESS,
    AssignmentStatus.PENDING,
    AssignmentStatus.COMPLETED,
    AssignmentStatus.EXEMPT,
    AssignmentStatus.CANCELLED,
)


@dataclass(frozen=True, slots=True)
class SheetWords:
    """Words of a sheet in the reader's language: statuses, per course where they differ, sources, and `system` for
    what nobody assigned."""

    statuses: Mapping[str, str]
    by_course: Mapping[int, Mapping[str, str]]
    sources: Mapping[str, str]
    system: str


def assignment_rows(
    viewer: Viewer, filters: AssignmentFilters, now: dt.datetime, number: int, *, line: bool
) -> Sequence[Any]:
    """One page of 50, `number` from 1. One statement, one more where departments are chosen.

    Columns: id, employee_id, number, name, job_role, department, zone, course_id, title, path_id, path, due_on, status,
    progress, assigned_by_name, assigned_on, completed_on, source, reminders_sent, note, enrollment_id.
    """
    columns = select(
        TrainingAssignment.id,
        TrainingAssignment.employee_id,
        Employee.number,
        Employee.name,
        Employee.job_role,
        Department.name.label("department"),
        Employee.time_zone.label("zone"),
        TrainingAssignment.course_id,
        Course.title,
        TrainingAssignment.path_id,
        LearningPath.title.label("path"),
        TrainingAssignment.due_on,
        status_at(now).label("status"),
        progress().label("progress"),
        TrainingAssignment.assigned_by_name,
        local_day(TrainingAssignment.assigned_at).label("assigned_on"),
        TrainingAssignment.completed_on,
        TrainingAssignment.source,
        TrainingAssignment.reminders_sent,
        TrainingAssignment.note,
        TrainingAssignment.enrollment_id,
    )
    return db.session.execute(
        _listed(columns, viewer, filters, now, line=line).limit(PAGE).offset((number - 1) * PAGE)
    ).all()


def assignment_sheet(
    viewer: Viewer, filters: AssignmentFilters, now: dt.datetime, words: SheetWords, *, line: bool
) -> Select[*tuple[Any, ...]]:
    """Every row of the list in its order, columns as HEAD, for `sheets.as_csv` and `sheets.xlsx_file`."""
    by = case((TrainingAssignment.assigned_by_name == "", literal(words.system)), else_=None)
    columns = select(
        shown_number(),
        Employee.number,
        Employee.name,
        Department.name,
        Employee.job_role,
        Course.title,
        LearningPath.title,
        TrainingAssignment.due_on,
        in_words(status_at(now), TrainingAssignment.course_id, words.statuses, words.by_course),
        progress(),
        func.coalesce(by, TrainingAssignment.assigned_by_name),
        local_day(TrainingAssignment.assigned_at),
        TrainingAssignment.completed_on,
        case(dict(words.sources), value=TrainingAssignment.source, else_=TrainingAssignment.source),
        TrainingAssignment.reminders_sent,
        # Null: PostgreSQL writes an empty text as "", which would make `sheets.safe` look at each cell.
        func.nullif(TrainingAssignment.note, ""),
        func.nullif(TrainingAssignment.close_reason, ""),
    )
    return _listed(columns, viewer, filters, now, line=line)


def shown_number() -> ColumnElement[str]:
    """`assignments.rules.display_number` as SQL: 12 is TA-0012, longer numbers keep every digit."""
    digits = cast(TrainingAssignment.id, Text)
    return literal("TA-").concat(func.lpad(digits, func.greatest(func.length(digits), 4), "0"))


def _listed(
    columns: Select[*tuple[Any, ...]], viewer: Viewer, filters: AssignmentFilters, now: dt.datetime, *, line: bool
) -> Select[*tuple[Any, ...]]:
    order = _order(filters, now)
    return (
        columns.select_from(TrainingAssignment)
        .join(Employee, Employee.id == TrainingAssignment.employee_id)
        .join(Course, Course.id == TrainingAssignment.course_id)
        .join(Enrollment, Enrollment.id == TrainingAssignment.enrollment_id)
        .outerjoin(Department, Department.id == Employee.department_id)
        .outerjoin(LearningPath, LearningPath.id == TrainingAssignment.path_id)
        .where(*conditions(viewer, filters, now, line=line))
        .order_by(
            (order.desc() if filters.desc else order.asc()).nulls_last()
            if filters.sort == "completed"
            else (order.desc() if filters.desc else order.asc()),
            TrainingAssignment.id,
        )
    )


def _order(filters: AssignmentFilters, now: dt.datetime) -> ColumnElement[Any]:
    """Allow-listed: an unknown word sorts by due date."""
    if filters.sort == "status":
        return case({one.value: place for place, one in enumerate(IN_ORDER)}, value=status_at(now), else_=9)
    columns: dict[str, Any] = {
        "name": Employee.sort_name,
        "course": func.lower(Course.title),
        "assigned": TrainingAssignment.assigned_at,
        "completed": TrainingAssignment.completed_at,
        "reminders": TrainingAssignment.reminders_sent,
    }
    return columns.get(filters.sort, TrainingAssignment.due_on)
