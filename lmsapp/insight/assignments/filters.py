"""What was asked to see of training assignments, and the SQL conditions it means (ASG-7)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true

from lmsapp.assignments.expressions import is_open, is_status
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.rules import AssignmentStatus
from lmsapp.insight.filters import due_within, found
from lmsapp.people.employees.models import Employee, ReportingLine
from lmsapp.people.organisation.queries import departments_below
from lmsapp.people.queries import line_of
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

SOURCES = ("staff", "manager", "onboarding", "audience", "import", "renewal", "new version", "path", "api", "demo")
SORTS = ("due", "name", "course", "status", "assigned", "completed", "reminders")
DUE_WINDOWS = ("7", "14", "30")
LATE_BY = ("1", "7", "14", "30")
ALL = "All"  # as a status: closed and completed ones too
_NUMBER = re.compile(r"(?:TA-?)?0*(\d{1,9})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AssignmentFilters:
    """Empty filters nothing, but without `statuses` only open assignments are listed; 'All' among them lists all.

    `search`: in names, employee numbers and titles, and the number of an assignment. `departments` with those below.
    `manager`: of everybody who reports to that employee, directly or not. `since`, `until`: due then, both inclusive.
    `due`: due within so many days from now; `late`: overdue by at least so many days. Both move with the day, so that
    they can be kept in a view. `as_of`: the day whose end the list is of; null: now. It filters nothing.
    """

    search: str = ""
    member: int | None = None
    courses: tuple[int, ...] = ()
    departments: tuple[int, ...] = ()
    statuses: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    manager: int | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    due: str = ""
    late: str = ""
    sort: str = "due"
    desc: bool = False
    as_of: dt.date | None = None
    page: int = 1

    @property
    def active(self) -> int:
        """How many filters are set."""
        lists = (self.courses, self.departments, self.statuses, self.sources)
        return sum(map(bool, (*lists, self.member, self.manager, self.since or self.until, self.due, self.late)))


def conditions(
    viewer: Viewer, filters: AssignmentFilters, now: dt.datetime, *, line: bool, but: Sequence[str] = ()
) -> list[ColumnElement[bool]]:
    """Over TrainingAssignment joined to Employee. `but`: facets ('statuses', 'courses' ...) left out, for counting."""
    wanted = [within(viewer, line=line), *_due(filters, now)]
    if filters.search:
        wanted.append(_searched(filters.search))
    if filters.member:
        wanted.append(TrainingAssignment.employee_id == filters.member)
    if filters.manager:
        below = select(ReportingLine.employee_id).where(ReportingLine.manager_id == filters.manager)
        wanted.append(TrainingAssignment.employee_id.in_(below))
    return wanted + [one for name, one in facet_conditions(filters, now).items() if name not in but]


def facet_conditions(filters: AssignmentFilters, now: dt.datetime) -> dict[str, ColumnElement[bool]]:
    """What each facet with counts asks for, by the name of the filter."""
    return {
        "statuses": _state(filters, now),
        "courses": _among(TrainingAssignment.course_id, filters.courses),
        "departments": _among(Employee.department_id, departments_below(filters.departments)),
        "sources": _among(TrainingAssignment.source, filters.sources),
    }


def within(viewer: Viewer, *, line: bool) -> ColumnElement[bool]:
    """What the viewer may see at all: the own line, or everything for those who look after assignments."""
    if line:
        return TrainingAssignment.employee_id.in_(line_of(viewer))
    return true() if viewer.may(May.MODERATE) else false()


def _among(column: Any, chosen: Sequence[Any]) -> ColumnElement[bool]:
    return column.in_(chosen) if chosen else true()


def _state(filters: AssignmentFilters, now: dt.datetime) -> ColumnElement[bool]:
    if ALL in filters.statuses:
        return true()
    if filters.statuses:
        return or_(*(is_status(AssignmentStatus(one), now) for one in filters.statuses))
    return is_open()


def _due(filters: AssignmentFilters, now: dt.datetime) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if filters.since:
        wanted.append(TrainingAssignment.due_on >= filters.since)
    if filters.until:
        wanted.append(TrainingAssignment.due_on <= filters.until)
    if filters.due:
        wanted.append(due_within(int(filters.due), now))
    if filters.late:
        late = local_day(now) - TrainingAssignment.due_on >= int(filters.late)
        wanted.append(and_(is_status(AssignmentStatus.OVERDUE, now), late))
    return wanted


def _searched(typed: str) -> ColumnElement[bool]:
    number = _NUMBER.fullmatch(typed.strip())
    words = found(typed)
    return or_(words, TrainingAssignment.id == int(number[1])) if number else words


def local_day(column: Any) -> ColumnElement[dt.date]:
    """The date of an instant where the employee is."""
    return func.date(func.timezone(Employee.time_zone, column))
