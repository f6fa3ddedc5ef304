"""What a manager asked to see: the filters of the team table, and the SQL conditions they mean (DSH-1)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from lmsapp.assignments.expressions import is_open, is_status
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.rules import AssignmentStatus
from lmsapp.courses.catalogue.models import Course
from lmsapp.learning.certificates.models import Certificate
from lmsapp.people.employees.models import Employee
from lmsapp.people.employees.rules import fold
from lmsapp.people.organisation.queries import departments_below
from lmsapp.people.queries import line_of
from lmsapp.people.viewer import Viewer

DUE_WINDOWS = ("late", "7", "14", "30")
STANDINGS = ("compliant", "expiring")
SORTS = ("person", "course", "status", "progress", "due")
EXPIRING_DAYS = 60


@dataclass(frozen=True, slots=True)
class TeamFilters:
    """Empty filters nothing; without `statuses` only open assignments are shown.

    `due`: 'late', or due within so many days from now. `standing`: 'compliant' (of people with nothing overdue) or
    'expiring' (whose certificate ends within 60 days). `sort` is one of SORTS.
    """

    search: str = ""
    departments: tuple[int, ...] = ()
    roles: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()
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
        kinds = (self.search, self.departments, self.roles, self.locations, self.courses, self.statuses)
        return sum(map(bool, (*kinds, self.due, self.standing)))


def conditions(viewer: Viewer, filters: TeamFilters, now: dt.datetime) -> list[ColumnElement[bool]]:
    """Conditions over TrainingAssignment, Employee and Course; the viewer's own line always."""
    wanted = [TrainingAssignment.employee_id.in_(line_of(viewer)), *_people(filters), _state(filters, now)]
    if filters.courses:
        wanted.append(TrainingAssignment.course_id.in_(filters.courses))
    if filters.due == "late":
        wanted.append(is_status(AssignmentStatus.OVERDUE, now))
    elif filters.due:
        wanted.append(due_within(int(filters.due), now))
    if filters.standing == "compliant":
        wanted.append(_nothing_overdue(now))
    elif filters.standing == "expiring":
        wanted.append(certificate_ends_soon(now))
    return wanted


def due_within(days: int, now: dt.datetime) -> ColumnElement[bool]:
    """Not over yet, and due today or on one of the next `days` days: a due date lasts to the end of its day."""
    until = now + dt.timedelta(days=days + 1)
    return and_(TrainingAssignment.due_at > now, TrainingAssignment.due_at <= until)


def certificate_ends_soon(now: dt.datetime) -> ColumnElement[bool]:
    """The latest certificate of the assignment's enrollment ends within 60 days and was not revoked."""
    later = aliased(Certificate)
    newer = select(later.id).where(later.enrollment_id == Certificate.enrollment_id, later.id > Certificate.id)
    today = now.date()
    ending = select(Certificate.enrollment_id).where(
        Certificate.revoked_at.is_(None),
        Certificate.valid_until.between(today, today + dt.timedelta(days=EXPIRING_DAYS)),
        ~newer.exists(),
    )
    return TrainingAssignment.enrollment_id.in_(ending) & TrainingAssignment.completed_at.is_not(None)


def _people(filters: TeamFilters) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if filters.departments:
        wanted.append(Employee.department_id.in_(departments_below(filters.departments)))
    if filters.roles:
        wanted.append(Employee.job_role.in_(filters.roles))
    if filters.locations:
        wanted.append(Employee.location.in_(filters.locations))
    if filters.search:
        wanted.append(found(filters.search))
    return wanted


def found(typed: str) -> ColumnElement[bool]:
    """In names, employee numbers and titles: people and courses are looked up first, both lists being short."""
    words = [Employee.sort_name.contains(word, autoescape=True) for word in fold(typed).split()]
    named = and_(*words) if words else Employee.name.icontains(typed, autoescape=True)
    people = select(Employee.id).where(or_(named, func.lower(Employee.number) == typed.lower()))
    titles = select(Course.id).where(Course.title.icontains(typed, autoescape=True))
    return or_(TrainingAssignment.employee_id.in_(people), TrainingAssignment.course_id.in_(titles))


def _state(filters: TeamFilters, now: dt.datetime) -> ColumnElement[bool]:
    if filters.statuses:
        return or_(*(is_status(AssignmentStatus(status), now) for status in filters.statuses))
    if filters.standing == "expiring":
        return TrainingAssignment.completed_at.is_not(None)
    return is_open()


def _nothing_overdue(now: dt.datetime) -> ColumnElement[bool]:
    other = aliased(TrainingAssignment)
    late = select(other.id).where(
        other.employee_id == TrainingAssignment.employee_id,
        other.completed_at.is_(None),
        other.closed_as.is_(None),
        other.due_at <= now,
    )
    return ~late.exists()
