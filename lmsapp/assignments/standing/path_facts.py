"""How people stand to a learning path that a rule leads to: the parts of `facts.Look` for it (CRS-4, CRS-5)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Date, DateTime, Select, Text, case, cast, null, select

from lmsapp.assignments.standing.models import RulePath
from lmsapp.learning.paths.models import PathEnrollment
from lmsapp.people.employees.models import Employee


def open_path(path_id: int) -> Select[int]:
    """The path with a due date, whoever gave it, and not completed."""
    return (
        select(PathEnrollment.id)
        .where(
            PathEnrollment.employee_id == Employee.id,
            PathEnrollment.path_id == path_id,
            PathEnrollment.due_on.is_not(None),
            PathEnrollment.completed_at.is_(None),
            PathEnrollment.withdrawn_at.is_(None),
        )
        .limit(1)
        .correlate(Employee)
    )


def path_taken(path_id: int) -> Select[*tuple[Any, ...]]:
    """Its completion, which does not lapse: its courses do. And whether staff took them off."""
    return (
        select(
            PathEnrollment.completed_at,
            cast(null(), Date).label("valid_until"),
            case((_by_a_rule(), null()), else_=PathEnrollment.withdrawn_at).label("withdrawn_at"),
        )
        .where(PathEnrollment.employee_id == Employee.id, PathEnrollment.path_id == path_id)
        .limit(1)
        .correlate(Employee)
    )


def never_closed() -> Select[*tuple[Any, ...]]:
    """Nobody closes a path for somebody: they take them off it, and that is `withdrawn_at`."""
    return select(
        cast(null(), Text).label("closed_as"),
        cast(null(), DateTime(timezone=True)).label("closed_at"),
        cast(null(), Text).label("close_reason"),
    )


def _by_a_rule() -> ColumnElement[bool]:
    return (
        select(RulePath.path_enrollment_id)
        .where(RulePath.path_enrollment_id == PathEnrollment.id, RulePath.withdrawn_at == PathEnrollment.withdrawn_at)
        .exists()
    )
