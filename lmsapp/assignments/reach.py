"""What assigning would meet: who of an audience has the course already (ASG-3)."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from lmsapp.assignments.expressions import is_open
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.infra.db import db


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
