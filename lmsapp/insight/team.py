"""The team table: assignments of a manager's own line (DSH-1, DSH-2).

Which 25 rows a page shows is found in `team_order`, the wide columns are read for those. Status is the dated rule as
SQL, so a row is Overdue the moment its due date has passed where the assignee works.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import DateTime, Select, bindparam, func, select

from lmsapp.assignments.expressions import status_at
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db
from lmsapp.insight.assignments.listing import shown_number
from lmsapp.insight.filters import TeamFilters, conditions
from lmsapp.insight.sheets import in_words
from lmsapp.insight.team_facets import TeamCounts, facet_counts
from lmsapp.insight.team_order import progress, shown_ids, sort_key
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.employees.models import Department, Employee, ReportingLine
from lmsapp.people.queries import line_of
from lmsapp.people.viewer import Viewer

PAGE = 25


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


def team_page(viewer: Viewer, filters: TeamFilters, now: dt.datetime, counts: TeamCounts | None = None) -> TeamPage:
    """One page of the viewer's line; one past the end shows the last. `counts`: those of the same filters at the same
    moment, where they are shown beside it: rows are never counted for a page."""
    counts = counts or facet_counts(viewer, filters, now)
    number = min(max(filters.page, 1), max(-(-counts.total // PAGE), 1))
    ids = shown_ids(viewer, filters, now, counts, PAGE, (number - 1) * PAGE)
    found = {row.id: row for row in db.session.execute(_wide().where(TrainingAssignment.id.in_(ids)), {"now": now})}
    return TeamPage([found[one] for one in ids if one in found], counts.total, number)


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
    order = sort_key(filters, now)
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
            progress(),
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
            progress().label("progress"),
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
