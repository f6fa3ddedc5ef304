"""Enrolling oneself where the course allows it (ENR-1)."""

from __future__ import annotations

from sqlalchemy import select

from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.learning.enrollments.actions import enroll
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.employees.models import Employee
from lmsapp.people.viewer import Viewer


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
