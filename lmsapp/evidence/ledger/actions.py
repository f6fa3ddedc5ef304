"""Adding events: in the transaction of the row they are about, without a lock (EVD-2)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import insert

from lmsapp.evidence.ledger.keeping import current_tree, ledger_key
from lmsapp.evidence.ledger.models import LedgerSubject
from lmsapp.evidence.ledger.rules import SALT_BYTES, Statement, commitment, payload_of
from lmsapp.evidence.ledger.sources import Source
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.merkle import leaf_hash

COLUMNS = (
    "event_id", "what", "record_kind", "record_id", "employee_id", "subject", "occurred_at", "recorded_at", "payload",
    "leaf", "signature", "key_id",
)  # fmt: skip
# One statement: event, salt, and that it waits for its place.
ADD = text(
    f"WITH e AS (INSERT INTO ledger_event ({', '.join(COLUMNS)})"  # noqa: S608 - names of ours
    f" VALUES ({', '.join(f':{name}' for name in COLUMNS)}) RETURNING id),"
    " s AS (INSERT INTO ledger_salt (event_id, salt) SELECT id, :salt FROM e)"
    " INSERT INTO ledger_pending (event_id) SELECT id FROM e"
)
SUBJECTS = select(LedgerSubject.employee_id, LedgerSubject.commitment).where(
    LedgerSubject.employee_id.in_(bindparam("ids", expanding=True))
)


def attest(source: Source, row: Any, what: str, *, evidence: Sequence[str] = ()) -> None:
    """Put on record what `row` (flushed) says now. Raises LedgerKeyTrouble when nothing can be signed."""
    attest_many(source, [row], what, evidence={row.id: evidence})


def attest_many(
    source: Source, rows: Sequence[Any], what: str, *, evidence: dict[int, Sequence[str]] | None = None
) -> None:
    """As `attest`, of rows (entities, or rows with all columns of the source and `id`). Call it once a row changed:
    the latest event of a row is held against the row."""
    if not rows:
        return
    _epoch, ledger_id = current_tree()
    key = ledger_key(ledger_id)
    at, names = clock.now(), _subjects(source, rows)
    added = []
    for row in rows:
        employee_id = getattr(row, source.employee) if source.employee else None
        said = Statement(
            what=what,
            record=(source.kind, row.id),
            subject=names.get(employee_id, ""),
            occurred_at=getattr(row, source.occurred),
            facts=source.facts_of(row),
            personal=source.personal_of(row),
            evidence=(evidence or {}).get(row.id, ()),
        )
        event_id, salt = uuid4(), os.urandom(SALT_BYTES)
        payload = payload_of(said, ledger_id=ledger_id, event_id=event_id, salt=salt, recorded_at=at)
        added.append(
            {
                "event_id": event_id,
                "what": what,
                "record_kind": source.kind,
                "record_id": row.id,
                "employee_id": employee_id,
                "subject": said.subject,
                "occurred_at": said.occurred_at,
                "recorded_at": at,
                "payload": payload,
                "leaf": leaf_hash(payload),
                "signature": key.sign(payload),
                "key_id": key.id,
                "salt": salt,
            }
        )
    db.session.execute(ADD, added)


def _subjects(source: Source, rows: Sequence[Any]) -> dict[int | None, str]:
    """Employee id -> the name they bear in the ledger, given on first use."""
    ids = {getattr(row, source.employee) for row in rows} - {None} if source.employee else set()
    if not ids:
        return {}
    known: dict[int | None, str] = {one.employee_id: one.commitment for one in _named(ids)}
    if new := [_subject(employee_id) for employee_id in sorted(ids - known.keys())]:
        db.session.execute(insert(LedgerSubject).on_conflict_do_nothing(), new)
        known.update({one.employee_id: one.commitment for one in _named(ids)})
    return known


def _named(ids: set[int]) -> Sequence[Any]:
    return db.session.execute(SUBJECTS, {"ids": sorted(ids)}).all()


def _subject(employee_id: int) -> dict[str, Any]:
    salt = os.urandom(SALT_BYTES)
    return {"employee_id": employee_id, "salt": salt, "commitment": commitment(salt, employee_id)}
