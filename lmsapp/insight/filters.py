"""What a manager asked to see: the filters of the team table, and the SQL conditions they mean (DSH-1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, true
from sqlalchemy.orm import aliased

from lmsapp.assignments.expressions import is_open, is_status
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.rules import AssignmentStatus
from lmsapp.assignments.states.rules import EXPIRING_DAYS, STILL
from lmsapp.courses.catalogue.models import Course
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.employees.models import Employee, ReportingLine
from lmsapp.people.employees.rules import fold
from lmsapp.people.organisation.queries import departments_below
from lmsapp.people.queries import line_of
from lmsapp.people.viewer import Viewer

DUE_WINDOWS = ("late", "7", "14", "30")
STANDINGS = ("compliant", "expiring", "stalled")
SCOPES = ("line", "direct")
SORTS = ("person", "course", "status", "progress", "due")


@dataclass(frozen=True, slots=True)
class TeamFilters:
    """Empty filters nothing; without `statuses` only open assignments are shown. `alone`: of the departments without
    those below them.

    `scope`: 'line' (everybody below) or 'direct' (who reports to the viewer directly). `due`: 'late', or due within so
    many days from now. `standing`: 'compliant' (of people with nothing overdue), 'expiring' (whose certificate ends
    within 60 days) or 'stalled' (begun, and nothing done for two days). `sort` is one of SORTS.
    """

    search: str = ""
    scope: str = "line"
    departments: tuple[int, ...] = ()
    alone: bool = False
    roles: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    cohorts: tuple[str, ...] = ()
    courses: tuple[int, ...] = ()
    statuses: tuple[str, ...] = ()
    due: str = ""
    standing: str = ""
    sort: str = "due"
    desc: bool = False
    page: int = 1

    @property
    def active(self) -> int:
        """How many filters are set."""
        people = (self.departments, self.roles, self.locations, self.regions, self.cohorts, self.scope != "line")
        return sum(map(bool, (*people, self.search, self.courses, self.statuses, self.due, self.standing)))

    @property
    def departments_meant(self) -> tuple[int, ...]:
        """Those whose people are meant; () is all. A statement, but for none or `alone`."""
        return self.departments if self.alone else departments_below(self.departments)

    @property
    def of_people(self) -> bool:
        """Whether something of the employee record is asked for."""
        return bool(self.departments or self.roles or self.locations or self.regions or self.cohorts)


def conditions(viewer: Viewer, filters: TeamFilters, now: dt.datetime) -> list[ColumnElement[bool]]:
    """Conditions over TrainingAssignment, Employee and Course; the viewer's own line always."""
    wanted: list[ColumnElement[bool]] = [TrainingAssignment.employee_id.in_(reach(viewer, filters.scope))]
    if filters.search:
        wanted.append(found(filters.search))
    return wanted + [one for one in facet_conditions(filters, now).values() if one is not EVERYTHING]


def reach(viewer: Viewer, scope: str) -> Select[int]:
    """The ids of the whole line, or of those who report to the viewer directly."""
    everybody = line_of(viewer)
    return everybody.where(ReportingLine.depth == 1) if scope == "direct" else everybody


def facet_conditions(filters: TeamFilters, now: dt.datetime) -> dict[str, ColumnElement[bool]]:
    """What each facet with counts asks for, by its name in `team_facets`; EVERYTHING where nothing is chosen."""
    return {
        "departments": _among(Employee.department_id, filters.departments_meant),
        "roles": _among(Employee.job_role, filters.roles),
        "locations": _among(Employee.location, filters.locations),
        "regions": _among(Employee.region, filters.regions),
        "cohorts": _among(Employee.cohort, filters.cohorts),
        "courses": _among(TrainingAssignment.course_id, filters.courses),
        "statuses": state_of(filters.statuses, filters.standing, now),
        "due": due_in(filters.due, now),
        "standing": standing_of(filters.standing, now),
    }


EVERYTHING = true()


def _among(column: Any, chosen: Sequence[Any]) -> ColumnElement[bool]:
    return column.in_(chosen) if chosen else EVERYTHING


def due_in(window: str, now: dt.datetime) -> ColumnElement[bool]:
    """What a due window means; '' is everything."""
    if not window:
        return EVERYTHING
    return is_status(AssignmentStatus.OVERDUE, now) if window == "late" else due_within(int(window), now)


def standing_of(standing: str, now: dt.datetime) -> ColumnElement[bool]:
    """What a standing means; '' is everything."""
    if not standing:
        return EVERYTHING
    meanings = {"compliant": _nothing_overdue, "expiring": certificate_ends_soon, "stalled": stands_still}
    return meanings[standing](now)


