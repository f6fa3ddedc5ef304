"""Holds for lists, for the page of one, and for the records under them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, any_, case, func, literal, select
from sqlalchemy.orm import aliased

from lmsapp.evidence.retention.holds.models import HoldCustodian, HoldLifting, HoldNote, LegalHold
from lmsapp.evidence.retention.retained import DUE, HOLDS
from lmsapp.infra.db import db, one_or_none
from lmsapp.people.accounts.models import User
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

MOST = 500


def holds_for(viewer: Viewer, *, ids: Sequence[int] | None = None) -> Sequence[Any]:
    """Those in force first, the latest first. Columns: LegalHold, `set_by`, `lifted_at`, `lifted_by`, `lifted_why`,
    `target` (name of a person or department; others are named by whoever knows them)."""
    rows = _holds(viewer)
    if ids is not None:
        rows = rows.where(LegalHold.id.in_(ids))
    return db.session.execute(rows.limit(MOST)).all()


def hold_for(viewer: Viewer, hold_id: int) -> Any | None:
    """A row as of `holds_for`, or None."""
    return db.session.execute(_holds(viewer).where(LegalHold.id == hold_id)).one_or_none()


def hold_entity(viewer: Viewer, hold_id: int) -> LegalHold | None:
    """The hold itself, for an action."""
    if not viewer.may(May.KEEP_RECORDS, May.AUDIT):
        return None
    return one_or_none(select(LegalHold).where(LegalHold.id == hold_id))


def custodians_of(viewer: Viewer, hold_id: int) -> Sequence[Any]:
    """People of a department under hold. Columns: id, number, name, status, since."""
    if not viewer.may(May.KEEP_RECORDS, May.AUDIT):
        return []
    columns = (Employee.id, Employee.number, Employee.name, Employee.status, HoldCustodian.since)
    rows = select(*columns).join(HoldCustodian, HoldCustodian.employee_id == Employee.id)
    return db.session.execute(
        rows.where(HoldCustodian.hold_id == hold_id).order_by(Employee.sort_name).limit(MOST)
    ).all()


def notes_of(viewer: Viewer, hold_id: int) -> Sequence[Any]:
    """The latest first. Columns: id, text, noted_at, by, about."""
    if not viewer.may(May.KEEP_RECORDS, May.AUDIT):
        return []
    columns = (HoldNote.id, HoldNote.text, HoldNote.noted_at, User.name.label("by"), Employee.name.label("about"))
    rows = select(*columns).outerjoin(User, User.id == HoldNote.noted_by_id)
    rows = rows.outerjoin(Employee, Employee.id == HoldNote.employee_id).where(HoldNote.hold_id == hold_id)
    return db.session.execute(rows.order_by(HoldNote.id.desc()).limit(MOST)).all()


def count_held(hold_id: int) -> dict[str, int]:
    """How many records lie under it, by kind."""
    rows = (
        select(DUE.c.kind, func.count())
        .where(literal(hold_id) == any_(HOLDS))
        .group_by(DUE.c.kind)
        .order_by(DUE.c.kind)
    )
    return dict(db.session.execute(rows).all())


def holds_on_person(viewer: Viewer, employee_id: int) -> Sequence[Any]:
    """Holds in force that lie on the person as such, and so on their whole file; rows as of `holds_for`."""
    ids = db.session.scalar(select(func.retention_holds("employee", employee_id, None, None, None)))
    return holds_for(viewer, ids=ids) if ids else []


def _holds(viewer: Viewer) -> Select[Any]:
    setter, lifter = aliased(User), aliased(User)
    target = case(
        (
            LegalHold.scope == "person",
            select(Employee.name).where(Employee.id == LegalHold.target_id).scalar_subquery(),
        ),
        (
            LegalHold.scope == "department",
            select(Department.name).where(Department.id == LegalHold.target_id).scalar_subquery(),
        ),
    )
    columns = (
        LegalHold, setter.name.label("set_by"), HoldLifting.lifted_at, lifter.name.label("lifted_by"),
        HoldLifting.reason.label("lifted_why"), target.label("target"),
    )  # fmt: skip
    rows = select(*columns).outerjoin(setter, setter.id == LegalHold.set_by_id)
    rows = rows.outerjoin(HoldLifting, HoldLifting.hold_id == LegalHold.id)
    rows = rows.outerjoin(lifter, lifter.id == HoldLifting.lifted_by_id)
    rows = rows.where(literal(viewer.may(May.KEEP_RECORDS, May.AUDIT)))
    return rows.order_by(HoldLifting.id.is_not(None), LegalHold.id.desc())
