"""The sequencer's part, played at once: every event that waits gets its place, and the tree a checkpoint."""

from __future__ import annotations

from base64 import b64encode

from sqlalchemy import delete, insert, select

from lmsapp.evidence.ledger.keeping import current_tree, ledger_key
from lmsapp.evidence.ledger.models import LedgerCheckpoint, LedgerEvent, LedgerLeaf, LedgerPending
from lmsapp.evidence.ledger.rules import checkpoint_text, origin_of
from lmsapp.infra.db import db
from lmsapp.infra.ledger_keys import ALGORITHM
from lmsapp.infra.merkle import Frontier


def place_all() -> int:
    """The size of the tree by then."""
    epoch, ledger_id = current_tree()
    last = (
        select(LedgerCheckpoint).where(LedgerCheckpoint.epoch == epoch).order_by(LedgerCheckpoint.size.desc()).limit(1)
    )
    before = db.session.scalar(last)
    tree = Frontier.from_bytes(before.size, before.frontier) if before else Frontier()
    waiting = (
        select(LedgerEvent.id, LedgerEvent.leaf)
        .join(LedgerPending, LedgerPending.event_id == LedgerEvent.id)
        .order_by(LedgerEvent.id)
    )
    rows, after = [], tree.size
    for row in db.session.execute(waiting):
        rows.append({"epoch": epoch, "position": tree.size, "event_id": row.id, "leaf": row.leaf})
        tree.add(row.leaf)
    if rows:
        db.session.execute(insert(LedgerLeaf), rows)
        db.session.execute(delete(LedgerPending))
        key = ledger_key(ledger_id)
        note = key.note(checkpoint_text(origin_of(ledger_id), tree.size, b64encode(tree.root()).decode()))
        db.session.add(
            LedgerCheckpoint(
                epoch=epoch,
                size=tree.size,
                root=tree.root(),
                frontier=tree.to_bytes(),
                note=note,
                key_id=key.id,
                algorithm=ALGORITHM,
                after_size=after,
            )
        )
    db.session.commit()
    return tree.size
