"""The state of the completion ledger, its verifications and what they found. For auditors, HR and system managers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, tuple_

from lmsapp.evidence.ledger.keeping import ledger_keys
from lmsapp.evidence.ledger.models import LedgerCheckpoint, LedgerEpoch, LedgerEvent, LedgerLeaf, LedgerPending
from lmsapp.evidence.verifications.models import LedgerFinding, LedgerVerification, VerificationRun
from lmsapp.evidence.verifications.rules import Health, health_of
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

SHOWN_VERIFICATIONS, SHOWN_FINDINGS = 30, 200
EXPORTS = text("SELECT to_regclass('ledger_export')")
LATEST_EXPORTS = text("SELECT size, place, name, asked_at, done_at, error FROM ledger_export ORDER BY id DESC LIMIT 5")


@dataclass(frozen=True, slots=True)
class LedgerState:
    """`size`: places in the tree in use; `waiting`: events without a place. `last`: the last verification."""

    ledger_id: UUID
    epoch: int
    size: int
    root: bytes
    checkpoint_at: dt.datetime | None
    waiting: int
    waiting_since: dt.datetime | None
    last: LedgerVerification | None
    findings: int
    unanswered: int
    health: Health


@dataclass(frozen=True, slots=True)
class OnLedger:
    """Where a record stands. `event_id`: of its latest event; `place` None: it waits. `under_at`: of the checkpoint."""

    number: int
    event_id: UUID
    what: str
    place: int | None
    epoch: int | None
    under_size: int | None
    under_at: dt.datetime | None


def may_see(viewer: Viewer) -> bool:
    return viewer.may(May.CONFIGURE, May.AUDIT, May.KEEP_RECORDS)


def ledger_state() -> LedgerState:
    """A handful of statements, whatever the size."""
    epoch, ledger_id = db.session.execute(
        select(LedgerEpoch.number, LedgerEpoch.ledger_id).order_by(LedgerEpoch.number.desc()).limit(1)
    ).one()
    checkpoint = db.session.execute(
        select(LedgerCheckpoint.size, LedgerCheckpoint.root, LedgerCheckpoint.made_at)
        .where(LedgerCheckpoint.epoch == epoch)
        .order_by(LedgerCheckpoint.size.desc())
        .limit(1)
    ).one_or_none()
    waiting, since = db.session.execute(
        select(func.count(), func.min(LedgerEvent.recorded_at))
        .select_from(LedgerPending)
        .join(LedgerEvent, LedgerEvent.id == LedgerPending.event_id)
    ).one()
    last = db.session.scalars(select(LedgerVerification).order_by(LedgerVerification.id.desc()).limit(1)).first()
    findings, unanswered = open_findings()
    return LedgerState(
        ledger_id=ledger_id,
        epoch=epoch,
        size=checkpoint.size if checkpoint else 0,
        root=checkpoint.root if checkpoint else b"",
        checkpoint_at=checkpoint.made_at if checkpoint else None,
        waiting=waiting,
        waiting_since=since,
        last=last,
        findings=findings,
        unanswered=unanswered,
        health=health_of(findings, unanswered, last.ended_at if last else None, since, clock.now()),
    )


def open_findings() -> tuple[int, int]:
    """How many last, and how many of those nobody has answered for."""
    row = db.session.execute(
        select(func.count(), func.count().filter(LedgerFinding.acknowledged_at.is_(None))).where(
            LedgerFinding.over_at.is_(None)
        )
    ).one()
    return row[0], row[1]


def findings(viewer: Viewer, *, over: bool = False) -> Sequence[LedgerFinding]:
    """What lasts, unanswered first, or what is over; the latest first."""
    if not may_see(viewer):
        return []
    wanted = LedgerFinding.over_at.is_not(None) if over else LedgerFinding.over_at.is_(None)
    order = (LedgerFinding.acknowledged_at.is_not(None), LedgerFinding.id.desc())
    return db.session.scalars(select(LedgerFinding).where(wanted).order_by(*order).limit(SHOWN_FINDINGS)).all()


def people_of(found: Sequence[LedgerFinding]) -> dict[tuple[str, int], int]:
    """Record -> whom the ledger names with it."""
    records = [(one.record_kind, one.record_id) for one in found]
    if not records:
        return {}
    named = (
        select(LedgerEvent.record_kind, LedgerEvent.record_id, func.max(LedgerEvent.employee_id))
        .where(tuple_(LedgerEvent.record_kind, LedgerEvent.record_id).in_(records))
        .group_by(LedgerEvent.record_kind, LedgerEvent.record_id)
    )
    return {(row[0], row[1]): row[2] for row in db.session.execute(named) if row[2] is not None}


def finding_for(viewer: Viewer, finding_id: int) -> LedgerFinding | None:
    return db.session.get(LedgerFinding, finding_id) if may_see(viewer) else None


def verifications(viewer: Viewer) -> Sequence[LedgerVerification]:
    """Newest first."""
    if not may_see(viewer):
        return []
    newest = select(LedgerVerification).order_by(LedgerVerification.id.desc()).limit(SHOWN_VERIFICATIONS)
    return db.session.scalars(newest).all()


def verification_run(viewer: Viewer, run_id: int) -> VerificationRun | None:
    return db.session.get(VerificationRun, run_id) if may_see(viewer) else None


def latest_run() -> VerificationRun | None:
    return db.session.scalars(select(VerificationRun).order_by(VerificationRun.id.desc()).limit(1)).first()


def exports() -> Sequence[Any]:
    """The latest checkpoints that were written to another place; size, place, name, asked_at, done_at, error."""
    if db.session.scalar(EXPORTS) is None:
        return []
    return db.session.execute(LATEST_EXPORTS).all()


def keys() -> dict[str, str]:
    """Key id -> the line a verifier takes; public."""
    return ledger_keys()


def on_ledger(kind: str, record_ids: Sequence[int]) -> dict[int, OnLedger]:
    """The latest event of each record and its place. Ask only for records the viewer may see."""
    if not record_ids:
        return {}
    latest = (
        select(func.max(LedgerEvent.id))
        .where(LedgerEvent.record_kind == kind, LedgerEvent.record_id.in_(record_ids))
        .group_by(LedgerEvent.record_id)
    )
    under = (
        select(LedgerCheckpoint.size, LedgerCheckpoint.made_at)
        .where(LedgerCheckpoint.epoch == LedgerLeaf.epoch, LedgerCheckpoint.size > LedgerLeaf.position)
        .order_by(LedgerCheckpoint.size)
        .limit(1)
        .lateral()
    )
    columns = (
        LedgerEvent.record_id, LedgerEvent.id, LedgerEvent.event_id, LedgerEvent.what, LedgerLeaf.position,
        LedgerLeaf.epoch, under.c.size, under.c.made_at,
    )  # fmt: skip
    rows = db.session.execute(
        select(*columns)
        .outerjoin(LedgerLeaf, LedgerLeaf.event_id == LedgerEvent.id)
        .outerjoin(under, text("true"))
        .where(LedgerEvent.id.in_(latest))
    ).all()
    return {row[0]: OnLedger(*row[1:]) for row in rows}
