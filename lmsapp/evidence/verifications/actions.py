"""Asking for a verification, keeping what it saw, answering for a finding (EVD-2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from lmsapp.evidence.audit.actions import record_change
from lmsapp.evidence.ledger.actions import attest
from lmsapp.evidence.ledger.checking.findings import Finding
from lmsapp.evidence.ledger.verification import Verdict
from lmsapp.evidence.verifications.events import TamperingFound
from lmsapp.evidence.verifications.models import (
    VERIFICATIONS,
    LedgerFinding,
    LedgerVerification,
    VerificationRun,
)
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.queue import ring
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

VERIFY_JOB = "verify-ledger"
KIND = "ledger_verification_run"
# Looked for only where the bytes of files were read, too.
OF_FILES = ("file missing", "file changed")


def ask_verification(*, by: Viewer | None, with_files: bool = True) -> VerificationRun:
    """Promise one; while one is open, that one is answered. `by` None: the scheduler. Raises NotAllowed."""
    if by is not None and not by.may(May.CONFIGURE, May.AUDIT, May.KEEP_RECORDS):
        raise NotAllowed(N_("Only system managers, auditors and HR can have the ledger verified."))
    values = {
        "how": "daily" if by is None else "asked",
        "with_files": with_files,
        "asked_by_id": by.user_id if by else None,
        "asked_by_name": by.name if by else "",
        "asked_at": clock.now(),
    }
    new = db.session.scalar(
        insert(VerificationRun).values(**values).on_conflict_do_nothing().returning(VerificationRun)
    )
    if new is None:
        return db.session.scalars(
            select(VerificationRun).where(VerificationRun.state.in_(("waiting", "running")))
        ).one()
    if by is not None:
        record_change("verification asked for", (KIND, new.id), by=by, after={"with_files": with_files})
    ring(VERIFY_JOB, new.id, urgent=by is not None)
    return new


def keep_verdict(
    verdict: Verdict, *, how: str, began_at: dt.datetime, by_id: int | None = None, by_name: str = ""
) -> LedgerVerification:
    """What was seen becomes a row that is itself on record; findings are told once."""
    known = set(db.session.scalars(select(LedgerFinding.key).where(LedgerFinding.over_at.is_(None))))
    kept = LedgerVerification(
        how=how,
        by_id=by_id,
        by_name=by_name,
        began_at=began_at,
        ended_at=clock.now(),
        seconds=round(verdict.seconds),
        events=verdict.events,
        entries=verdict.entries,
        checkpoints=verdict.checkpoints,
        files=verdict.files,
        epoch=verdict.epoch,
        size=verdict.size,
        root=verdict.root,
        wrong=verdict.wrong,
        newly=len({one.key for one in verdict.findings} - known),
    )
    db.session.add(kept)
    db.session.flush()
    attest(VERIFICATIONS, kept, "verified")
    _keep_findings(kept, verdict.findings)
    return kept


def _keep_findings(kept: LedgerVerification, findings: Sequence[Finding]) -> None:
    """New ones are added, known ones found again; what was looked for and not found is over, and stays in the list."""
    by_key = {one.key: one for one in findings}
    lasting = select(LedgerFinding).where(LedgerFinding.over_at.is_(None))
    if kept.files is None:
        lasting = lasting.where(LedgerFinding.what.not_in(OF_FILES))
    known = {one.key: one for one in db.session.scalars(lasting)}
    for key, row in known.items():
        if key in by_key:
            row.last_id = kept.id
        else:
            row.over_at = clock.now()
    new = [one for key, one in by_key.items() if key not in known]
    if not new:
        return
    again = update(LedgerFinding).where(LedgerFinding.key.in_([one.key for one in new]))
    db.session.execute(
        again.values(over_at=None, last_id=kept.id, acknowledged_at=None),
        execution_options={"synchronize_session": False},
    )
    rows = [_row(one, kept.id) for one in new]
    db.session.execute(insert(LedgerFinding).on_conflict_do_nothing(), rows)
    told = select(LedgerFinding).where(
        LedgerFinding.last_id == kept.id, LedgerFinding.key.in_([one.key for one in new])
    )
    emit(TamperingFound(kept, db.session.scalars(told.order_by(LedgerFinding.id)).all()))


def _row(finding: Finding, verification_id: int) -> dict[str, object]:
    return {
        "key": finding.key,
        "what": finding.what,
        "record_kind": finding.record[0],
        "record_id": finding.record[1],
        "words": finding.words,
        "facts": {name: str(value) for name, value in finding.values.items()},
        "found_at": clock.now(),
        "first_id": verification_id,
        "last_id": verification_id,
        "acknowledged_by_name": "",
        "acknowledged_reason": "",
    }


def acknowledge(finding: LedgerFinding, *, by: Viewer, reason: str) -> None:
    """Somebody has looked into it and says what it is. It stays visible. Raises NotAllowed or RuleBroken."""
    if not by.may(May.CONFIGURE, May.KEEP_RECORDS):
        raise NotAllowed(N_("Only system managers and HR answer for a finding; auditors change nothing."))
    if not reason.strip():
        raise RuleBroken(N_("Say what you found out; it stays on record."), field="reason")
    finding.acknowledged_at, finding.acknowledged_by_name = clock.now(), by.name
    finding.acknowledged_reason = reason.strip()
    record_change(
        "finding acknowledged",
        ("ledger_finding", finding.id),
        by=by,
        after={"what": finding.what, "record": f"{finding.record_kind} {finding.record_id}"},
        reason=finding.acknowledged_reason,
    )
