"""The completion report: who has done what, by department, as page and as sheet (REP-1).

One row per enrollment, with its latest assignment, certificate and completion record beside it. All of it is one
statement, so the page, the sheet and a check of either agree.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, Subquery, case, func, or_, select

from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db
from lmsapp.insight.completion_beside import Of, latest_assignments, latest_certificates, latest_records
from lmsapp.insight.completion_dates import around, between, date_at
from lmsapp.insight.foremost import some_at_a_time
from lmsapp.insight.sheets import in_words
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.organisation.queries import departments_below
from lmsapp.people.queries import employee_ids_visible_to, line_of
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer


class ReportStatus(StrEnum):
    """The words of the report. Overdue comes from the assignment, the rest from the enrollment; Exempt from either.
    Completed and Renewal Required hold today; what is Expired is completed no longer (CRS-6), unless an exemption
    excuses it. Who used up every attempt has Failed, late or not."""

    COMPLETED = "Completed"
    RENEWAL_REQUIRED = "Renewal Required"
    EXPIRED = "Expired"
    IN_PROGRESS = "In Progress"
    NOT_STARTED = "Not Started"
    OVERDUE = "Overdue"
    WITHDRAWN = "Withdrawn"
    FAILED = "Failed"
    EXEMPT = "Exempt"


# What nobody is asked for: it counts neither for nor against anybody.
NOT_ASKED = (ReportStatus.WITHDRAWN, ReportStatus.EXEMPT)


@dataclass(frozen=True, slots=True)
class ReportFilters:
    """Empty filters nothing. `alone`: of the departments without those below them. `dates`: which date `since` and
    `until` (both inclusive) speak of. `as_of`: the day whose end the report is of; it filters nothing, whoever asks
    does so inside that past."""

    courses: tuple[int, ...] = ()
    departments: tuple[int, ...] = ()
    roles: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    cohorts: tuple[str, ...] = ()
    statuses: tuple[ReportStatus, ...] = ()
    alone: bool = False
    dates: str = "completed"  # 'completed', 'due', 'assigned'
    since: dt.date | None = None
    until: dt.date | None = None
    left: bool = False  # people who have left, too
    as_of: dt.date | None = None

    @property
    def of_some_days(self) -> bool:
        """Whether only what was completed, due or assigned on some days is asked for."""
        return bool(self.since or self.until)

    @property
    def of_completed_days(self) -> bool:
        """Whether it is completion that these days are of."""
        return self.dates == "completed" and self.of_some_days

    @property
    def active(self) -> int:
        """How many filters are set."""
        people = (self.departments, self.roles, self.locations, self.regions, self.cohorts, self.left)
        return sum(map(bool, (*people, self.courses, self.statuses, self.since or self.until)))


HEAD = (
    "employee number",
    "name",
    "department",
    "job role",
    "location",
    "course",
    "status",
    "progress",
    "assigned on",
    "due date",
    "completed on",
    "score",
    "certificate number",
    "record number",
    "marked",
)
BY_HAND = "by hand"
BY_PERSON, BY_COURSE = (Department.name, Employee.sort_name, Employee.id), (Course.title, Course.id)


def completion_sheet(
    viewer: Viewer,
    filters: ReportFilters,
    now: dt.datetime,
    labels: Mapping[str, str],
    by_course: Mapping[int, Mapping[str, str]] = {},
    *,
    line_only: bool,
    ids: Sequence[int] | None = None,
) -> Select[*tuple[Any, ...]]:
    """Every row, in the order of HEAD, by department, name and course, for `sheets.as_csv`. `labels`: see
    `sheets.in_words`; `ids`: of these enrollments only."""
    row = completion_rows(viewer, filters, now, line_only=line_only, ids=ids).subquery()
    person, course = _places()
    found = select(
        row.c.number,
        row.c.name,
        row.c.department,
        row.c.job_role,
        row.c.location,
        row.c.course,
        in_words(row.c.status, row.c.course_id, labels, by_course),
        row.c.progress,
        row.c.assigned_on,
        row.c.due_on,
        row.c.completed_on,
        row.c.score,
        row.c.certificate,
        row.c.record,
        # Null: PostgreSQL writes an empty text as "", which at the end of a row makes `sheets.safe` look at each cell.
        case((row.c.by_hand, labels.get(BY_HAND, BY_HAND))),
    )
    if ids is not None:
        return found.order_by(*_ordered(row))
    return (
        found.join(person, person.c.id == row.c.employee_id)
        .join(course, course.c.id == row.c.course_id)
        .order_by(person.c.place, course.c.place)
    )


def _places() -> tuple[Subquery, Subquery]:
    """The place of each person, and of each course, in the order of rows: a million rows are sorted sooner by two
    numbers than by the names of departments, people and courses."""
    person = select(Employee.id, func.row_number().over(order_by=BY_PERSON).label("place"))
    person = person.outerjoin(Department, Department.id == Employee.department_id)
    course = select(Course.id, func.row_number().over(order_by=BY_COURSE).label("place"))
    return person.subquery("person"), course.subquery("course_place")


def completion_ids(viewer: Viewer, filters: ReportFilters, now: dt.datetime, *, line_only: bool) -> Select[int]:
    """The enrollments of these rows in the same order."""
    found = completion_rows(viewer, filters, now, line_only=line_only)
    return found.with_only_columns(Enrollment.id, maintain_column_froms=True).order_by(*BY_PERSON, *BY_COURSE)


def first_completions(
    viewer: Viewer, filters: ReportFilters, now: dt.datetime, most: int, *, line_only: bool
) -> list[int]:
    """The first so many of them."""
    everybody = select(Employee.id).outerjoin(Department, Department.id == Employee.department_id)
    wanted = people_wanted(viewer, filters, line_only=line_only)
    people = db.session.scalars(everybody.where(*wanted).order_by(*BY_PERSON)).all()
    every, found = completion_ids(viewer, filters, now, line_only=line_only), list[int]()
    for some in some_at_a_time(people):
        found += db.session.scalars(every.where(Enrollment.employee_id.in_(some)).limit(most - len(found)))
        if len(found) >= most:
            break
    return found


def completion_lines(
    viewer: Viewer, filters: ReportFilters, now: dt.datetime, *, line_only: bool
) -> Select[*tuple[Any, ...]]:
    """The same rows in the same order, statuses as they are kept, for print."""
    row = completion_rows(viewer, filters, now, line_only=line_only).subquery()
    return select(row).order_by(*_ordered(row))


def _ordered(row: Subquery) -> tuple[ColumnElement[Any], ...]:
    """People of one department who share a name stay apart."""
    return row.c.department, row.c.sort_name, row.c.employee_id, row.c.course, row.c.course_id


def completion_rows(
    viewer: Viewer, filters: ReportFilters, now: dt.datetime, *, line_only: bool, ids: Sequence[int] | None = None
) -> Select[*tuple[Any, ...]]:
    """One row an enrollment, unordered, with every column that page, sheet, print and summary speak of."""
    wanted = people_wanted(viewer, filters, line_only=line_only)
    return enrollment_rows(filters, now, Of(filters.courses, enrollments=ids)).where(*wanted)


def enrollment_rows(filters: ReportFilters, now: dt.datetime, of: Of) -> Select[*tuple[Any, ...]]:
    """The same of whomever: of the filters, dates and statuses alone are looked at. What a row says holds until
    `falls_due_at`, on every day up to `last_day` where its person is, unless something is changed; null: for good."""
    if filters.of_completed_days and not filters.as_of and of.enrollments is None:
        those_days = around(filters.since, filters.until, Enrollment.completed_at)
        of = replace(of, enrollments=select(Enrollment.id).where(*those_days))
    latest, certificate, record = latest_assignments(now, of), latest_certificates(of), latest_records(of)
    zone = Employee.time_zone
    assigned_on = date_at(zone, func.coalesce(latest.c.assigned_at, Enrollment.enrolled_at))
    done_on = date_at(zone, Enrollment.completed_at)
    status, exempt_at = _status(latest, now), func.coalesce(Enrollment.exempted_at, latest.c.exempt_at)
    dated = {"completed": done_on, "due": latest.c.due_on, "assigned": assigned_on}
    return (
        select(
            Enrollment.id.label("enrollment_id"),
            Employee.id.label("employee_id"),
            Employee.number,
            Employee.name,
            Employee.sort_name,
            Department.id.label("department_id"),
            Department.name.label("department"),
            Employee.job_role,
            Employee.location,
            Course.id.label("course_id"),
            Course.title.label("course"),
            status.label("status"),
            Enrollment.progress,
            assigned_on.label("assigned_on"),
            latest.c.due_on,
            done_on.label("completed_on"),
            func.coalesce(record.c.score, Enrollment.best_score).label("score"),
            certificate.c.number.label("certificate"),
            Enrollment.valid_until,
            record.c.id.label("record"),
            (record.c.how == "by hand").label("by_hand"),
            date_at(zone, exempt_at).label("exempt_on"),
            case((Enrollment.completed_at.is_(None), latest.c.falls_due_at)).label("falls_due_at"),
            _last_day(now).label("last_day"),
        )
        .select_from(Enrollment)
        .join(Employee, Employee.id == Enrollment.employee_id)
        .join(Course, Course.id == Enrollment.course_id)
        .outerjoin(Department, Department.id == Employee.department_id)
        .outerjoin(latest, latest.c.enrollment_id == Enrollment.id)
        .outerjoin(certificate, certificate.c.enrollment_id == Enrollment.id)
        .outerjoin(record, (record.c.employee_id == Employee.id) & (record.c.course_id == Enrollment.course_id))
        .where(*of.among(Enrollment.course_id, Enrollment.id, Enrollment.employee_id))
        .where(*([status.in_(filters.statuses)] if filters.statuses else []))
        .where(*between(filters.since, filters.until, dated.get(filters.dates, done_on)))
    )


def _status(latest: Subquery, now: dt.datetime) -> ColumnElement[str]:
    completed, today = Enrollment.completed_at.is_not(None), day_of_person(now)
    exempt = or_(Enrollment.exempted_at.is_not(None), latest.c.exempt)
    return case(
        (exempt & or_(~completed, Enrollment.valid_until < today), ReportStatus.EXEMPT.value),
        (completed & (Enrollment.valid_until < today), ReportStatus.EXPIRED.value),
        (completed & (Enrollment.renewal_from <= today), ReportStatus.RENEWAL_REQUIRED.value),
        (completed, ReportStatus.COMPLETED.value),
        (Enrollment.withdrawn_at.is_not(None), ReportStatus.WITHDRAWN.value),
        (Enrollment.failed_at.is_not(None), ReportStatus.FAILED.value),
        (latest.c.overdue, ReportStatus.OVERDUE.value),
        (Enrollment.started_at.is_not(None), ReportStatus.IN_PROGRESS.value),
        else_=ReportStatus.NOT_STARTED.value,
    )


def _last_day(now: dt.datetime) -> ColumnElement[dt.date | None]:
    """Of what is completed: the day before it has to be renewed, or the last on which it is valid."""
    today, until, renewal = day_of_person(now), Enrollment.valid_until, Enrollment.renewal_from
    days = case((renewal > today, renewal - 1)), case((until >= today, until))
    return case((Enrollment.completed_at.is_not(None), func.least(*days, type_=Date)))


def day_of_person(now: dt.datetime) -> ColumnElement[dt.date]:
    """The date where an Employee is."""
    return date_at(Employee.time_zone, now)


def people_wanted(viewer: Viewer, filters: ReportFilters, *, line_only: bool) -> list[ColumnElement[bool]]:
    """Of Employee: whom the viewer may see of those the filters mean."""
    wanted: list[ColumnElement[bool]] = []
    if line_only:
        wanted.append(Employee.id.in_(line_of(viewer)))
    elif not viewer.may(*EVERYBODY):
        wanted.append(Employee.id.in_(employee_ids_visible_to(viewer)))
    if not filters.left:
        wanted.append(Employee.status == "active")
    for column, chosen in (
        (Employee.department_id, filters.departments if filters.alone else departments_below(filters.departments)),
        (Employee.job_role, filters.roles),
        (Employee.location, filters.locations),
        (Employee.region, filters.regions),
        (Employee.cohort, filters.cohorts),
    ):
        if chosen:
            wanted.append(column.in_(chosen))
    return wanted


EVERYBODY = (May.KEEP_RECORDS, May.AUDIT)
