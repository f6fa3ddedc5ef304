"""Who is certified in what, until when, and who has to renew: the page 'Expiring' and its sheet (CRS-6, DSH-3).

One row per person and course: the period that counts. The status is the one rule as SQL, so nothing waits for a job.
People who left and enrollments that were withdrawn are not asked to renew and do not stand here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, cast, false, func, or_, select, true

from lmsapp.assignments.expressions import is_open
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db
from lmsapp.infra.words import N_
from lmsapp.insight.sheets import in_words
from lmsapp.learning.enrollments.expressions import status_at
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.enrollments.rules import EnrollmentStatus
from lmsapp.learning.validity.models import CertificationPeriod
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.employees.rules import fold
from lmsapp.people.organisation.queries import departments_below
from lmsapp.people.queries import SEES_EVERYBODY, employee_ids_visible_to, line_of
from lmsapp.people.viewer import Viewer

PAGE = 50
WINDOWS = ("30", "60", "90", "expired", "all")
STATUSES = (EnrollmentStatus.COMPLETED, EnrollmentStatus.RENEWAL_REQUIRED, EnrollmentStatus.EXPIRED)
HEAD = (
    N_("employee number"),
    N_("name"),
    N_("department"),
    N_("job role"),
    N_("location"),
    N_("course"),
    N_("certified on"),
    N_("valid until"),
    N_("status"),
    N_("renewal begun on"),
    N_("renewal due"),
)


@dataclass(frozen=True, slots=True)
class ExpiringFilters:
    """`window`: ends within so many days or expired ('30', '60', '90'), 'expired', or 'all'. Empty filters nothing.
    `not_yet`: without what has expired."""

    window: str = "60"
    courses: tuple[int, ...] = ()
    departments: tuple[int, ...] = ()
    status: str = ""
    search: str = ""
    page: int = 1
    roles: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()
    not_yet: bool = False

    @property
    def active(self) -> int:
        """How many filters are set."""
        return sum(map(bool, (self.courses, self.departments, self.status, self.search, self.roles, self.locations)))


@dataclass(frozen=True, slots=True)
class Counts:
    """People certified in a course, by what is asked of them."""

    valid: int
    required: int
    expired: int


def list_expiring(viewer: Viewer, filters: ExpiringFilters, now: dt.datetime) -> tuple[Sequence[Any], int]:
    """A page, soonest first, and how many in all; one statement, two past the end.

    Columns: enrollment_id, employee_id, course_id, name, job_role, department, course, certified_on, valid_until,
    grace_until, status, renewal_started_at, progress, due_on (of the open assignment), total.
    """
    statement = _rows(viewer, filters, now).add_columns(func.count().over().label("total"))
    rows = db.session.execute(statement.limit(PAGE).offset((filters.page - 1) * PAGE)).all()
    if rows or filters.page == 1:
        return rows, rows[0].total if rows else 0
    return rows, db.session.scalar(select(func.count()).select_from(_rows(viewer, filters, now).subquery())) or 0


def expiring_sheet(
    viewer: Viewer,
    filters: ExpiringFilters,
    now: dt.datetime,
    labels: Mapping[str, str],
    by_course: Mapping[int, Mapping[str, str]] = {},
    *,
    line_only: bool = False,
    ids: Sequence[int] | None = None,
) -> Select[*tuple[Any, ...]]:
    """All of it in the order of HEAD, for `sheets.as_csv`. `labels`, `by_course`: see `sheets.in_words`; `line_only`:
    without the viewer's own; `ids`: of these enrollments only."""
    found = _rows(viewer, filters, now, line_only=line_only)
    row = found.where(true() if ids is None else Enrollment.id.in_(ids)).subquery()
    return select(
        row.c.number,
        row.c.name,
        row.c.department,
        row.c.job_role,
        row.c.location,
        row.c.course,
        row.c.certified_on,
        row.c.valid_until,
        in_words(row.c.status, row.c.course_id, labels, by_course),
        cast(func.timezone(row.c.time_zone, row.c.renewal_started_at), Date),
        row.c.due_on,
    ).order_by(row.c.valid_until.nulls_last(), row.c.sort_name, row.c.course, row.c.enrollment_id)


