"""Kinds of document: the list with how much is filed, one, and whom another visibility would reach."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from lmsapp.compliance.documents.models import DocumentType, EmployeeDocument
from lmsapp.compliance.documents.rules import STANDARD_TYPES, VISIBLE
from lmsapp.infra.db import db
from lmsapp.people.employees.models import Employee
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class KindRow:
    """A kind as the list shows it. `documents`: filed under it and not taken out."""

    id: int
    name: str
    visible_to: str
    keep_years: int | None
    keep_from: str
    needs_expiry: bool
    several: bool
    position: int
    archived_at: dt.datetime | None
    standard: str | None
    documents: int


@dataclass(frozen=True, slots=True)
class Reach:
    """What a change of who may see does. `opens`: to more people than now; numbers of those it concerns."""

    documents: int
    employees: int
    managers: int
    opens: bool
    managers_concerned: bool
    employees_concerned: bool


def kinds(viewer: Viewer) -> Sequence[KindRow]:
    """All of them in their order, archived ones last. One statement."""
    if not viewer.may(May.KEEP_RECORDS):
        return []
    filed = (
        select(EmployeeDocument.type_id, func.count().label("documents"))
        .where(EmployeeDocument.archived_at.is_(None))
        .group_by(EmployeeDocument.type_id)
        .subquery()
    )
    columns = [getattr(DocumentType, name) for name in KindRow.__dataclass_fields__ if name != "documents"]
    rows = db.session.execute(
        select(*columns, func.coalesce(filed.c.documents, 0).label("documents"))
        .outerjoin(filed, filed.c.type_id == DocumentType.id)
        .order_by(DocumentType.archived_at.is_not(None), DocumentType.position, DocumentType.id)
    )
    return [KindRow(**row) for row in rows.mappings()]


def kind_for(viewer: Viewer, kind_id: int) -> DocumentType | None:
    return db.session.get(DocumentType, kind_id) if viewer.may(May.KEEP_RECORDS) else None


def standard_missing() -> bool:
    """Whether the kinds every organisation begins with are still to come into being."""
    there = set(db.session.scalars(select(DocumentType.standard)))
    return not {one.name for one in STANDARD_TYPES} <= there


def reach_of_change(kind: DocumentType, visible_to: str) -> Reach:
    """Whom saving `visible_to` would open the filed documents to, or close them to. Two statements."""
    filed = (EmployeeDocument.type_id == kind.id, EmployeeDocument.archived_at.is_(None))
    boss = aliased(Employee)
    documents, employees, managers = db.session.execute(
        select(
            func.count(EmployeeDocument.id),
            func.count(EmployeeDocument.employee_id.distinct()).filter(Employee.user_id.is_not(None)),
            func.count(boss.id.distinct()),
        )
        .select_from(EmployeeDocument)
        .join(Employee, Employee.id == EmployeeDocument.employee_id)
        .outerjoin(boss, (boss.id == Employee.manager_id) & boss.user_id.is_not(None))
        .where(*filed)
    ).one()
    before, after = VISIBLE.index(kind.visible_to), VISIBLE.index(visible_to)
    low, high = sorted((before, after))
    return Reach(
        documents=documents,
        employees=employees,
        managers=managers,
        opens=after > before,
        managers_concerned=low == 0 and high >= 1,
        employees_concerned=high == 2 and low < 2,
    )
