"""Adding events: in the transaction of the row they are about, without a lock (EVD-2)."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

from psycopg.types.json import Jsonb
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import make_transient_to_detached

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
EVENT = (
    f"e AS (INSERT INTO ledger_event ({', '.join(COLUMNS)})"  # noqa: S608 - names of ours
    f" VALUES ({', '.join(f'%({name})s' for name in COLUMNS)}) RETURNING id),"
    " s AS (INSERT INTO ledger_salt (event_id, salt) SELECT id, %(salt)s FROM e)"
    " INSERT INTO ledger_pending (event_id) SELECT id FROM e"
)
ADD = f"WITH {EVENT}"
# The tree in use, and of whom it is asked the names they bear: together, since each way to the database costs.
TREE_AND_NAMES = (
    "SELECT t.ledger_id, s.employee_id, s.commitment{more} FROM"
    " (SELECT ledger_id FROM ledger_epoch ORDER BY number DESC LIMIT 1) AS t"
    " LEFT JOIN ledger_subject AS s ON s.employee_id = ANY(%(ids)s)"
)
ASK = TREE_AND_NAMES.format(more="")


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
    asked = _ask(ASK, {getattr(row, source.employee) for row in rows} - {None} if source.employee else set())
    at, said = clock.now(), evidence or {}
    added = [_event(source, row, what, asked, at, said.get(row.id, ())) for row in rows]
    db.session.connection().exec_driver_sql(ADD, added if len(added) > 1 else added[0])


def attest_new(source: Source, values: Mapping[str, Any], what: str, *, evidence: Sequence[str] = ()) -> Any:
    """Insert the row that `values` make (every column but `id`) and put it on record, in one statement: as adding an
    entity, flushing and `attest` would, in half the time. The entity, one of the session's like any that was loaded."""
    db.session.flush()  # what was changed before is written before: rows are locked in the same order on every path
    ways = _ways(source)
    asked = _ask(ways.ask, {values[source.employee]} - {None} if source.employee else set())
    said = {"id": asked.row_id, **values}
    event = _event(source, SimpleNamespace(**said), what, asked, clock.now(), evidence)
    row = {f"row_{name}": Jsonb(said[name]) if name in ways.json else said[name] for name in ways.columns}
    db.session.connection().exec_driver_sql(ways.add, row | event)
    entity = source.model()
    entity.__dict__.update(said)  # as the mapper does with a row that it loads
    make_transient_to_detached(entity)
    db.session.add(entity)
    return entity


@dataclass(frozen=True, slots=True)
class _Asked:
    """The tree in use; employee id -> the name they bear in the ledger; the number of a new row, 0 for none."""

    ledger_id: UUID
    names: Mapping[int | None, str]
    row_id: int = 0


@dataclass(frozen=True, slots=True)
class _Ways:
    """The two ways to the database by which a row of a table is added; which of its columns are JSON."""

    ask: str
    add: str
    columns: tuple[str, ...]
    json: frozenset[str]


@cache
def _ways(source: Source) -> _Ways:
    columns = {str(one.key): one for one in source.model.__table__.columns}
    names, values = ", ".join(columns), ", ".join(f"%(row_{name})s" for name in columns)
    return _Ways(
        TREE_AND_NAMES.format(more=f", nextval('{source.kind}_id_seq') AS row_id"),
        f"WITH r AS (INSERT INTO {source.kind} ({names}) VALUES ({values})), {EVENT}",  # noqa: S608 - names of ours
        tuple(columns),
        frozenset(name for name, one in columns.items() if isinstance(one.type, JSONB)),
    )


def _event(
    source: Source, row: Any, what: str, asked: _Asked, at: dt.datetime, evidence: Sequence[str]
) -> dict[str, Any]:
    """What EVENT is given of one row."""
    key = ledger_key(asked.ledger_id)
    employee_id = getattr(row, source.employee) if source.employee else None
    said = Statement(
        what=what,
        record=(source.kind, row.id),
        subject=asked.names.get(employee_id, ""),
        occurred_at=getattr(row, source.occurred),
        facts=source.facts_of(row),
        personal=source.personal_of(row),
        evidence=evidence,
    )
    event_id, salt = uuid4(), os.urandom(SALT_BYTES)
    payload = payload_of(said, ledger_id=asked.ledger_id, event_id=event_id, salt=salt, recorded_at=at)
    return {
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


def _ask(question: str, ids: set[int]) -> _Asked:
    """Of these employees; a name is given on first use."""
    asked = _asked(question, ids)
    if new := [_subject(employee_id) for employee_id in sorted(ids - asked.names.keys())]:
        db.session.execute(insert(LedgerSubject).on_conflict_do_nothing(), new)
        asked = replace(asked, names=_asked(ASK, ids).names)
    return asked


def _asked(question: str, ids: set[int]) -> _Asked:
    found = db.session.connection().exec_driver_sql(question, {"ids": sorted(ids)}).all()
    names = {one.employee_id: one.commitment for one in found if one.employee_id is not None}
    return _Asked(found[0].ledger_id, names, *found[0][3:])


def _subject(employee_id: int) -> dict[str, Any]:
    salt = os.urandom(SALT_BYTES)
    return {"employee_id": employee_id, "salt": salt, "commitment": commitment(salt, employee_id)}
