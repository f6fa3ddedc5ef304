"""Reading the trail (EVD-3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, NotAllowed
from lmsapp.people.accounts.models import User
from lmsapp.people.employees.models import Employee
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class TrailFilters:
    """Empty: everything. `person` finds in the name of who did it, and of the employee or user it was done to.

    `first` and `last` are dates in the viewer's zone, both included.
    """

    kinds: tuple[str, ...] = ()
    person: str = ""
    first: dt.date | None = None
    last: dt.date | None = None


@dataclass(frozen=True, slots=True)
class TrailPage:
    """Newest first. Rows: an entry's columns and `subject_name` ('' unless a person). `kinds` counts everything."""

    rows: Sequence[Any]
    number: int
    size: int
    total: int
    kinds: dict[str, int]


def trail_page(viewer: Viewer, filters: TrailFilters, number: int = 1) -> TrailPage:
    """Who changed what. Raises NotAllowed: only system managers and auditors read the whole trail."""
    if not viewer.may(May.CONFIGURE, May.AUDIT):
        raise NotAllowed(N_("Only system managers and auditors can read the audit trail."))
    total = db.session.scalar(_filtered(_with_people(select(func.count(AuditEntry.id))), filters, viewer)) or 0
    number = max(1, min(number, -(-total // PAGE_SIZE)))
    subject_name = func.coalesce(Employee.name, User.name, "").label("subject_name")
    rows = _filtered(_with_people(select(*AuditEntry.__table__.columns, subject_name)), filters, viewer)
    page = rows.order_by(AuditEntry.id.desc()).limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)
    kinds = select(AuditEntry.subject_kind, func.count()).group_by(AuditEntry.subject_kind)
    counted = db.session.execute(kinds.order_by(AuditEntry.subject_kind)).all()
    return TrailPage(db.session.execute(page).all(), number, PAGE_SIZE, total, {row[0]: row[1] for row in counted})


def _with_people(statement: Select[Any]) -> Select[Any]:
    return (
        statement.select_from(AuditEntry)
        .outerjoin(Employee, and_(AuditEntry.subject_kind == "employee", Employee.id == AuditEntry.subject_id))
        .outerjoin(User, and_(AuditEntry.subject_kind == "user", User.id == AuditEntry.subject_id))
    )


def _filtered(statement: Select[Any], filters: TrailFilters, viewer: Viewer) -> Select[Any]:
    if filters.kinds:
        statement = statement.where(AuditEntry.subject_kind.in_(filters.kinds))
    if filters.person:
        names = (AuditEntry.actor_name, Employee.name, User.name)
        statement = statement.where(or_(*(name.icontains(filters.person, autoescape=True) for name in names)))
    if filters.first:
        statement = statement.where(
            AuditEntry.at >= clock.end_of_day(filters.first - dt.timedelta(days=1), viewer.zone)
        )
    if filters.last:
        statement = statement.where(AuditEntry.at < clock.end_of_day(filters.last, viewer.zone))
    return statement


def changes_since(viewer: Viewer, employee_id: int, since: dt.datetime) -> Sequence[Any]:
    """What was changed on one employee's record from that moment on: at, actor_name, after. For those who keep it."""
    if not viewer.may(May.KEEP_RECORDS):
        return []
    return db.session.execute(
        select(AuditEntry.at, AuditEntry.actor_name, AuditEntry.after)
        .where(
            AuditEntry.subject_kind == "employee",
            AuditEntry.subject_id == employee_id,
            AuditEntry.action == "change",
            AuditEntry.at >= since,
        )
        .order_by(AuditEntry.id)
    ).all()
