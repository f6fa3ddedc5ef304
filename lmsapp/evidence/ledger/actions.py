"""Adding events: in the transaction of the row they are about, without a lock (EVD-2)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.dialects.postgresql import insert

from lmsapp.evidence.ledger.keeping import ledger_key
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
# One statement: event, salt, and that it waits for its place. Each completion passes here, so these go to the driver as
# they are: compiling them anew, or passing them through the mapper, took longer than signing.
ADD = (
    f"WITH e AS (INSERT INTO ledger_event ({', '.join(COLUMNS)})"  # noqa: S608 - names of ours
    f" VALUES ({', '.join(f'%({name})s' for name in COLUMNS)}) RETURNING id),"
    " s AS (INSERT INTO ledger_salt (event_id, salt) SELECT id, %(salt)s FROM e)"
    " INSERT INTO ledger_pending (event_id) SELECT id FROM e"
)
# The tree in use, and of whom it is asked the names they bear: together, since each way to the database costs.
TREE_AND_NAMES = (
    "SELECT t.ledger_id, s.employee_id, s.commitment FROM"
    " (SELECT ledger_id FROM ledger_epoch ORDER BY number DESC LIMIT 1) AS t"
    " LEFT JOIN ledger_subject AS s ON s.employee_id = ANY(%(ids)s)"
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
    ledger_id, names = _tree_and_names(source, rows)
    key = ledger_key(ledger_id)
    at, added = clock.now(), []
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
    db.session.connection().exec_driver_sql(ADD, added if len(added) > 1 else added[0])


def _tree_and_names(source: Source, rows: Sequence[Any]) -> tuple[UUID, dict[int | None, str]]:
    """The tree in use; employee id -> the name they bear in the ledger, given on first use."""
    ids = {getattr(row, source.employee) for row in rows} - {None} if source.employee else set()
    ledger_id, known = _asked(ids)
    if new := [_subject(employee_id) for employee_id in sorted(ids - known.keys())]:
        db.session.execute(insert(LedgerSubject).on_conflict_do_nothing(), new)
        known = _asked(ids)[1]
    return ledger_id, known


def _asked(ids: set[int]) -> tuple[UUID, dict[int | None, str]]:
    found = db.session.connection().exec_driver_sql(TREE_AND_NAMES, {"ids": sorted(ids)}).all()
    return found[0].ledger_id, {one.employee_id: one.commitment for one in found if one.employee_id is not None}


def _subject(employee_id: int) -> dict[str, Any]:
    salt = os.urandom(SALT_BYTES)
    return {"employee_id": employee_id, "salt": salt, "commitment": commitment(salt, employee_id)}
