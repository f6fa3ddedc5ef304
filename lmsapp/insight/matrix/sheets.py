"""The matrix as a sheet of exactly what it shows: a line per person, or a line per person and type (HRD-7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select, true

from lmsapp.compliance.documents.models import EmployeeDocument
from lmsapp.compliance.ledger.models import ComplianceType, EmployeeCompliance
from lmsapp.insight.matrix.board import Asked, board
from lmsapp.insight.matrix.listing import in_order
from lmsapp.people.employees.models import Department, Employee

WHO_HEAD = ("employee number", "name", "department", "job role", "location")
LONG_HEAD = (
    *WHO_HEAD,
    "compliance type",
    "regulator",
    "reference",
    "status",
    "completed on",
    "valid until",
    "decided by",
    "decided on",
    "evidence",
    "SHA-256 of the evidence",
)
WHO = (
    Employee.number,
    Employee.name,
    func.nullif(Department.name, ""),
    func.nullif(Employee.job_role, ""),
    func.nullif(Employee.location, ""),
)


def wide_sheet(asked: Asked, words: Mapping[str, str]) -> Select[*tuple[Any, ...]]:
    """WHO_HEAD and a column for each type shown, in their order; `words` by letter, nothing where it is not asked."""
    lines = board(asked)
    types = [_word(func.substr(lines.c.states, one.place + 1, 1), words) for one in asked.columns.shown]
    return in_order(asked, lines, select(*WHO, *types))


def long_sheet(asked: Asked, words: Mapping[str, str]) -> Select[*tuple[Any, ...]]:
    """LONG_HEAD, one row for each person and type that is asked of them or held."""
    lines = board(asked)
    places = case({one.id: one.place + 1 for one in asked.columns.shown}, value=ComplianceType.id, else_=0)
    state = func.substr(lines.c.states, places, 1)
    held = and_(
        EmployeeCompliance.employee_id == lines.c.id,
        EmployeeCompliance.type_id == ComplianceType.id,
        asked.moment.decided,
    )
    columns = select(
        *WHO,
        ComplianceType.name,
        func.nullif(ComplianceType.regulator, ""),
        func.nullif(ComplianceType.reference, ""),
        _word(state, words),
        EmployeeCompliance.completed_on,
        EmployeeCompliance.renewal_on,
        EmployeeCompliance.decided_by_name,
        func.date(EmployeeCompliance.decided_at),
        EmployeeDocument.title,
        EmployeeDocument.sha256,
    )
    listed = in_order(asked, lines, columns)
    shown = ComplianceType.id.in_([one.id for one in asked.columns.shown])
    return (
        listed.join(ComplianceType, and_(true(), shown))
        .outerjoin(EmployeeCompliance, held)
        .outerjoin(EmployeeDocument, EmployeeDocument.id == EmployeeCompliance.evidence_id)
        .where(state.in_(tuple(words)))
        .order_by(ComplianceType.name)
    )


def _word(letter: Any, words: Mapping[str, str]) -> ColumnElement[str]:
    return case({key: literal(word) for key, word in words.items()}, value=letter)
