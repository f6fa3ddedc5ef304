"""Receipts: what somebody who completed something can keep, and what the ledger says to it later (EVD-2).

A receipt holds the event as it was hashed and signed, and its proof once it has a place. It names nobody: who it is
about stands there as a salted commitment. Removing the event is found out by whoever shows the receipt, also when it
was removed within the second before a checkpoint.

    {"format": "training-receipt/1", "tree": "training-ledger/<uuid>", "event": "<uuid>", "leaf": "<hex>",
     "payload": "<the very text>", "signature": "<base64>", "key": "<verifier line>",
     "proof": null | {"position": 12, "size": 40, "path": ["<base64>", …], "checkpoint": "<signed note>"}}
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from lmsapp.evidence.ledger.keeping import ledger_keys
from lmsapp.evidence.ledger.models import LedgerEpoch, LedgerEvent, LedgerLeaf
from lmsapp.evidence.ledger.proofs import inclusion_of
from lmsapp.evidence.ledger.rules import origin_of
from lmsapp.evidence.ledger.sources import COMPLETIONS
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.infra.db import db
from lmsapp.people.viewer import Viewer

FORMAT = "training-receipt/1"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Of one completion record. `content`: as above, for JSON. `placed`: the event has its place in the tree."""

    record_id: int
    title: str
    occurred_at: dt.datetime
    how: str
    content: dict[str, Any]

    @property
    def placed(self) -> bool:
        return self.content["proof"] is not None


def own_completions(viewer: Viewer) -> Sequence[Any]:
    """Rows (id, title, occurred_at, how, placed) of the viewer's own completions that have an event, newest first."""
    mine = (LedgerEvent.record_kind == COMPLETIONS.kind) & (LedgerEvent.record_id == CompletionRecord.id)
    placed = select(LedgerLeaf.position).where(LedgerLeaf.event_id == LedgerEvent.id).exists()
    rows = (
        select(
            CompletionRecord.id,
            CompletionRecord.title,
            CompletionRecord.occurred_at,
            CompletionRecord.how,
            placed.label("placed"),
        )
        .join(LedgerEvent, mine)
        .where(CompletionRecord.employee_id == viewer.employee_id)
        .order_by(CompletionRecord.occurred_at.desc(), CompletionRecord.id.desc())
        .distinct()
    )
    return db.session.execute(rows).all()


def receipt_for(viewer: Viewer, record_id: int) -> Receipt | None:
    """Of the viewer's own completion; None for anybody else's, and for one without an event."""
    mine = CompletionRecord.id == record_id, CompletionRecord.employee_id == viewer.employee_id
    record = db.session.scalars(select(CompletionRecord).where(*mine)).one_or_none()
    said = LedgerEvent.record_kind == COMPLETIONS.kind, LedgerEvent.record_id == record_id
    event = db.session.scalars(select(LedgerEvent).where(*said).order_by(LedgerEvent.id.desc()).limit(1)).one_or_none()
    if record is None or event is None:
        return None
    return Receipt(record.id, record.title, record.occurred_at, record.how, content_of(event))


def content_of(event: LedgerEvent) -> dict[str, Any]:
    """The receipt of an event as it stands now."""
    proof = inclusion_of(event.id)
    tree = select(LedgerEpoch.ledger_id).order_by(LedgerEpoch.number.desc()).limit(1)
    if proof is not None:
        tree = select(LedgerEpoch.ledger_id).where(LedgerEpoch.number == proof.epoch)
    return {
        "format": FORMAT,
        "tree": origin_of(db.session.scalars(tree).one()),
        "event": str(event.event_id),
        "leaf": event.leaf.hex(),
        "payload": event.payload.decode(),
        "signature": base64.b64encode(event.signature).decode(),
        "key": ledger_keys().get(event.key_id, ""),
        "proof": proof
        and {
            "position": proof.position,
            "size": proof.size,
            "path": [base64.b64encode(step).decode() for step in proof.path],
            "checkpoint": proof.checkpoint,
        },
    }
