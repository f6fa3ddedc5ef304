"""Who has to hold a type and how they stand: a page of people, all that match, and counts (HRD-3, HRD-4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from lmsapp.compliance.documents.models import EmployeeDocument
from lmsapp.compliance.ledger.expressions import status_at
from lmsapp.compliance.ledger.models import ComplianceDuty, ComplianceType, EmployeeCompliance
from lmsapp.compliance.ledger.rules import ComplianceStatus
from lmsapp.infra.db import db
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.employees.rules import fold
from lmsapp.people.organisation.queries import departments_below
from lmsapp.people.queries import employee_ids_visible_to
from lmsapp.people.viewer import Viewer

PAGE = 50
ORDER = {word.value: position for position, word in enumerate(ComplianceStatus)}


@dataclass(frozen=True, slots=True)
class PeopleFilters:
    """Empty: everybody asked. `unasked`: those who hold it without having to, in their place."""

    q: str = ""
    departments: tuple[int, ...] = ()
    statuses: tuple[str, ...] = ()
    unasked: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """One page, from 1."""

    rows: Sequence[Any]
    number: int
    size: int
    total: int


def people_of(viewer: Viewer, type_id: int, filters: PeopleFilters, now: dt.datetime) -> PeoplePage:
    """What needs somebody first: id, name, number, department, status, decision, completed_on, renewal_on,
    evidence_id, evidence, since. Two statements, and one for departments."""
    status = status_at(now)
    wanted = _people(viewer, type_id, filters, now)
    total = db.session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    number = max(1, min(filters.page, -(-total // PAGE)))
    rows = wanted.order_by(case(ORDER, value=status), Employee.sort_name, Employee.id)
    found = db.session.execute(rows.limit(PAGE).offset((number - 1) * PAGE)).all()
    return PeoplePage(found, number, PAGE, total)


def ids_of(viewer: Viewer, type_id: int, filters: PeopleFilters, now: dt.datetime) -> list[int]:
    """All that match, in the order of their names."""
    wanted = _people(viewer, type_id, filters, now).order_by(Employee.sort_name, Employee.id)
    return [row.id for row in db.session.execute(wanted)]


def ids_among(viewer: Viewer, employee_ids: Sequence[int]) -> list[int]:
    """Of these, people who work here and whom the viewer may see."""
    seen = (Employee.id.in_(employee_ids), Employee.id.in_(employee_ids_visible_to(viewer)))
    return list(db.session.scalars(select(Employee.id).where(*seen, Employee.status == "active").order_by(Employee.id)))


def counts_of(viewer: Viewer, type_id: int, now: dt.datetime) -> dict[str, int]:
    """How many of those asked have each status, in the order HR reads them. One statement."""
    inner = _people(viewer, type_id, PeopleFilters(), now).subquery()
    rows = db.session.execute(select(inner.c.status, func.count()).group_by(inner.c.status))
    found = {row[0]: row[1] for row in rows}
    return {word.value: found.get(word.value, 0) for word in ComplianceStatus}


def _people(viewer: Viewer, type_id: int, filters: PeopleFilters, now: dt.datetime) -> Select[*tuple[Any, ...]]:
    status = status_at(now)
    current = and_(
        EmployeeCompliance.type_id == type_id,
        EmployeeCompliance.employee_id == Employee.id,
        EmployeeCompliance.replaced_at.is_(None),
    )
    duty = and_(
        ComplianceDuty.type_id == type_id, ComplianceDuty.employee_id == Employee.id, ComplianceDuty.until.is_(None)
    )
    asked = and_(ComplianceDuty.id.is_(None), EmployeeCompliance.id.is_not(None), Employee.status == "active")
    return (
        select(
            Employee.id,
            Employee.name,
            Employee.number,
            Department.name.label("department"),
            status.label("status"),
            EmployeeCompliance.decision,
            EmployeeCompliance.completed_on,
            EmployeeCompliance.renewal_on,
            EmployeeCompliance.evidence_id,
            EmployeeDocument.title.label("evidence"),
            ComplianceDuty.since,
        )
        .select_from(Employee)
        .join(ComplianceType, ComplianceType.id == type_id)
        .outerjoin(ComplianceDuty, duty)
        .outerjoin(EmployeeCompliance, current)
        .outerjoin(EmployeeDocument, EmployeeDocument.id == EmployeeCompliance.evidence_id)
        .outerjoin(Department, Department.id == Employee.department_id)
        .where(
            asked if filters.unasked else ComplianceDuty.id.is_not(None),
            Employee.id.in_(employee_ids_visible_to(viewer)),
            *_conditions(filters, status),
        )
    )


def _conditions(filters: PeopleFilters, status: ColumnElement[str]) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if filters.q:
        by_name = and_(*(Employee.sort_name.contains(word, autoescape=True) for word in fold(filters.q).split()))
        wanted.append(or_(Employee.number == filters.q, by_name))
    if filters.departments:
        wanted.append(Employee.department_id.in_(departments_below(filters.departments)))
    if filters.statuses:
        wanted.append(status.in_(filters.statuses))
    return wanted
