"""How the ledger stands: for the page, the command and whoever watches machines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import func, select

from lmsapp.evidence.ledger.keeping import current_tree, ledger_keys
from lmsapp.evidence.ledger.models import (
    LedgerCheckpoint,
    LedgerEpoch,
    LedgerEvent,
    LedgerExport,
    LedgerPending,
    LedgerTrouble,
)
from lmsapp.evidence.ledger.proofs import latest_checkpoint
from lmsapp.evidence.ledger.rules import origin_of
from lmsapp.evidence.ledger.troubles import SIGNING
from lmsapp.infra.db import db

EXPORTS_SHOWN = 30


@dataclass(frozen=True, slots=True)
class State:
    """`origin`: the name of the tree in use; `waiting` events without a place, the oldest since `waiting_since`.

    `epochs`: the trees so far, the one in use last. `keys`: verifier lines, by key id.
    """

    origin: str
    checkpoint: LedgerCheckpoint | None
    waiting: int
    waiting_since: dt.datetime | None
    troubles: Sequence[LedgerTrouble]
    epochs: Sequence[LedgerEpoch]
    folder: str
    exports: Sequence[LedgerExport]
    keys: dict[str, str]

    @property
    def refused(self) -> LedgerTrouble | None:
        """What keeps it from being signed."""
        return next((one for one in self.troubles if one.kind == SIGNING), None)


def ledger_state() -> State:
    """In a constant number of statements, whatever the size of the tree."""
    number, ledger_id = current_tree()
    waiting, since = db.session.execute(
        select(func.count(), func.min(LedgerEvent.recorded_at))
        .select_from(LedgerPending)
        .join(LedgerEvent, LedgerEvent.id == LedgerPending.event_id)
    ).one()
    exports = select(LedgerExport).order_by(LedgerExport.id.desc()).limit(EXPORTS_SHOWN)
    return State(
        origin_of(ledger_id),
        latest_checkpoint(number),
        waiting,
        since,
        present_troubles(),
        db.session.scalars(select(LedgerEpoch).order_by(LedgerEpoch.number)).all(),
        current_app.config["LEDGER_EXPORT"],
        db.session.scalars(exports).all(),
        ledger_keys(),
    )


def present_troubles() -> Sequence[LedgerTrouble]:
    """What is wrong now, the oldest first."""
    present = select(LedgerTrouble).where(LedgerTrouble.until.is_(None))
    return db.session.scalars(present.order_by(LedgerTrouble.id)).all()


def ledger_word() -> str:
    """For machines that watch: 'ok', or the kinds of trouble."""
    return ", ".join(sorted({f"trouble with {one.kind}" for one in present_troubles()})) or "ok"
