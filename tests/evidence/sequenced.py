"""Places for what waits, as the sequencer gives them: for tests of what is done with a ledger that has places."""

from __future__ import annotations

import base64
from pathlib import Path

from flask import current_app
from sqlalchemy import delete, select

from lmsapp.evidence.ledger.keeping import current_tree, ledger_key
from lmsapp.evidence.ledger.models import LedgerCheckpoint, LedgerEvent, LedgerLeaf, LedgerPending
from lmsapp.evidence.ledger.rules import checkpoint_text
from lmsapp.infra.db import db
from lmsapp.infra.ledger_keys import ALGORITHM
from lmsapp.infra.merkle import Frontier


def place_all(at_a_time: int = 1_000_000) -> int:
    """Everything that waits gets its place, a checkpoint after each `at_a_time`; how many.

    The mark beside the key outlives a test whose rows are undone: give DATA_DIR to the test alone.
    """
    epoch, ledger_id = current_tree()
    key = ledger_key(ledger_id)
    last = db.session.execute(
        select(LedgerCheckpoint.size, LedgerCheckpoint.frontier)
        .where(LedgerCheckpoint.epoch == epoch)
        .order_by(LedgerCheckpoint.size.desc())
        .limit(1)
    ).one_or_none()
    tree = Frontier.from_bytes(last.size, last.frontier) if last else Frontier()
    waits = select(LedgerEvent.id, LedgerEvent.leaf).join(LedgerPending, LedgerPending.event_id == LedgerEvent.id)
    rows = db.session.execute(waits.order_by(LedgerEvent.id)).all()
    for start in range(0, len(rows), at_a_time):
        after = tree.size
        few = rows[start : start + at_a_time]
        for row in few:
            db.session.add(LedgerLeaf(epoch=epoch, position=tree.size, event_id=row.id, leaf=row.leaf))
            tree.add(row.leaf)
        root = tree.root()
        note = key.note(checkpoint_text(key.name, tree.size, base64.b64encode(root).decode()))
        db.session.add(
            LedgerCheckpoint(
                epoch=epoch,
                size=tree.size,
                root=root,
                frontier=tree.to_bytes(),
                note=note,
                key_id=key.id,
                algorithm=ALGORITHM,
                after_size=after,
            )
        )
        db.session.flush()
    db.session.execute(delete(LedgerPending))
    if rows:
        mark = Path(current_app.config["DATA_DIR"]) / "keys" / "signed" / f"{ledger_id}.checkpoint"
        mark.parent.mkdir(exist_ok=True)
        mark.write_text(note)
    return len(rows)
