"""Places in the tree, signed roots, proofs; and when nothing is signed (EVD-2)."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path

import pytest
from flask import current_app
from sqlalchemy import func, select, text

from lmsapp.evidence.ledger import sequencing
from lmsapp.evidence.ledger.keeping import current_tree, ledger_keys
from lmsapp.evidence.ledger.models import (
    LedgerCheckpoint,
    LedgerEvent,
    LedgerLeaf,
    LedgerNode,
    LedgerPending,
    LedgerTrouble,
)
from lmsapp.evidence.ledger.proofs import consistency, inclusion_of, inclusions_of, root_at
from lmsapp.evidence.ledger.rules import checkpoint_text, origin_of
from lmsapp.evidence.ledger.sequencing import sequence, sequence_all
from lmsapp.infra.db import db
from lmsapp.infra.ledger_keys import opened
from lmsapp.infra.merkle import root_by, root_of
from tests.clock import Clock
from tests.evidence.ledger_events import many
from tests.undoing import undone


def _leaves() -> Sequence[bytes]:
    return db.session.scalars(select(LedgerLeaf.leaf).order_by(LedgerLeaf.position)).all()


def _checkpoints() -> Sequence[LedgerCheckpoint]:
    return db.session.scalars(select(LedgerCheckpoint).order_by(LedgerCheckpoint.size)).all()


def test_what_waits_gets_its_place(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """EVD-2: dense places, one for each event, in batches; each root signed as a C2SP checkpoint; nothing waits, then
    nothing is written. Every proof leads to the signed root, across the edges of tiles."""
    monkeypatch.setattr(sequencing, "BATCH", 300)
    many(600)  # and the one of the completion itself
    assert sequence_all() == 601
    assert sequence() == 0
    checkpoints = _checkpoints()
    assert [one.size for one in checkpoints] == [300, 600, 601]
    leaves = _leaves()
    assert leaves == db.session.scalars(select(LedgerEvent.leaf).order_by(LedgerEvent.id)).all()
    assert db.session.scalar(select(func.count()).select_from(LedgerPending)) == 0
    _epoch, ledger_id = current_tree()
    for one in checkpoints:
        assert one.root == root_of(leaves[: one.size]) == root_at(1, one.size)
        said = checkpoint_text(origin_of(ledger_id), one.size, base64.b64encode(one.root).decode())
        assert opened(one.note, ledger_keys()) == said
        assert one.algorithm == "Ed25519"
    nodes = db.session.execute(select(LedgerNode.layer, LedgerNode.position, LedgerNode.hash)).all()
    assert [tuple(one) for one in nodes] == [(1, 0, root_of(leaves[:256])), (1, 1, root_of(leaves[256:512]))]
    ids = db.session.scalars(select(LedgerEvent.id)).all()
    proofs = inclusions_of([*ids, 0])
    assert len(proofs) == 601
    for proof in proofs.values():
        assert root_by(proof.leaf, proof.position, 601, proof.path) == checkpoints[-1].root
        assert proof.checkpoint == checkpoints[-1].note
    assert consistency(1, 300, 601) and consistency(1, 601, 601) == []
    many(1)
    waiting = db.session.scalars(select(LedgerPending.event_id)).one()
    assert inclusion_of(waiting) is None
    assert root_at(1, 602) is None


def test_a_new_key_takes_over(clock: Clock) -> None:
    """EVD-2: later checkpoints by the new one; what the old one signed stays checkable, and so does the tree."""
    many(1)
    assert sequence() == 2
    (Path(current_app.config["DATA_DIR"]) / "keys" / "ledger.key").unlink()
    many(1)
    assert sequence() == 1
    before, after = _checkpoints()
    assert before.key_id != after.key_id
    keys = ledger_keys()
    assert opened(before.note, keys) and opened(after.note, keys)


@pytest.mark.owner
def test_what_was_tampered_with_is_not_signed_over(clock: Clock) -> None:
    """EVD-2: a root, a note or a place written past the sequencer; events go on waiting, and it is noted once."""
    many(2)
    assert sequence() == 3
    for wrong in (
        "UPDATE ledger_checkpoint SET root = sha256('x')",
        "UPDATE ledger_checkpoint SET note = replace(note, 'training-ledger', 'training-lodger')",
        "UPDATE ledger_checkpoint SET frontier = frontier || frontier",
        "INSERT INTO ledger_leaf SELECT 1, 3, max(event_id), sha256('x') FROM ledger_pending",
    ):
        many(1)
        db.session.commit()
        with undone():
            db.session.execute(text("ALTER TABLE ledger_checkpoint DISABLE TRIGGER ALL"))
            db.session.execute(text(wrong))
            assert sequence() == 0
            trouble = db.session.scalars(select(LedgerTrouble).where(LedgerTrouble.until.is_(None))).one()
            assert trouble.facts["why"] == "altered", wrong
    assert sequence() == 4