def expiring_ids(viewer: Viewer, filters: ExpiringFilters, now: dt.datetime, *, line_only: bool) -> Select[int]:
    """The enrollments of the sheet in the same order."""
    found = _rows(viewer, filters, now, line_only=line_only)
    return found.with_only_columns(Enrollment.id, maintain_column_froms=True)


def counts_of(viewer: Viewer, course_id: int, now: dt.datetime) -> Counts:
    """For the tab of one course. One statement."""
    row = _rows(viewer, ExpiringFilters(window="all", courses=(course_id,)), now).subquery()
    found = db.session.execute(select(*(func.count().filter(row.c.status == status) for status in STATUSES))).one()
    return Counts(found[0], found[1], found[2])


def _rows(
    viewer: Viewer, filters: ExpiringFilters, now: dt.datetime, *, line_only: bool = False
) -> Select[*tuple[Any, ...]]:
    status = status_at(now)
    due = (
        select(func.max(TrainingAssignment.due_on))
        .where(TrainingAssignment.enrollment_id == Enrollment.id, is_open())
        .correlate(Enrollment)
        .scalar_subquery()
    )
    return (
        select(
            Enrollment.id.label("enrollment_id"),
            Employee.id.label("employee_id"),
            Course.id.label("course_id"),
            Employee.number,
            Employee.name,
            Employee.sort_name,
            Employee.job_role,
            Employee.location,
            Employee.time_zone,
            Department.name.label("department"),
            Course.title.label("course"),
            CertificationPeriod.certified_on,
            Enrollment.valid_until,
            CertificationPeriod.grace_until,
            status.label("status"),
            Enrollment.renewal_started_at,
            Enrollment.progress,
            due.label("due_on"),
        )
        .select_from(Enrollment)
        .join(CertificationPeriod, CertificationPeriod.enrollment_id == Enrollment.id)
        .join(Employee, Employee.id == Enrollment.employee_id)
        .join(Course, Course.id == Enrollment.course_id)
        .outerjoin(Department, Department.id == Employee.department_id)
        .where(
            CertificationPeriod.is_current,
            Enrollment.withdrawn_at.is_(None),
            Employee.status == "active",
            _visible(viewer, line_only=line_only),
            *_wanted(filters, now, status),
        )
        .order_by(Enrollment.valid_until.nulls_last(), Employee.sort_name, Course.title, Enrollment.id)
    )


def _visible(viewer: Viewer, *, line_only: bool) -> ColumnElement[bool]:
    if line_only:
        return Employee.id.in_(line_of(viewer))
    return true() if viewer.may(*SEES_EVERYBODY) else Employee.id.in_(employee_ids_visible_to(viewer))


def _wanted(filters: ExpiringFilters, now: dt.datetime, status: ColumnElement[str]) -> list[ColumnElement[bool]]:
    today = cast(func.timezone(Employee.time_zone, now), Date)
    wanted = _within(filters.window, today, now)
    if filters.courses:
        wanted.append(Enrollment.course_id.in_(filters.courses))
    if filters.departments:
        wanted.append(Employee.department_id.in_(departments_below(filters.departments)))
    if filters.roles:
        wanted.append(Employee.job_role.in_(filters.roles))
    if filters.locations:
        wanted.append(Employee.location.in_(filters.locations))
    if filters.not_yet:
        wanted.append(Enrollment.valid_until >= today)
    if filters.status:
        wanted.append(status == filters.status)
    if filters.search:
        words = [Employee.sort_name.contains(word, autoescape=True) for word in fold(filters.search).split()]
        wanted.append(or_(func.lower(Employee.number) == filters.search.lower(), and_(*words) if words else false()))
    return wanted


def _within(window: str, today: ColumnElement[dt.date], now: dt.datetime) -> list[ColumnElement[bool]]:
    """The days say nothing more, but there is an index by them, and only between them it matters where somebody is."""
    if window == "all":
        return []
    days = -1 if window == "expired" else int(window)
    surely, perhaps = ((now + dt.timedelta(days=days, hours=hours)).date() for hours in (-12, 14))
    until = Enrollment.valid_until
    return [until <= perhaps, or_(until <= surely, until <= today + days)]
