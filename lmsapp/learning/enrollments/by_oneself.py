"""Choosing a course: enrolling oneself where the course allows it, and what colleagues chose (ENR-1, ENR-4)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import func, select

from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.catalogue.rules import CourseStatus
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.learning.enrollments.actions import enroll
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.viewer import Viewer

FEWEST = 2  # colleagues; one alone is no recommendation and would name somebody
KEPT = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A course `took` of `colleagues` in the viewer's department completed."""

    course_id: int
    title: str
    minutes: int
    took: int
    colleagues: int
    department: str


def enroll_self(viewer: Viewer, course: Course) -> Enrollment:
    """Enroll the viewer, or answer with the enrollment that is there. Raises RuleBroken where others decide."""
    known = db.session.scalars(
        select(Enrollment).where(Enrollment.employee_id == viewer.employee_id, Enrollment.course_id == course.id)
    ).one_or_none()
    if known is not None and known.withdrawn_at is None:
        return known
    if not course.self_enroll or known is not None:
        raise RuleBroken(
            N_("“%(title)s” is given by your manager or training team. Ask them for it."), title=course.title
        )
    return enroll(db.session.get_one(Employee, viewer.employee_id), course, source="self", by=viewer)


def suggestions_for(viewer: Viewer, taken: frozenset[int], most: int = 3) -> list[Suggestion]:
    """Open courses colleagues in the viewer's department completed, most first, without those in `taken`.

    The counts are up to an hour old: they are read once per department and kept in memory.
    """
    department_id = db.session.scalar(select(Employee.department_id).where(Employee.id == viewer.employee_id))
    if department_id is None:
        return []
    hour = int(clock.now().timestamp() // KEPT.total_seconds())
    popular = _popular(str(db.engine.engine.url), department_id, hour)
    return [one for one in popular if one.course_id not in taken and one.took >= FEWEST][:most]


@lru_cache(maxsize=1024)
def _popular(_database: str, department_id: int, _hour: int) -> tuple[Suggestion, ...]:
    here = (Employee.department_id == department_id, Employee.status == "active")
    colleagues = db.session.scalar(select(func.count()).where(*here)) or 0
    took = func.count().label("took")
    rows = db.session.execute(
        select(Course.id, Course.title, Course.minutes, took, Department.name)
        .join(Enrollment, Enrollment.course_id == Course.id)
        .join(Employee, Employee.id == Enrollment.employee_id)
        .join(Department, Department.id == Employee.department_id)
        .where(*here, Enrollment.completed_at.is_not(None), Course.status == CourseStatus.PUBLISHED, Course.self_enroll)
        .group_by(Course.id, Department.name)
        .order_by(took.desc(), Course.title)
        .limit(20)
    )
    # The viewer is one of the department and has not taken it.
    return tuple(Suggestion(row[0], row[1], row[2], row[3], max(colleagues - 1, row[3]), row[4]) for row in rows)
