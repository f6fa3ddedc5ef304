"""The people somebody wants to act on for one type: ticked ones, or all that the filters find (HRD-7)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select

from lmsapp.assignments.expressions import is_open
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.queries import with_all_it_names
from lmsapp.compliance.ledger.models import ComplianceType, ComplianceTypeCourse
from lmsapp.infra.db import db
from lmsapp.insight.matrix.board import Asked, board
from lmsapp.insight.matrix.filters import MatrixFilters
from lmsapp.insight.matrix.listing import AT_ONCE, in_order
from lmsapp.people.employees.models import Employee

TO_DO = "XREN"  # letters of whoever has something to do


@dataclass(frozen=True, slots=True)
class Chosen:
    """(id, name, letter) of those who have something to do for the type, and of the `others`; `too_many` for once."""

    to_do: Sequence[Any]
    others: Sequence[Any]
    too_many: bool


def chosen_people(asked: Asked, place: int, picks: Collection[int] | None) -> Chosen:
    """`picks` None: everybody the filters of `asked` find. `place`: of the type's letter."""
    if picks is not None:
        asked = replace(asked, filters=MatrixFilters())
    lines = board(asked)
    letter = func.substr(lines.c.states, place + 1, 1).label("letter")
    found = in_order(asked, lines, select(Employee.id, Employee.name, letter))
    if picks is not None:
        found = found.where(Employee.id.in_(picks))
    rows = db.session.execute(found.limit(AT_ONCE + 1)).all()
    return Chosen(
        [row for row in rows if row.letter and row.letter in TO_DO],
        [row for row in rows if not row.letter or row.letter not in TO_DO],
        len(rows) > AT_ONCE,
    )


def employees_by_id(ids: Sequence[int]) -> Sequence[Employee]:
    """To act on, in the order of their ids."""
    return db.session.scalars(select(Employee).where(Employee.id.in_(ids)).order_by(Employee.id)).all()


def open_assignments(type_id: int, ids: Sequence[int]) -> list[TrainingAssignment]:
    """Open ones of these people, of the courses that support the type; employee and enrollment loaded."""
    several = select(ComplianceTypeCourse.course_id).where(ComplianceTypeCourse.type_id == type_id)
    courses = several.union(select(ComplianceType.course_id).where(ComplianceType.id == type_id))
    wanted = (TrainingAssignment.employee_id.in_(ids), TrainingAssignment.course_id.in_(courses), is_open())
    return list(db.session.scalars(with_all_it_names().where(*wanted).order_by(TrainingAssignment.id)))
