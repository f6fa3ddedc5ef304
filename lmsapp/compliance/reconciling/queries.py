"""What the last look found, filtered; the look that runs; twelve months of it (HRD-6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select, true

from lmsapp.compliance.ledger.models import ComplianceType
from lmsapp.compliance.reconciling.actions import said_right
from lmsapp.compliance.reconciling.models import ReconciliationFinding, ReconciliationRight, ReconciliationRun
from lmsapp.compliance.reconciling.rules import Kind
from lmsapp.infra.db import db
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.employees.rules import fold
from lmsapp.people.organisation.queries import departments_below
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

PAGE = 50
MONTHS = 12
ORDER = case({kind.value: place for place, kind in enumerate(Kind)}, value=ReconciliationFinding.kind)


@dataclass(frozen=True, slots=True)
class ReportFilters:
    """Empty filters nothing. `right`: those said to be right as they are, instead of the others."""

    search: str = ""
    kinds: tuple[str, ...] = ()
    departments: tuple[int, ...] = ()
    types: tuple[int, ...] = ()
    right: bool = False
    page: int = 1

    @property
    def active(self) -> int:
        """How many filters are set."""
        return sum(map(bool, (self.kinds, self.departments, self.types, self.right)))


@dataclass(frozen=True, slots=True)
class Report:
    """One page of rows, `total` of all that match; how many of each kind (other filters held) and type; `right`: how
    many are said to be right as they are."""

    rows: Sequence[Any]
    total: int
    number: int
    kinds: Mapping[str, int]
    types: Sequence[tuple[int, str, int]]
    right: int


def report(viewer: Viewer, filters: ReportFilters) -> Report:
    """Five statements at any size, one more where departments are chosen."""
    by_kind = _counted(viewer, filters, ReconciliationFinding.kind, but="kinds")
    total = sum(number for kind, number in by_kind.items() if not filters.kinds or kind in filters.kinds)
    by_type = _counted(viewer, filters, ReconciliationFinding.type_id, but="types")
    names = dict(db.session.execute(select(ComplianceType.id, ComplianceType.name)).all())
    number = min(filters.page, max(1, -(-total // PAGE)))
    rows = db.session.execute(report_rows(viewer, filters).limit(PAGE).offset((number - 1) * PAGE)).all()
    shown = sorted({*by_type, *filters.types} & set(names), key=lambda one: names[one].casefold())
    right = db.session.scalar(
        select(func.count()).select_from(ReconciliationFinding).where(_allowed(viewer), said_right().exists())
    )
    types = [(one, names[one], by_type.get(one, 0)) for one in shown]
    return Report(rows, total, number, by_kind, types, right or 0)


def report_rows(viewer: Viewer, filters: ReportFilters) -> Select[*tuple[Any, ...]]:
    """kind, employee_id, type_id, mark, facts, found_at, name, number, department, type, right_id, reason, said_by,
    said_at: by kind, then by name."""
    right = ReconciliationRight
    same = and_(
        right.kind == ReconciliationFinding.kind,
        right.employee_id == ReconciliationFinding.employee_id,
        right.type_id == ReconciliationFinding.type_id,
        right.mark == ReconciliationFinding.mark,
    )
    return (
        _joined(
            select(
                ReconciliationFinding.kind,
                ReconciliationFinding.employee_id,
                ReconciliationFinding.type_id,
                ReconciliationFinding.mark,
                ReconciliationFinding.facts,
                ReconciliationFinding.found_at,
                Employee.name,
                Employee.number,
                Department.name.label("department"),
                ComplianceType.name.label("type"),
                right.id.label("right_id"),
                right.reason,
                right.said_by_name,
                right.said_at,
            )
        )
        .outerjoin(Department, Department.id == Employee.department_id)
        .join(ComplianceType, ComplianceType.id == ReconciliationFinding.type_id)
        .outerjoin(right, same)
        .where(*_conditions(viewer, filters).values())
        .order_by(ORDER, Employee.sort_name, Employee.id, ComplianceType.name)
    )


def whole_report(viewer: Viewer, filters: ReportFilters) -> Sequence[Any]:
    """Every row that matches, columns as `report_rows`. One statement."""
    return db.session.execute(report_rows(viewer, filters)).all()


def keys_of(viewer: Viewer, filters: ReportFilters, limit: int) -> list[tuple[str, int, int]]:
    """All that match, `limit` at most."""
    rows = db.session.execute(report_rows(viewer, filters).limit(limit))
    return [(row.kind, row.employee_id, row.type_id) for row in rows]


def finding(viewer: Viewer, key: tuple[str, int, int]) -> ReconciliationFinding | None:
    """One of the report."""
    found = db.session.get(ReconciliationFinding, key)
    return found if viewer.may(May.KEEP_RECORDS) else None


def right_of(viewer: Viewer, right_id: int) -> ReconciliationRight | None:
    """What was said to be right."""
    return db.session.get(ReconciliationRight, right_id) if viewer.may(May.KEEP_RECORDS) else None


def last_look() -> ReconciliationRun | None:
    """The one whose rows are shown; None before the first."""
    ready = select(ReconciliationRun).where(ReconciliationRun.state == "ready")
    return db.session.scalars(ready.order_by(ReconciliationRun.done_at.desc()).limit(1)).one_or_none()


def newest_look() -> ReconciliationRun | None:
    """Asked for last, in whatever state."""
    return db.session.scalars(select(ReconciliationRun).order_by(ReconciliationRun.id.desc()).limit(1)).one_or_none()


def months() -> list[ReconciliationRun]:
    """The looks of the last twelve months, oldest first."""
    monthly = select(ReconciliationRun).where(ReconciliationRun.month.is_not(None), ReconciliationRun.state == "ready")
    return list(db.session.scalars(monthly.order_by(ReconciliationRun.month.desc()).limit(MONTHS)))[::-1]


def _counted(viewer: Viewer, filters: ReportFilters, column: Any, *, but: str) -> dict[Any, int]:
    wanted = [one for name, one in _conditions(viewer, filters).items() if name != but]
    rows = db.session.execute(_joined(select(column, func.count())).where(*wanted).group_by(column))
    return dict(rows.all())


def _joined(columns: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return columns.select_from(ReconciliationFinding).join(Employee, Employee.id == ReconciliationFinding.employee_id)


def _conditions(viewer: Viewer, filters: ReportFilters) -> dict[str, ColumnElement[bool]]:
    found = ReconciliationFinding
    right = said_right().exists()
    return {
        "allowed": _allowed(viewer),
        "right": right if filters.right else ~right,
        "kinds": found.kind.in_(filters.kinds) if filters.kinds else true(),
        "types": found.type_id.in_(filters.types) if filters.types else true(),
        "departments": (
            Employee.department_id.in_(departments_below(filters.departments)) if filters.departments else true()
        ),
        "search": _searched(filters.search),
    }


def _allowed(viewer: Viewer) -> ColumnElement[bool]:
    return true() if viewer.may(May.KEEP_RECORDS) else false()


def _searched(typed: str) -> ColumnElement[bool]:
    if not typed:
        return true()
    words = [Employee.sort_name.contains(word, autoescape=True) for word in fold(typed).split()]
    return or_(and_(true(), *words), func.lower(Employee.number) == typed.lower())
