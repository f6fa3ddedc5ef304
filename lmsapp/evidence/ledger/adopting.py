"""Rows that were there before the ledger: put on record as they are found, and marked as found (EVD-2).

Once for each kind of row, up to the last one that is there at that moment; where that begins is itself on record. What
appears later without an event was slipped in, and is never adopted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import exists, func, select, text
from sqlalchemy.dialects.postgresql import insert

from lmsapp.evidence.ledger.actions import attest, attest_many
from lmsapp.evidence.ledger.models import LedgerAdoption, LedgerEvent
from lmsapp.evidence.ledger.sources import Source
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.files import StoredFile

ADOPTED = "adopted"
LOCK_KEY = 0x4C454441  # 'LEDA'
BATCH = 500

ADOPTIONS = Source(
    LedgerAdoption, facts=("kind", "through_id", "began_at"), personal=(), occurred="began_at", employee=""
)


def adopt(sources: Mapping[str, Source], most: int = BATCH) -> int:
    """One batch; how many rows were adopted, 0 when none is left. Safe to repeat, and for two at once."""
    db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
    adopted = 0
    for source in sources.values():
        if source.kind != ADOPTIONS.kind and adopted < most:
            adopted += _adopt(source, most - adopted)
    return adopted


def _adopt(source: Source, most: int) -> int:
    model: Any = source.model
    ids = _left(source, _through(source), most)
    if not ids:
        return 0
    rows = db.session.scalars(select(model).where(model.id.in_(ids)).order_by(model.id)).all()
    attest_many(source, rows, ADOPTED, evidence=_evidence(source, rows))
    return len(rows)


def _through(source: Source) -> int:
    """Up to which id rows of this kind were there when the adoption began: now, when it did not yet."""
    model: Any = source.model
    known = select(LedgerAdoption.through_id).where(LedgerAdoption.kind == source.kind)
    if (through := db.session.scalar(known)) is not None:
        return through
    last = db.session.scalar(select(func.max(model.id))) or 0
    begun = insert(LedgerAdoption).values(kind=source.kind, through_id=last, began_at=clock.now())
    adoption = db.session.scalars(begun.returning(LedgerAdoption)).one()
    attest(ADOPTIONS, adoption, "adoption began")
    return last


def _left(source: Source, through: int, most: int) -> Sequence[int]:
    model: Any = source.model
    said = exists().where(LedgerEvent.record_kind == source.kind, LedgerEvent.record_id == model.id)
    left = select(model.id).where(model.id <= through, ~said)
    if source.once:
        left = left.where(getattr(model, source.once).is_not(None))
    return db.session.scalars(left.order_by(model.id).limit(most)).all()


def _evidence(source: Source, rows: Sequence[Any]) -> dict[int, Sequence[str]]:
    """The SHA-256 of the file of each row, where the source has files."""
    if not source.file:
        return {}
    led = {row.id: getattr(row, source.file) for row in rows}
    kept = select(StoredFile.id, StoredFile.sha256).where(StoredFile.id.in_({one for one in led.values() if one}))
    hashes = {row.id: row.sha256 for row in db.session.execute(kept)}
    return {row_id: [hashes[file_id]] for row_id, file_id in led.items() if file_id in hashes}
