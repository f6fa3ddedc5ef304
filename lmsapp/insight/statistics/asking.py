"""Whose figures, of which people and courses: the filters of the statistics page and the conditions they mean."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from sqlalchemy import ARRAY, ColumnElement, Integer, Select, any_, cast, false, literal, select
from sqlalchemy.orm import InstrumentedAttribute

from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db
from lmsapp.people.employees.models import Employee
from lmsapp.people.organisation.queries import departments_below
from lmsapp.people.queries import line_of
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

EVERYBODY = (May.KEEP_RECORDS, May.AUDIT)
NOWHERE = (-1,)
# How people and courses are told apart; 'kind' is the programme kind of the course.
GROUPINGS: dict[str, InstrumentedAttribute[str] | InstrumentedAttribute[int | None]] = {
    "department": Employee.department_id,
    "role": Employee.job_role,
    "location": Employee.location,
    "region": Employee.region,
    "cohort": Employee.cohort,
}
BY = (*GROUPINGS, "kind")
FIGURES = ("compliant", "in_time", "completed", "score", "days", "followed")


@dataclass(frozen=True, slots=True)
class StatisticsFilters:
    """Empty filters nothing. `per`, `figure`, `by` and `curve` (a course) choose what single blocks show."""

    departments: tuple[int, ...] = ()
    roles: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    cohorts: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    courses: tuple[int, ...] = ()
    per: str = "week"
    figure: str = "compliant"
    by: str = "department"
    curve: int | None = None

    @property
    def active(self) -> int:
        """How many filters are set."""
        about_people = (self.departments, self.roles, self.locations, self.regions, self.cohorts)
        return sum(map(bool, (*about_people, self.kinds, self.courses)))


@dataclass(frozen=True)
class Asking:
    """Who asks, at which moment. `line_only`: of the viewer's own line; `course_id`: of one course the viewer writes or
    looks after, which whoever asks has made sure of. Else of everybody, for those who keep or read records. `kept`:
    figures that are kept may be used, which are of the present; `only`: of these people alone."""

    viewer: Viewer
    filters: StatisticsFilters
    now: dt.datetime
    today: dt.date
    line_only: bool = False
    course_id: int | None = None
    kept: bool = False
    only: tuple[int, ...] | None = None
    _below: dict[tuple[int, ...], tuple[int, ...]] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def mandatory(self) -> tuple[int, ...]:
        """The mandatory courses of what was asked."""
        return tuple(db.session.scalars(self._courses().where(Course.mandatory))) or NOWHERE

    @cached_property
    def courses(self) -> tuple[int, ...]:
        """The courses of what was asked; () is every one."""
        if not (self.filters.kinds or self.filters.courses or self.course_id):
            return ()
        return tuple(db.session.scalars(self._courses())) or NOWHERE

    def people(self, *, who_left: bool = False) -> list[ColumnElement[bool]]:
        """Conditions over Employee."""
        wanted = [] if who_left else [Employee.status == "active"]
        if self.line_only:
            wanted.append(Employee.id.in_(line_of(self.viewer)))
        elif self.course_id is None and not self.viewer.may(*EVERYBODY):
            wanted.append(false())
        if self.only is not None:
            wanted.append(Employee.id == any_(cast(literal(list(self.only), ARRAY(Integer)), ARRAY(Integer))))
        for column, chosen in (
            (Employee.department_id, self._departments()),
            (Employee.job_role, self.filters.roles),
            (Employee.location, self.filters.locations),
            (Employee.region, self.filters.regions),
            (Employee.cohort, self.filters.cohorts),
        ):
            if chosen:
                wanted.append(column.in_(chosen))
        return wanted

    def of_kind(self, kind: str) -> Asking:
        """The same of the courses of one programme kind."""
        kinds = (kind,) if not self.filters.kinds or kind in self.filters.kinds else ("",)
        return replace(self, filters=replace(self.filters, kinds=kinds))

    def of_course(self, course_id: int) -> Asking:
        """The same of one course among them."""
        courses = (course_id,) if not self.filters.courses or course_id in self.filters.courses else NOWHERE
        return replace(self, filters=replace(self.filters, courses=courses))

    def of_people(self, ids: Sequence[int]) -> Asking:
        """The same of some of the people, from the facts."""
        return replace(self, only=tuple(ids), kept=False)

    def _courses(self) -> Select[int]:
        wanted = []
        if self.course_id:
            wanted.append(Course.id == self.course_id)
        if self.filters.courses:
            wanted.append(Course.id.in_(self.filters.courses))
        if self.filters.kinds:
            wanted.append(Course.kind.in_(self.filters.kinds))
        return select(Course.id).where(*wanted)

    def _departments(self) -> Sequence[int]:
        chosen = self.filters.departments
        if chosen not in self._below:
            self._below[chosen] = departments_below(chosen)
        return self._below[chosen]
