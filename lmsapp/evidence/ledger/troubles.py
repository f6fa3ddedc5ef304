"""What keeps the ledger from its work: a row from when it began until it ended, and an alarm when it began."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from lmsapp.evidence.audit.actions import record_change
from lmsapp.evidence.ledger.events import LedgerTroubled
from lmsapp.evidence.ledger.models import LedgerTrouble
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

SIGNING, EXPORT, LATE, RECEIPT = "signing", "export", "late", "receipt"


def note_trouble(kind: str, trouble: RuleBroken, *, why: str) -> None:
    """It is so now. The same trouble again is no news; another reason is."""
    facts = {"why": why, **{name: str(value) for name, value in trouble.values.items()}}
    mine = LedgerTrouble.kind == kind, LedgerTrouble.until.is_(None)
    before = db.session.scalars(select(LedgerTrouble).where(*mine)).one_or_none()
    if before is not None and (before.words, before.facts["why"]) == (trouble.message, why):
        if before.facts != facts:
            before.facts = facts
        return
    end_trouble(kind)
    now = {"kind": kind, "words": trouble.message, "facts": facts, "since": clock.now()}
    begun = insert(LedgerTrouble).values(now).on_conflict_do_nothing().returning(LedgerTrouble.id)
    if (trouble_id := db.session.scalar(begun)) is not None:
        emit(LedgerTroubled(trouble_id, kind, trouble.message, facts))


def end_trouble(kind: str) -> None:
    """All is well again."""
    ended = update(LedgerTrouble).where(LedgerTrouble.kind == kind, LedgerTrouble.until.is_(None))
    db.session.execute(ended.values(until=clock.now()))


def note_looked_into(by: Viewer) -> None:
    """A receipt that does not fit is the one trouble that no machine sees the end of. Raises NotAllowed."""
    if not by.may(May.CONFIGURE):
        raise NotAllowed(N_("Only system managers say that a trouble was looked into."))
    mine = LedgerTrouble.kind == RECEIPT, LedgerTrouble.until.is_(None)
    trouble = db.session.scalars(select(LedgerTrouble).where(*mine)).one_or_none()
    if trouble is None:
        return
    end_trouble(RECEIPT)
    record_change("looked into", ("ledger_trouble", trouble.id), by=by, before={"why": trouble.words % trouble.facts})