def state_of(statuses: Sequence[str], standing: str, now: dt.datetime) -> ColumnElement[bool]:
    """The statuses asked for; without any what is open, or completed where a certificate is to end soon."""
    if statuses:
        return or_(*(is_status(AssignmentStatus(status), now) for status in statuses))
    return TrainingAssignment.completed_at.is_not(None) if standing == "expiring" else is_open()


def stands_still(now: dt.datetime) -> ColumnElement[bool]:
    """Begun, not overdue, not in a pause, and nothing done in it for two days: the same as the words in its row.

    The assignment knows the day of the last activity, so that only those of the day two days ago are looked up.
    """
    before, day = now - STILL, TrainingAssignment.active_on
    that_day = before.astimezone(dt.UTC).date()
    last = select(Enrollment.last_active_at).where(Enrollment.id == TrainingAssignment.enrollment_id)
    # A value and no EXISTS: that would be asked of all enrollments at once, ten times as many as are needed.
    still = case(
        (day == that_day, last.correlate(TrainingAssignment).scalar_subquery() <= before),
        else_=or_(day.is_(None), day < that_day),
    )
    paused = select(Enrollment.id).where(Enrollment.paused_until.is_not(None))
    return and_(
        is_status(AssignmentStatus.IN_PROGRESS, now),
        TrainingAssignment.started_at <= before,
        still,
        TrainingAssignment.enrollment_id.not_in(paused),
    )


def due_within(days: int, now: dt.datetime) -> ColumnElement[bool]:
    """Not over yet, and due today or on one of the next `days` days: a due date lasts to the end of its day."""
    until = now + dt.timedelta(days=days + 1)
    # The dates say nothing more, but there is an index by them: a day ends 14 hours before UTC's or 12 after it.
    dates = TrainingAssignment.due_on.between((now - dt.timedelta(hours=36)).date(), until.date())
    return and_(TrainingAssignment.due_at > now, TrainingAssignment.due_at <= until, dates)


def certificate_ends_soon(now: dt.datetime) -> ColumnElement[bool]:
    """The latest certificate of the assignment's enrollment ends within 60 days and was not revoked."""
    ending = select(Certificate.enrollment_id).where(*ending_certificates(now))
    return TrainingAssignment.enrollment_id.in_(ending) & TrainingAssignment.completed_at.is_not(None)


def ending_certificates(now: dt.datetime) -> Sequence[ColumnElement[bool]]:
    """Of Certificate: it is the latest of its enrollment, ends within 60 days and was not revoked."""
    return (*ends_soon(now), ~newer_than(Certificate.enrollment_id, Certificate.id))


def ends_soon(now: dt.datetime) -> Sequence[ColumnElement[bool]]:
    """Of Certificate, whether there is a newer one or not."""
    today = now.date()
    return (
        Certificate.enrollment_id.is_not(None),
        Certificate.revoked_at.is_(None),
        Certificate.valid_until.between(today, today + dt.timedelta(days=EXPIRING_DAYS)),
    )


def newer_than(enrollment_id: Any, certificate_id: Any) -> ColumnElement[bool]:
    """Whether the enrollment has a certificate that came after this one."""
    later = aliased(Certificate)
    newer = select(later.id).where(later.enrollment_id == enrollment_id, later.id > certificate_id)
    # The offset keeps it a look into the index for each of those that end; else all certificates are read.
    return newer.correlate_except(later).offset(0).exists()


def found(typed: str) -> ColumnElement[bool]:
    """In names, employee numbers and titles: people and courses are looked up first, both lists being short."""
    people, titles = select(Employee.id).where(named(typed)), select(Course.id).where(titled(typed))
    return or_(TrainingAssignment.employee_id.in_(people), TrainingAssignment.course_id.in_(titles))


def named(typed: str) -> ColumnElement[bool]:
    """The employees a search means."""
    words = [Employee.sort_name.contains(word, autoescape=True) for word in fold(typed).split()]
    name = and_(*words) if words else Employee.name.icontains(typed, autoescape=True)
    return or_(name, func.lower(Employee.number) == typed.lower())


def titled(typed: str) -> ColumnElement[bool]:
    """The courses a search means."""
    return Course.title.icontains(typed, autoescape=True)


def _nothing_overdue(now: dt.datetime) -> ColumnElement[bool]:
    other = aliased(TrainingAssignment)
    late = select(other.id).where(
        other.employee_id == TrainingAssignment.employee_id,
        other.completed_at.is_(None),
        other.closed_as.is_(None),
        other.due_at <= now,
    )
    return ~late.exists()
