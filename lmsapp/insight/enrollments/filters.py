"""What staff asked to see of enrollments, and the SQL conditions it means (ENR-7)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Date, and_, cast, exists, false, func, or_, true

from lmsapp.courses.catalogue.authored import written_by
from lmsapp.courses.catalogue.models import Course
from lmsapp.learning.enrollments.expressions import is_status
from lmsapp.learning.enrollments.models import Enrollment, LessonProgress
from lmsapp.learning.enrollments.rules import EnrollmentStatus
from lmsapp.people.employees.models import Employee
from lmsapp.people.organisation.queries import departments_below
from lmsapp.people.queries import line_of
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

SOURCES = ("self", "staff", "assignment", "onboarding", "audience", "path", "batch", "import", "api", "demo")
SORTS = ("name", "course", "status", "progress", "enrolled", "active", "due")
MARKS = ("by hand", "exempt")
LESSON_STATES = ("reached", "finished", "stuck")


class Scope(StrEnum):
    """Whose enrollments: of the courses the viewer writes or looks after, of the viewer's own line, everybody's for
    those who keep or read records, or one's own."""

    COURSES = "courses"
    LINE = "line"
    EVERYBODY = "everybody"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class EnrollmentFilters:
    """Empty filters nothing.

    `search`: in names, employee numbers, addresses and titles. `since`, `until`: enrolled then; `done_since`,
    `done_until`: completed then, both inclusive. `idle`: open and nothing done for so many days. `lesson` with
    `lesson_state`: who reached it, finished it, or began it and went no further.
    """

    search: str = ""
    member: int | None = None
    courses: tuple[int, ...] = ()
    departments: tuple[int, ...] = ()
    statuses: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    least: int = 0
    most: int = 100
    since: dt.date | None = None
    until: dt.date | None = None
    done_since: dt.date | None = None
    done_until: dt.date | None = None
    idle: int | None = None
    lesson: int | None = None
    lesson_state: str = ""
    sort: str = "enrolled"
    desc: bool = True
    page: int = 1

    @property
    def active(self) -> int:
        """How many filters are set."""
        dated, done = self.since or self.until, self.done_since or self.done_until
        ranged = self.least > 0 or self.most < 100
        kinds = (self.courses, self.departments, self.statuses, self.sources, self.marks, ranged, dated, done)
        return sum(map(bool, (*kinds, self.idle is not None, self.lesson, self.member)))


def conditions(
    viewer: Viewer, scope: Scope, filters: EnrollmentFilters, now: dt.datetime, *, by_status: bool = True
) -> list[ColumnElement[bool]]:
    """Over Enrollment joined to Employee and Course. Without `by_status` the statuses are left out, for counting."""
    wanted = [within(viewer, scope), *_ranges(filters)]
    for column, chosen in (
        (Enrollment.course_id, filters.courses),
        (Employee.department_id, departments_below(filters.departments)),
        (Enrollment.source, filters.sources),
        (Enrollment.employee_id, (filters.member,) if filters.member else ()),
    ):
        if chosen:
            wanted.append(column.in_(chosen))
    if by_status and filters.statuses:
        wanted.append(or_(*(is_status(EnrollmentStatus(one), now) for one in filters.statuses)))
    if filters.marks:
        meant = {"by hand": Enrollment.completed_by_hand, "exempt": Enrollment.exempted_at.is_not(None)}
        wanted.append(or_(*(meant[one] for one in filters.marks)))
    for word in filters.search.split()[:8]:
        looked_in = (Employee.name, Employee.number, Employee.email, Course.title)
        wanted.append(or_(*(one.icontains(word, autoescape=True) for one in looked_in)))
    if filters.idle is not None:
        wanted.append(is_idle(now, filters.idle))
    if filters.lesson:
        wanted.append(_in_lesson(filters.lesson, filters.lesson_state))
    return wanted


def within(viewer: Viewer, scope: Scope) -> ColumnElement[bool]:
    """What the viewer may see at all; drafts have no enrollments worth a list."""
    if scope is Scope.LINE:
        return and_(Employee.id.in_(line_of(viewer)), Course.status != "draft")
    if scope is Scope.EVERYBODY:
        return true() if viewer.may(May.KEEP_RECORDS, May.AUDIT) else false()
    if scope is Scope.OWN:
        return and_(Enrollment.employee_id == viewer.employee_id, Enrollment.withdrawn_at.is_(None))
    return written_by(viewer)


def is_idle(now: dt.datetime, days: int) -> ColumnElement[bool]:
    """Open, and nothing was done for so many days: begun and left, or never begun. Whoever pauses does not idle."""
    last = func.coalesce(Enrollment.last_active_at, Enrollment.enrolled_at)
    return and_(is_open(), Enrollment.paused_until.is_(None), last <= now - dt.timedelta(days=days))


def is_open() -> ColumnElement[bool]:
    """Neither completed, nor exempt, nor withdrawn."""
    return and_(Enrollment.completed_at.is_(None), Enrollment.withdrawn_at.is_(None), Enrollment.exempted_at.is_(None))


def local_day(column: ColumnElement[dt.datetime | None] | object) -> ColumnElement[dt.date]:
    """The date of an instant where the employee is."""
    return cast(func.timezone(Employee.time_zone, column), Date)


def _ranges(filters: EnrollmentFilters) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if filters.least > 0:
        wanted.append(Enrollment.progress >= filters.least)
    if filters.most < 100:
        wanted.append(Enrollment.progress <= filters.most)
    for column, since, until in (
        (Enrollment.enrolled_at, filters.since, filters.until),
        (Enrollment.completed_at, filters.done_since, filters.done_until),
    ):
        if since:
            wanted.append(local_day(column) >= since)
        if until:
            wanted.append(local_day(column) <= until)
    return wanted


def _in_lesson(lesson_id: int, state: str) -> ColumnElement[bool]:
    """Rows of the present time round only: a renewal begins every lesson again."""
    begun = exists().where(
        LessonProgress.enrollment_id == Enrollment.id,
        LessonProgress.lesson_id == lesson_id,
        LessonProgress.cycle == Enrollment.cycle,
    )
    if state == "finished":
        return begun.where(LessonProgress.done_at.is_not(None))
    if state == "stuck":
        return and_(begun.where(LessonProgress.done_at.is_(None)), is_open(), Enrollment.current_lesson_id == lesson_id)
    return begun
