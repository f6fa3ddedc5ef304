"""Asking for a look, keeping what it found, and saying that something is right as it is (HRD-6)."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, and_, case, delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.types import BigInteger, DateTime

from lmsapp.compliance.ledger.models import ComplianceType
from lmsapp.compliance.ledger.moments import present
from lmsapp.compliance.reconciling.differences import Found, differences
from lmsapp.compliance.reconciling.models import ReconciliationFinding, ReconciliationRight, ReconciliationRun
from lmsapp.compliance.reconciling.rules import Kind
from lmsapp.evidence.audit.actions import SYSTEM, record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.queue import ring
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.people.employees.models import Employee
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

LOOK_JOB = "reconciliation"
COLUMNS = ("kind", "employee_id", "type_id", "mark", "facts")


def ask_look(by: Viewer | None, *, month: dt.date | None = None) -> ReconciliationRun | None:
    """Have the worker look at everybody; None where a look is waiting or running already, or that month's is there."""
    if by is not None:
        _only_hr(by)
    values: dict[str, Any] = {
        "month": month,
        "state": "waiting",
        "asked": "look",
        "asked_at": clock.now(),
        "asked_by_id": by.user_id if by else None,
        "asked_by_name": by.name if by else SYSTEM,
        "tries": 0,
        "done": 0,
        "total": 0,
        "people": 0,
        "types": 0,
        "counts": {},
    }
    run = db.session.scalars(
        insert(ReconciliationRun).values(values).on_conflict_do_nothing().returning(ReconciliationRun)
    ).one_or_none()
    if run is not None:
        ring(LOOK_JOB, run.id)
    return run


def ask_daily(day: dt.date) -> None:
    """Each day's look; the first one of a month is that month's, whatever the clock did on its first day."""
    month = day.replace(day=1)
    if ask_look(None, month=month) is None:
        ask_look(None)


def look(only: Collection[int] | None = None) -> None:
    """Keep what differs now instead of what was found before, of everybody or of these employees."""
    mine = secrets.randbits(62)
    for one in differences(present(), only):
        _keep(one, mine)
    gone = delete(ReconciliationFinding).where(ReconciliationFinding.look != mine)
    db.session.execute(gone if only is None else gone.where(ReconciliationFinding.employee_id.in_(only)))


def _keep(difference: Found, mine: int) -> None:
    """A statement for each kind: put together they are planned worse."""
    found, at = difference.subquery("found"), literal(clock.now(), DateTime(timezone=True))
    rows = select(*(found.c[name] for name in COLUMNS), at.label("found_at"), literal(mine, BigInteger).label("look"))
    put = insert(ReconciliationFinding).from_select([*COLUMNS, "found_at", "look"], rows)
    same = ReconciliationFinding.mark == put.excluded.mark
    kept = {
        "mark": put.excluded.mark,
        "facts": put.excluded.facts,
        "look": put.excluded.look,
        "found_at": case((same, ReconciliationFinding.found_at), else_=put.excluded.found_at),
    }
    db.session.execute(put.on_conflict_do_update(index_elements=["kind", "employee_id", "type_id"], set_=kept))


def note_result(run: ReconciliationRun) -> None:
    """How many of each kind there are, on the run."""
    number = select(ReconciliationFinding.kind, func.count()).where(~said_right().exists())
    found: dict[str, int] = dict(db.session.execute(number.group_by(ReconciliationFinding.kind)).all())
    run.counts = {kind.value: found.get(kind.value, 0) for kind in Kind}
    run.people = db.session.scalar(select(func.count()).where(Employee.status == "active")) or 0
    run.types = db.session.scalar(select(func.count()).where(ComplianceType.archived_at.is_(None))) or 0
    run.done_at = clock.now()


def say_right(finding: ReconciliationFinding, by: Viewer, reason: str) -> ReconciliationRight:
    """It stays as it is, until anything about it changes. Raises RuleBroken without a reason."""
    _only_hr(by)
    if not reason.strip():
        raise RuleBroken(N_("Say why it is right as it is."), field="reason")
    said = {
        "mark": finding.mark,
        "reason": reason.strip(),
        "said_at": clock.now(),
        "said_by_id": by.user_id,
        "said_by_name": by.name,
    }
    whose = {"kind": finding.kind, "employee_id": finding.employee_id, "type_id": finding.type_id}
    put = insert(ReconciliationRight).values(**whose, **said)
    put = put.on_conflict_do_update(index_elements=["kind", "employee_id", "type_id"], set_=said)
    right = db.session.scalars(put.returning(ReconciliationRight), execution_options={"populate_existing": True}).one()
    record_change("left as it is", ("reconciliation", right.id), by=by, after=whose, reason=reason.strip())
    return right


def take_back_right(right: ReconciliationRight, by: Viewer) -> None:
    """It is to be looked at again."""
    _only_hr(by)
    before = {"kind": right.kind, "employee_id": right.employee_id, "type_id": right.type_id, "reason": right.reason}
    record_change("taken up again", ("reconciliation", right.id), by=by, before=before)
    db.session.delete(right)
    db.session.flush()


def said_right() -> Select[int]:
    """Of ReconciliationFinding: somebody said that it is right, and nothing about it changed since."""
    right, finding = ReconciliationRight, ReconciliationFinding
    same = and_(right.kind == finding.kind, right.employee_id == finding.employee_id, right.type_id == finding.type_id)
    return select(right.id).where(same, right.mark == finding.mark).correlate(finding)


def _only_hr(by: Viewer) -> None:
    if not by.may(May.KEEP_RECORDS):
        raise NotAllowed(N_("Only HR reconciles learning and the ledger."))
