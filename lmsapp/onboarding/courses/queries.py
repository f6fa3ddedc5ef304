"""Mandatory courses, and what people have of them already. For the actions: unscoped, ids in, facts out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import or_, select

from lmsapp.assignments.expressions import is_open
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.catalogue.rules import CourseStatus
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.onboarding.courses.rules import CourseFacts, PersonFacts, TrainingFacts
from lmsapp.people.employees.models import Employee
from lmsapp.people.forwhom.rules import ForWhom, Place, own_and_above


def mandatory_courses() -> list[CourseFacts]:
    """What is mandatory for anybody, by title; a retired course asks nobody."""
    rows = db.session.execute(
        select(Course.id, Course.title, Course.status, Course.mandatory_for, Course.onboarding_due_days)
        .where(Course.mandatory, Course.status != CourseStatus.RETIRED)
        .order_by(Course.title, Course.id)
    )
    return [
        CourseFacts(
            row.id,
            row.title,
            row.status == CourseStatus.PUBLISHED,
            ForWhom.from_json(row.mandatory_for),
            row.onboarding_due_days,
        )
        for row in rows
    ]


def place_of(employee: Employee, parents: Mapping[int, int | None]) -> Place:
    """Where somebody stands; `parents` as `department_parents` answers."""
    return Place(employee.job_role, own_and_above(employee.department_id, parents), employee.location)


def person_of(employee: Employee, parents: Mapping[int, int | None]) -> PersonFacts:
    """Somebody as the rule asks."""
    return PersonFacts(employee.id, place_of(employee, parents), employee.status == "active")


def training_of(employees: Sequence[Employee], course_ids: Sequence[int]) -> dict[tuple[int, int], TrainingFacts]:
    """(employee id, course id) -> what there is; two statements for any number of people.

    A completion that has expired counts as none: the course is to be taken again (CRS-6)."""
    zones = {one.id: one.time_zone for one in employees}
    wanted = list(zones)
    open_ids: dict[tuple[int, int], int] = {}
    exempt: set[tuple[int, int]] = set()
    for row in db.session.execute(
        select(
            TrainingAssignment.id,
            TrainingAssignment.employee_id,
            TrainingAssignment.course_id,
            TrainingAssignment.closed_as,
        ).where(
            TrainingAssignment.employee_id.in_(wanted),
            TrainingAssignment.course_id.in_(course_ids),
            or_(is_open(), TrainingAssignment.closed_as == "exempt"),
        )
    ):
        key = (row.employee_id, row.course_id)
        if row.closed_as is None:
            open_ids[key] = row.id
        else:
            exempt.add(key)
    found: dict[tuple[int, int], TrainingFacts] = {}
    for one in db.session.execute(
        select(
            Enrollment.employee_id,
            Enrollment.course_id,
            Enrollment.completed_at,
            Enrollment.withdrawn_at,
            Enrollment.valid_until,
        ).where(Enrollment.employee_id.in_(wanted), Enrollment.course_id.in_(course_ids))
    ):
        key, zone = (one.employee_id, one.course_id), clock.zone(zones[one.employee_id])
        today = clock.now().astimezone(zone).date()
        holds = one.completed_at is not None and (one.valid_until is None or today <= one.valid_until)
        found[key] = TrainingFacts(
            completed_on=one.completed_at.astimezone(zone).date() if holds else None,
            withdrawn=one.withdrawn_at is not None,
            assignment_id=open_ids.get(key),
            exempt=key in exempt,
        )
    return found
