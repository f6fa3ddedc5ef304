"""What assigning would meet: who has the course already, and who has it to take (ASG-3, CRS-6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Date, Select, and_, case, cast, exists, func, or_, select

from lmsapp.assignments.expressions import is_open
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.validity.models import CertificationPeriod
from lmsapp.people.employees.models import Employee


def active_by_employee(course_id: int, employee_ids: Iterable[int]) -> dict[int, int]:
    """Employee id -> id of the active assignment of that course, for those who have one."""
    rows = db.session.execute(
        select(TrainingAssignment.employee_id, TrainingAssignment.id).where(
            TrainingAssignment.course_id == course_id,
            TrainingAssignment.employee_id.in_(list(employee_ids)),
            is_open(),
        )
    )
    return {row.employee_id: row.id for row in rows}


def to_take(course_id: int, employee_ids: Sequence[int]) -> Select[Any]:
    """Enrollments that can be assigned: there, and not completed, being taken again, or with an open renewal window.

    Columns: id, employee_id, started_at (of the time round that is assigned; null while that has not begun).
    """
    there = cast(func.timezone(Employee.time_zone, clock.now()), Date)
    done = and_(Enrollment.completed_at.is_not(None), Enrollment.renewal_started_at.is_(None))
    renewable = exists().where(
        CertificationPeriod.enrollment_id == Enrollment.id,
        CertificationPeriod.is_current,
        or_(CertificationPeriod.window_opens_on <= there, Enrollment.valid_until < there),
    )
    return (
        select(
            Enrollment.id, Enrollment.employee_id, case((done, None), else_=Enrollment.started_at).label("started_at")
        )
        .join(Employee, Employee.id == Enrollment.employee_id)
        .where(
            Enrollment.course_id == course_id,
            Enrollment.employee_id.in_(employee_ids),
            Enrollment.withdrawn_at.is_(None),
            or_(~done, renewable),
        )
    )
