"""Opening one record as an auditor would: is it there, are its file's bytes what they were, does the tree know it?"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, text

from lmsapp.evidence.ledger.models import LedgerCheckpoint, LedgerEvent, LedgerLeaf
from lmsapp.evidence.ledger.sources import Source
from lmsapp.evidence.retention.kinds import Kind
from lmsapp.evidence.seals.checking import check_file
from lmsapp.infra.db import db
from lmsapp.infra.files import StoredFile, read
from lmsapp.infra.merkle import leaf_hash
from lmsapp.infra.signature_checks import Finding

SAMPLE = text(
    """
    SELECT kind, record_id, year FROM (
        SELECT kind, record_id, extract(year FROM made_on)::int AS year,
            row_number() OVER (PARTITION BY kind, extract(year FROM made_on) ORDER BY random()) AS place
        FROM retained WHERE kind <> 'employee'
    ) each WHERE place <= :most ORDER BY place, random() LIMIT :most
    """
)
Checks = dict[str, bool | None]


def sample(size: int) -> list[tuple[str, int, int]]:
    """(kind, record id, year) at random: one of each kind and year before a second of any."""
    return [(row.kind, row.record_id, row.year) for row in db.session.execute(SAMPLE, {"most": size})]


def opened(kind: Kind, record_id: int, source: Source | None) -> Checks:
    """What held: 'record', 'file', 'seal', 'ledger'; None: there is none to check."""
    row: Any = db.session.get(kind.model, record_id)
    if row is None:
        return {"record": False}
    checks: Checks = {"record": True}
    if kind.file is not None and (file_id := getattr(row, kind.file.key)):
        checks |= _file(file_id, sealed=kind.sealed)
    if source is not None:
        checks["ledger"] = _placed(kind.name, record_id)
    db.session.expunge(row)
    return checks


def _file(file_id: int, *, sealed: bool) -> Checks:
    stored = db.session.get_one(StoredFile, file_id)
    try:
        data = read(stored.sha256)
    except OSError:
        return {"file": False}
    checks: Checks = {"file": hashlib.sha256(data).hexdigest() == stored.sha256}
    if sealed:
        checks["seal"] = check_file(data).checked.finding is Finding.INTACT
    return checks


def _placed(kind: str, record_id: int) -> bool | None:
    """Whether its latest event has a place in the tree with the very leaf; None before the first checkpoint,
    and for records from before there was a ledger."""
    rows = select(LedgerEvent.payload, LedgerEvent.leaf, LedgerLeaf.leaf.label("placed"))
    rows = rows.outerjoin(LedgerLeaf, LedgerLeaf.event_id == LedgerEvent.id)
    mine = (LedgerEvent.record_kind == kind, LedgerEvent.record_id == record_id)
    event = db.session.execute(rows.where(*mine).order_by(LedgerEvent.id.desc()).limit(1)).one_or_none()
    if event is None:
        return None  # from before there was a ledger
    if event.placed is None and db.session.scalar(select(LedgerCheckpoint.size).limit(1)) is None:
        return None if leaf_hash(event.payload) == event.leaf else False
    return leaf_hash(event.payload) == event.leaf == event.placed


def passed(lines: list[Mapping[str, Any]]) -> bool:
    """Whether nothing failed."""
    return all(held is not False for line in lines for held in line["checks"].values())
