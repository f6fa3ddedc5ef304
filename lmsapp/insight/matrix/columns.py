"""The types, as columns: which are shown, and where each stands in the texts of standings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from lmsapp.compliance.ledger.models import ComplianceType
from lmsapp.infra.db import db
from lmsapp.insight.matrix.filters import MatrixFilters


@dataclass(frozen=True, slots=True)
class Column:
    """A type in use. `place`: of its letter, from 0."""

    id: int
    name: str
    regulator: str
    reference: str
    course_id: int | None
    place: int


@dataclass(frozen=True, slots=True)
class Columns:
    """All types in use, by name; those `shown`; `width` letters in a whole text, archived types too."""

    all: Sequence[Column]
    shown: Sequence[Column]
    width: int

    @property
    def every(self) -> bool:
        """Whether all are shown."""
        return len(self.shown) == len(self.all)


def columns_for(filters: MatrixFilters) -> Columns:
    """One statement."""
    rows = db.session.execute(
        select(
            ComplianceType.id,
            ComplianceType.name,
            ComplianceType.regulator,
            ComplianceType.reference,
            ComplianceType.course_id,
            (func.row_number().over(order_by=ComplianceType.id) - 1).label("place"),
            ComplianceType.archived_at,
        )
    ).all()
    used = [Column(*row[:6]) for row in sorted(rows, key=lambda row: row.name.casefold()) if row.archived_at is None]
    shown = [one for one in used if _wanted(one, filters)]
    return Columns(used, shown, len(rows))


def _wanted(column: Column, filters: MatrixFilters) -> bool:
    by_type = not filters.types or column.id in filters.types
    return by_type and (not filters.regulators or column.regulator in filters.regulators)
