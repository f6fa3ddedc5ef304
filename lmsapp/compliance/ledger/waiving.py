"""Waivers that wait, for whoever keeps records (HRD-4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from lmsapp.compliance.ledger.models import ComplianceType, WaiverRequest
from lmsapp.infra.db import db
from lmsapp.people.employees.models import Employee
from lmsapp.people.queries import employee_ids_visible_to
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

WAITS = WaiverRequest.state == "waiting"


def request_for(viewer: Viewer, request_id: int) -> WaiverRequest | None:
    """One, decided or not."""
    return db.session.get(WaiverRequest, request_id) if viewer.may(May.KEEP_RECORDS) else None


def waiting_requests(viewer: Viewer) -> Sequence[Any]:
    """Oldest first: id, employee_id, employee, type_id, type, until, not_applicable, reason, asked_by, asked_by_id,
    asked_at."""
    return db.session.execute(
        select(
            WaiverRequest.id, WaiverRequest.employee_id, Employee.name.label("employee"), WaiverRequest.type_id,
            ComplianceType.name.label("type"), WaiverRequest.until, WaiverRequest.not_applicable,
            WaiverRequest.reason, WaiverRequest.asked_by_name.label("asked_by"), WaiverRequest.asked_by_id,
            WaiverRequest.asked_at,
        )
        .join(Employee, Employee.id == WaiverRequest.employee_id)
        .join(ComplianceType, ComplianceType.id == WaiverRequest.type_id)
        .where(WAITS, Employee.id.in_(employee_ids_visible_to(viewer)))
        .order_by(WaiverRequest.id)
    ).all()  # fmt: skip


def waiting_for_one(viewer: Viewer, employee_id: int, type_id: int) -> WaiverRequest | None:
    """What waits about one person and type."""
    theirs = (WaiverRequest.employee_id == employee_id, WaiverRequest.type_id == type_id, WAITS)
    found = select(WaiverRequest).where(*theirs, WaiverRequest.employee_id.in_(employee_ids_visible_to(viewer)))
    return db.session.scalar(found)


def count_to_approve(viewer: Viewer) -> int:
    """How many wait for somebody other than whoever asked."""
    if not viewer.may(May.KEEP_RECORDS):
        return 0
    others = (WAITS, WaiverRequest.asked_by_id != viewer.user_id)
    return db.session.scalar(select(func.count()).select_from(WaiverRequest).where(*others)) or 0
