"""Courses one is not enrolled in, each with its reason (CRS-8, ENR-4).

Counts are up to an hour old: they are read once per department, job role and course, and kept in memory, so that the
home page pays one small statement. What is kept counts people and names nobody.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select

from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.catalogue.rules import CourseStatus
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.choosing.models import LearnerChoice
from lmsapp.learning.choosing.rules import ChoiceKind, Suggestion, suggested
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.viewer import Viewer

FEWEST = 2  # colleagues; one alone is no recommendation and would name somebody
KEPT = dt.timedelta(hours=1)
SHOWN = 20  # of each list
LIKE_ME = 2  # latest completed courses of one's own that are looked at for what goes with them
SAMPLE = 300  # of the latest people who completed such a course
OPEN = (Course.status == CourseStatus.PUBLISHED, Course.self_enroll)

# Built once: the home page of everybody asks.
WHERE_I_STAND = (
    select(
        Employee.department_id,
        Department.name,
        Employee.job_role,
        select(func.array_agg(LearnerChoice.course_id))
        .where(LearnerChoice.employee_id == Employee.id, LearnerChoice.kind == ChoiceKind.NOT_INTERESTED.value)
        .scalar_subquery(),
    )
    .outerjoin(Department, Department.id == Employee.department_id)
    .where(Employee.id == bindparam("employee_id"))
)


def suggestions_for(
    viewer: Viewer, taken: frozenset[int], completed: Sequence[int] = (), most: int = 3
) -> list[Suggestion]:
    """Open courses that fit, without those in `taken`. `completed`: one's own, the latest first."""
    where = db.session.execute(WHERE_I_STAND, {"employee_id": viewer.employee_id}).one_or_none()
    if where is None:
        return []
    department_id, department, job_role, unwanted = where
    here, hour = str(db.engine.engine.url), int(clock.now().timestamp() // KEPT.total_seconds())
    reasons: list[Sequence[Suggestion]] = []
    if department_id is not None:
        reasons.append(_in_department(here, department_id, department, hour))
    if job_role:
        reasons.append(_in_job_role(here, job_role, hour))
    reasons += [_together(here, course_id, hour) for course_id in completed[:LIKE_ME]]
    return suggested(reasons, without=taken.union(unwanted or ()), fewest=FEWEST, most=most)


@lru_cache(maxsize=1024)
def _in_department(_database: str, department_id: int, name: str, _hour: int) -> tuple[Suggestion, ...]:
    return _popular(Employee.department_id == department_id, "department", name)


@lru_cache(maxsize=1024)
def _in_job_role(_database: str, job_role: str, _hour: int) -> tuple[Suggestion, ...]:
    return _popular(Employee.job_role == job_role, "job role", job_role)


def _popular(those: ColumnElement[bool], why: str, name: str) -> tuple[Suggestion, ...]:
    """Most completed first, among active people. The viewer is one of them and has not completed it."""
    colleagues = db.session.scalar(select(func.count()).where(those, Employee.status == "active")) or 0
    took = func.count().label("took")
    rows = db.session.execute(
        select(Course.id, Course.title, Course.minutes, took)
        .join(Enrollment, Enrollment.course_id == Course.id)
        .join(Employee, Employee.id == Enrollment.employee_id)
        .where(those, Employee.status == "active", Enrollment.completed_at.is_not(None), *OPEN)
        .group_by(Course.id)
        .order_by(took.desc(), Course.title)
        .limit(SHOWN)
    )
    return tuple(Suggestion(row[0], row[1], row[2], row[3], max(colleagues - 1, row[3]), why, name) for row in rows)


@lru_cache(maxsize=1024)
def _together(_database: str, course_id: int, _hour: int) -> tuple[Suggestion, ...]:
    """What the latest people who completed that course completed too."""
    like_me = (
        select(Enrollment.employee_id)
        .join(Employee, Employee.id == Enrollment.employee_id)
        .where(Enrollment.course_id == course_id, Enrollment.completed_at.is_not(None), Employee.status == "active")
        .order_by(Enrollment.completed_at.desc())
        .limit(SAMPLE)
        .subquery()
    )
    took = func.count().label("took")
    title: Any = select(Course.title).where(Course.id == course_id).scalar_subquery()
    people: Any = select(func.count()).select_from(like_me).scalar_subquery()
    rows = db.session.execute(
        select(Course.id, Course.title, Course.minutes, took, people, title)
        .join(Enrollment, Enrollment.course_id == Course.id)
        .join(like_me, like_me.c.employee_id == Enrollment.employee_id)
        .where(Enrollment.completed_at.is_not(None), Course.id != course_id, *OPEN)
        .group_by(Course.id)
        .order_by(took.desc(), Course.title)
        .limit(SHOWN)
    )
    return tuple(Suggestion(row[0], row[1], row[2], row[3], row[4] - 1, "together", row[5]) for row in rows)
