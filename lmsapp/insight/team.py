"""The team table: assignments of a manager's own line (DSH-1, DSH-2).

One statement finds, counts and cuts the page: the narrow rows that match are made once, the wide columns are read for
the 25 shown. Status is the dated rule as SQL, so a row is Overdue the moment its due date has passed where the
assignee works.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Select, bindparam, case, func, select
from sqlalchemy.sql.selectable import CTE

from lmsapp.assignments.expressions import status_at
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.rules import AssignmentStatus
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db
from lmsapp.insight.assignments.listing import shown_number
from lmsapp.insight.filters import TeamFilters, conditions
from lmsapp.insight.sheets import in_words
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.employees.models import Department, Employee, ReportingLine
from lmsapp.people.queries import line_of
from lmsapp.people.viewer import Viewer

PAGE = 25
STATUS_ORDER = (
    AssignmentStatus.OVERDUE,
    AssignmentStatus.IN_PROGRESS,
    AssignmentStatus.PENDING,
    AssignmentStatus.COMPLETED,
)


@dataclass(frozen=True, slots=True)
class TeamPage:
    """`rows` have: id, employee_id, person, role, department, zone, course_id, course, status, progress, due_on,
    assigned_at, started_at, last_active_at, completed_at, completed_on, closed_at, enrollment_id, reminded_at.
    `number` is 1-based.
    """

    rows: Sequence[Any]
    total: int
    number: int
    size: int = PAGE


def team_page(viewer: Viewer, filters: TeamFilters, now: dt.datetime) -> TeamPage:
    """One page of the viewer's line. One statement; a page past the end costs a second one and shows the last."""
    number = max(filters.page, 1)
    rows = db.session.execute(_page(viewer, filters, now, number), {"now": now}).all()
    if rows:
        return TeamPage(rows, rows[0].total, number)
    if number == 1:
        return TeamPage((), 0, 1)
    total = db.session.scalar(select(func.count()).select_from(_hits(viewer, filters, now))) or 0
    last = max(-(-total // PAGE), 1)
    return TeamPage(db.session.execute(_page(viewer, filters, now, last), {"now": now}).all(), total, last)


def team_rows(viewer: Viewer, assignment_ids: Collection[int], now: dt.datetime) -> Sequence[Any]:
    """The rows of those ids in the viewer's line, shaped like those of `team_page`."""
    if not assignment_ids:
        return ()
    statement = _wide().where(
        TrainingAssignment.id.in_(assignment_ids), TrainingAssignment.employee_id.in_(line_of(viewer))
    )
    return db.session.execute(statement.order_by(TrainingAssignment.due_at, TrainingAssignment.id), {"now": now}).all()


def team_sheet(
    viewer: Viewer,
    filters: TeamFilters,
    now: dt.datetime,
    labels: Mapping[str, str],
    by_course: Mapping[int, Mapping[str, str]] = {},
    *,
    among: Collection[int] | None = None,
) -> Select[*tuple[Any, ...]]:
    """What the filters show, all of it, for `sheets.as_csv` (ASG-7). `labels`: see `sheets.in_words`. `among`: only
    assignments of these ids.

    Columns: number as TA-0012, employee number, person, role, department, location, course, status, progress, due on,
    completed on.
    """
    order = _order(filters, now)
    return (
        select(
            shown_number(),
            Employee.number,
            Employee.name,
            Employee.job_role,
            Department.name,
            Employee.location,
            Course.title,
            in_words(status_at(now), TrainingAssignment.course_id, labels, by_course),
            Enrollment.progress,
            TrainingAssignment.due_on,
            TrainingAssignment.completed_on,
        )
        .select_from(TrainingAssignment)
        .join(Employee, Employee.id == TrainingAssignment.employee_id)
        .join(Course, Course.id == TrainingAssignment.course_id)
        .join(Enrollment, Enrollment.id == TrainingAssignment.enrollment_id)
        .outerjoin(Department, Department.id == Employee.department_id)
        .where(*conditions(viewer, filters, now), *([TrainingAssignment.id.in_(among)] if among is not None else []))
        .order_by(order.desc() if filters.desc else order, TrainingAssignment.id)
    )


def in_line(viewer: Viewer, employee_id: int) -> bool:
    """Whether that person reports to the viewer, directly or not."""
    return db.session.scalar(line_of(viewer).where(ReportingLine.employee_id == employee_id)) is not None


def _hits(viewer: Viewer, filters: TeamFilters, now: dt.datetime) -> CTE:
    """id and sort key of everything that matches. Only the tables that filters or sort order need take part."""
    matching = select(TrainingAssignment.id, _order(filters, now).label("sort_key"))
    if filters.of_people or filters.sort == "person":
        matching = matching.join(Employee, Employee.id == TrainingAssignment.employee_id)
    if filters.sort == "course":
        matching = matching.join(Course, Course.id == TrainingAssignment.course_id)
    if filters.sort == "progress":
        matching = matching.join(Enrollment, Enrollment.id == TrainingAssignment.enrollment_id)
    return matching.where(*conditions(viewer, filters, now)).cte("hit").prefix_with("MATERIALIZED")


def _page(viewer: Viewer, filters: TeamFilters, now: dt.datetime, number: int) -> Select[*tuple[Any, ...]]:
    hit = _hits(viewer, filters, now)
    key = hit.c.sort_key.desc() if filters.desc else hit.c.sort_key
    shown = select(hit).order_by(key, hit.c.id).limit(PAGE).offset((number - 1) * PAGE).subquery("shown")
    total = select(func.count()).select_from(hit).scalar_subquery()
    order = shown.c.sort_key.desc() if filters.desc else shown.c.sort_key
    return (
        _wide()
        .add_columns(total.label("total"))
        .join(shown, shown.c.id == TrainingAssignment.id)
        .order_by(order, shown.c.id)
    )


@lru_cache(maxsize=1)
def _wide() -> Select[*tuple[Any, ...]]:
    """What a row shows, at :now. Built once, because building it anew costs more than running it."""
    now: Any = bindparam("now", type_=DateTime(timezone=True))
    reminded = (
        select(func.max(Notice.queued_at))
        .where(
            Notice.about_kind == "assignment",
            Notice.about_id == TrainingAssignment.id,
            Notice.template == "training_reminder",
        )
        .correlate(TrainingAssignment)
        .scalar_subquery()
    )
    return (
        select(
            TrainingAssignment.id,
            TrainingAssignment.employee_id,
            Employee.name.label("person"),
            Employee.job_role.label("role"),
            Department.name.label("department"),
            Employee.time_zone.label("zone"),
            TrainingAssignment.course_id,
            Course.title.label("course"),
            status_at(now).label("status"),
            Enrollment.progress,
            TrainingAssignment.due_on,
            TrainingAssignment.assigned_at,
            TrainingAssignment.started_at,
            Enrollment.last_active_at,
            TrainingAssignment.completed_at,
            TrainingAssignment.completed_on,
            TrainingAssignment.closed_at,
            TrainingAssignment.enrollment_id,
            reminded.label("reminded_at"),
        )
        .select_from(TrainingAssignment)
        .join(Employee, Employee.id == TrainingAssignment.employee_id)
        .join(Course, Course.id == TrainingAssignment.course_id)
        .join(Enrollment, Enrollment.id == TrainingAssignment.enrollment_id)
        .outerjoin(Department, Department.id == Employee.department_id)
    )


def _order(filters: TeamFilters, now: dt.datetime) -> ColumnElement[Any]:
    """Allow-listed: an unknown word sorts by due date."""
    if filters.sort == "status":
        return case({status.value: place for place, status in enumerate(STATUS_ORDER)}, value=status_at(now), else_=9)
    columns: dict[str, Any] = {"person": Employee.sort_name, "course": Course.title, "progress": Enrollment.progress}
    return columns.get(filters.sort, TrainingAssignment.due_at)
