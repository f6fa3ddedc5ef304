"""Who and what a pack is about: people, courses, compliance types, days. A handful of statements, whatever the size."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Integer, Select, any_, literal, or_, select, union
from sqlalchemy.orm import InstrumentedAttribute

from lmsapp.compliance.ledger.models import ComplianceDuty, ComplianceType, ComplianceTypeCourse, EmployeeCompliance
from lmsapp.courses.catalogue.models import Course
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.insight.pack.rules import Scope, Terms
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.organisation.queries import departments_below
from lmsapp.people.queries import employee_ids_visible_to
from lmsapp.people.viewer import Viewer

Column = InstrumentedAttribute[Any] | ColumnElement[Any]
Rows = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Chosen:
    """`courses`, `types`: None means all of them. From `start` up to, not including, `end`; both UTC. `day`: the last
    day, or today where that is earlier, on which statuses are named."""

    people: list[int]
    courses: list[int] | None
    types: list[int] | None
    start: dt.datetime
    end: dt.datetime
    day: dt.date

    def of_people(self, column: Column) -> ColumnElement[bool]:
        return among(column, self.people)

    def of_courses(self, column: Column) -> ColumnElement[bool]:
        return literal(True) if self.courses is None else among(column, self.courses)

    def of_types(self, column: Column) -> ColumnElement[bool]:
        return literal(True) if self.types is None else among(column, self.types)

    def in_time(self, column: Column) -> ColumnElement[bool]:
        return (column >= self.start) & (column < self.end)


def among(column: Column, ids: Sequence[int]) -> ColumnElement[bool]:
    """As IN, with one parameter however many there are."""
    return column == any_(literal(list(ids), ARRAY(Integer)))


def chosen_by(terms: Terms, viewer: Viewer, zone: str) -> Chosen:
    """What that is today, as far as the viewer may see it."""
    day = dt.timedelta(days=1)
    start, end = clock.end_of_day(terms.since - day, zone), clock.end_of_day(terms.until, zone)
    types = _types(terms)
    courses = _courses(terms, types)
    people = _people(terms, courses or [], types or [], start, end)
    here = or_(Employee.left_on.is_(None), Employee.left_on >= terms.since)
    visible = select(Employee.id).where(Employee.id.in_(people), Employee.id.in_(employee_ids_visible_to(viewer)))
    if terms.scope is not Scope.PERSON:
        visible = visible.where(here)
    ids = list(db.session.scalars(visible.order_by(Employee.id)))
    return Chosen(ids, courses, types, start, end, min(terms.until, clock.today(zone)))


def title_of(terms: Terms, viewer: Viewer) -> str | None:
    """What it is called; None where there is no such thing, or not for this viewer."""
    if terms.regulator is not None:
        known = select(ComplianceType.regulator).where(ComplianceType.regulator == terms.regulator).limit(1)
        return db.session.scalar(known)
    named: dict[Scope, Select[Any]] = {
        Scope.PERSON: select(Employee.name).where(
            Employee.id == terms.number, Employee.id.in_(employee_ids_visible_to(viewer))
        ),
        Scope.COURSE: select(Course.title).where(Course.id == terms.number),
        Scope.DEPARTMENT: select(Department.name).where(Department.id == terms.number),
        Scope.REGULATION: select(ComplianceType.name).where(ComplianceType.id == terms.number),
    }
    return db.session.scalar(named[terms.scope])


def _types(terms: Terms) -> list[int] | None:
    if terms.scope is Scope.COURSE:
        return []
    if terms.scope is not Scope.REGULATION:
        return None
    wanted = select(ComplianceType.id).order_by(ComplianceType.id)
    if terms.regulator is not None:
        return list(db.session.scalars(wanted.where(ComplianceType.regulator == terms.regulator)))
    return list(db.session.scalars(wanted.where(ComplianceType.id == terms.number)))


def _courses(terms: Terms, types: list[int] | None) -> list[int] | None:
    if terms.scope is Scope.COURSE:
        return [terms.number or 0]
    if terms.scope is not Scope.REGULATION:
        return None
    linked = select(ComplianceTypeCourse.course_id).where(among(ComplianceTypeCourse.type_id, types or []))
    return sorted(set(db.session.scalars(linked)))


def _people(
    terms: Terms, courses: list[int], types: list[int], start: dt.datetime, end: dt.datetime
) -> Select[Any] | Any:
    if terms.scope is Scope.PERSON:
        return select(Employee.id).where(Employee.id == terms.number)
    if terms.scope is Scope.DEPARTMENT:
        return select(Employee.id).where(Employee.department_id.in_(departments_below([terms.number or 0])))
    completed = select(CompletionRecord.employee_id).where(
        CompletionRecord.subject_kind == "course",
        among(CompletionRecord.subject_id, courses),
        CompletionRecord.occurred_at >= start,
        CompletionRecord.occurred_at < end,
    )
    if terms.scope is Scope.COURSE:
        enrolled = select(Enrollment.employee_id).where(
            among(Enrollment.course_id, courses), Enrollment.enrolled_at < end
        )
        return union(enrolled, completed)
    duty = select(ComplianceDuty.employee_id).where(
        among(ComplianceDuty.type_id, types),
        ComplianceDuty.since < end,
        or_(ComplianceDuty.until.is_(None), ComplianceDuty.until >= start),
    )
    decided = select(EmployeeCompliance.employee_id).where(
        among(EmployeeCompliance.type_id, types),
        EmployeeCompliance.decided_at < end,
        or_(EmployeeCompliance.replaced_at.is_(None), EmployeeCompliance.replaced_at >= start),
    )
    return union(duty, decided, completed)
