"""The compliance report: of each type, how many people stand where; and the people behind each number (HRD-4, EVD-5).

A cell is one person and one type: asked of them at present (a duty), or decided about them, or both. The status is the
one rule of the ledger, asked once for each different decision there is, never once a person.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Date, Select, Subquery, and_, cast, func, or_, select

from lmsapp.compliance.ledger.models import ComplianceDuty, ComplianceType, EmployeeCompliance
from lmsapp.compliance.ledger.rules import ComplianceStatus, status
from lmsapp.infra.db import db
from lmsapp.infra.words import N_
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.organisation.queries import departments_below
from lmsapp.people.queries import employee_ids_visible_to
from lmsapp.people.viewer import Viewer

PAGE = 50
HEAD = (
    N_("employee number"),
    N_("name"),
    N_("department"),
    N_("job role"),
    N_("location"),
    N_("compliance type"),
    N_("status"),
    N_("completed on"),
    N_("renewal date"),
    N_("decided by"),
    N_("decided on"),
)
ORDER = {word: place for place, word in enumerate(ComplianceStatus)}


@dataclass(frozen=True, slots=True)
class ComplianceFilters:
    """Empty filters nothing; `departments` with those below. `as_of`: the end of that day instead of now."""

    types: tuple[int, ...] = ()
    departments: tuple[int, ...] = ()
    status: str = ""
    as_of: dt.date | None = None
    page: int = 1

    @property
    def active(self) -> int:
        """How many filters are set."""
        return sum(map(bool, (self.types, self.departments, self.status)))


@dataclass(frozen=True, slots=True)
class TypeCounts:
    """One type; `counts` of people by status, those there are."""

    id: int
    name: str
    counts: Mapping[ComplianceStatus, int]

    @property
    def total(self) -> int:
        """Everybody of whom it is asked, or about whom it was decided."""
        return sum(self.counts.values())

    @property
    def held(self) -> int:
        """Complete, and what is still valid though it ends soon."""
        valid = (ComplianceStatus.COMPLETE, ComplianceStatus.EXPIRING, ComplianceStatus.RENEWAL_REQUIRED)
        return sum(self.counts.get(one, 0) for one in valid)


@dataclass(frozen=True, slots=True)
class CompliancePage:
    """One page of people, by name; `total` of all."""

    rows: Sequence[Any]
    total: int


def compliance_counts(viewer: Viewer, filters: ComplianceFilters, now: dt.datetime) -> list[TypeCounts]:
    """Every type in use, by name. Two statements, one more where departments are chosen."""
    cell = _cells(viewer, filters, now).subquery()
    kinds = (cell.c.type_id, cell.c.decision, cell.c.renewal_on, cell.c.notice_days, cell.c.today)
    found: dict[int, dict[ComplianceStatus, int]] = {}
    for row in db.session.execute(select(*kinds, func.count().label("people")).group_by(*kinds)):
        counts = found.setdefault(row.type_id, {})
        counts[_status(row)] = counts.get(_status(row), 0) + row.people
    return [TypeCounts(row.id, row.name, found.get(row.id, {})) for row in _types(filters)]


def compliance_people(viewer: Viewer, filters: ComplianceFilters, now: dt.datetime) -> CompliancePage:
    """Who stands where, what needs somebody first; of one status where one is asked."""
    found = list(_people(viewer, filters, now))
    start = (filters.page - 1) * PAGE
    return CompliancePage(found[start : start + PAGE], len(found))


def compliance_sheet(
    viewer: Viewer, filters: ComplianceFilters, now: dt.datetime, words: Mapping[str, str]
) -> Iterator[tuple[object, ...]]:
    """Every row in the order of HEAD; `words` for each status."""
    for row, state in _people(viewer, filters, now):
        yield (
            row.number, row.name, row.department, row.job_role, row.location, row.type, words.get(state, state),
            row.completed_on, row.renewal_on, row.decided_by, row.decided_on,
        )  # fmt: skip


def _people(viewer: Viewer, filters: ComplianceFilters, now: dt.datetime) -> Iterator[tuple[Any, ComplianceStatus]]:
    rows = [(row, _status(row)) for row in db.session.execute(_cells(viewer, filters, now))]
    wanted = [one for one in rows if not filters.status or one[1] == filters.status]
    yield from sorted(wanted, key=lambda one: (ORDER[one[1]], one[0].sort_name, one[0].employee_id, one[0].type))


def _status(row: Any) -> ComplianceStatus:
    return status(row.decision or "required", row.renewal_on, row.notice_days, row.today)


def _types(filters: ComplianceFilters) -> Sequence[Any]:
    statement = select(ComplianceType.id, ComplianceType.name).where(ComplianceType.archived_at.is_(None))
    if filters.types:
        statement = statement.where(ComplianceType.id.in_(filters.types))
    return db.session.execute(statement.order_by(func.lower(ComplianceType.name), ComplianceType.id)).all()


def _cells(viewer: Viewer, filters: ComplianceFilters, now: dt.datetime) -> Select[*tuple[Any, ...]]:
    """One row a person and type; what is decided is null where there is only the duty."""
    duty, decided = _duties(now), _decisions()
    person = func.coalesce(duty.c.employee_id, decided.c.employee_id)
    asked = func.coalesce(duty.c.type_id, decided.c.type_id)
    same = and_(decided.c.employee_id == duty.c.employee_id, decided.c.type_id == duty.c.type_id)
    both = duty.outerjoin(decided, same, full=True)
    statement: Select[*tuple[Any, ...]] = (
        select(
            Employee.id.label("employee_id"),
            Employee.number,
            Employee.name,
            Employee.sort_name,
            Employee.job_role,
            Employee.location,
            Department.name.label("department"),
            ComplianceType.id.label("type_id"),
            ComplianceType.name.label("type"),
            ComplianceType.notice_days,
            decided.c.decision,
            decided.c.completed_on,
            decided.c.renewal_on,
            decided.c.decided_by_name.label("decided_by"),
            cast(func.timezone(Employee.time_zone, decided.c.decided_at), Date).label("decided_on"),
            cast(func.timezone(Employee.time_zone, now), Date).label("today"),
        )
        .select_from(both)
        .join(Employee, Employee.id == person)
        .join(ComplianceType, ComplianceType.id == asked)
        .outerjoin(Department, Department.id == Employee.department_id)
        .where(Employee.status == "active", ComplianceType.archived_at.is_(None))
        .where(Employee.id.in_(employee_ids_visible_to(viewer)))
    )
    if filters.types:
        statement = statement.where(ComplianceType.id.in_(filters.types))
    if filters.departments:
        statement = statement.where(Employee.department_id.in_(departments_below(filters.departments)))
    return statement


def _duties(now: dt.datetime) -> Subquery:
    present = (ComplianceDuty.since <= now, or_(ComplianceDuty.until.is_(None), ComplianceDuty.until > now))
    return select(ComplianceDuty.employee_id, ComplianceDuty.type_id).where(*present).subquery()


def _decisions() -> Subquery:
    return (
        select(
            EmployeeCompliance.employee_id,
            EmployeeCompliance.type_id,
            EmployeeCompliance.decision,
            EmployeeCompliance.completed_on,
            EmployeeCompliance.renewal_on,
            EmployeeCompliance.decided_by_name,
            EmployeeCompliance.decided_at,
        )
        .where(EmployeeCompliance.replaced_at.is_(None))
        .subquery()
    )
