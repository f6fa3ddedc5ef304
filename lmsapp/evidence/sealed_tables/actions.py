"""Sealing what is new (EVD-3): only what nobody can still add rows below.

Rows are numbered when they are written and seen when their transaction ends: a row may turn up below others that are
long there. A seal must not be made over such a place, or an honest row would later look slipped in. So, in this order:
read how far numbers were drawn; then ask who holds the lock that every INSERT takes on the table before it draws a
number, and holds until its transaction ends; wait until the last of those has let go. From then on no running or later
transaction can add a row up to that number, and one more statement sees all that were added.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select, text

from lmsapp.evidence.ledger.actions import attest
from lmsapp.evidence.ledger.keeping import ledger_keys
from lmsapp.evidence.sealed_tables.models import TABLE_SEALS, TableSeal
from lmsapp.evidence.sealed_tables.rules import LOWEST, Sealed, digest, mark_sql
from lmsapp.infra.db import db
from lmsapp.infra.ledger_keys import public_of, signed_by

AT_A_TIME = 20_000
ONE_AT_A_TIME = 0x5345414C  # 'SEAL'
LONGEST_WAIT_S = 10.0
SEAL_TRAIL_JOB = "seal-trail"
DRAWN = text("SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence(:of, 'id')::regclass), 0)")
# Ours does not count: what it added is seen, and ends with the seal.
WRITERS = text(
    "SELECT array_agg(DISTINCT virtualtransaction) FROM pg_locks WHERE locktype = 'relation' AND mode ="
    " 'RowExclusiveLock' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND relation = ANY(SELECT name::regclass FROM unnest(CAST(:tables AS text[])) AS name)"
    " AND pid <> pg_backend_pid()"
)
SIGNED = text(
    "SELECT id, payload, signature, key_id FROM ledger_event WHERE id BETWEEN :first AND :last ORDER BY id LIMIT :most"
)
SOMETHING_NEW = text("SELECT EXISTS (SELECT FROM ledger_event WHERE id > :last AND record_kind <> 'table_seal')")


def seal_tables(tables: Sequence[Sealed]) -> int:
    """Seal the next rows of each table, AT_A_TIME at most; how many seals were made of full stretches, so that 0 says
    that all is sealed. Nothing new but seals: nothing is done, or sealing would never end."""
    db.session.execute(select(func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
    sealed_to = sealed_so_far()
    if not _something_new(tables, sealed_to):
        return 0
    drawn = _settled(sorted({one.sequence_of for one in tables if one.sequence_of}))
    full = 0
    for one in tables:
        first = sealed_to.get(one.table, LOWEST - 1) + 1
        full += _seal(one, first, drawn.get(one.sequence_of))
    return full


def sealed_so_far() -> dict[str, int]:
    """Table -> the last number that is sealed."""
    rows = db.session.execute(select(TableSeal.table_name, func.max(TableSeal.last)).group_by(TableSeal.table_name))
    return {row[0]: row[1] for row in rows}


def _something_new(tables: Sequence[Sealed], sealed_to: Mapping[str, int]) -> bool:
    if db.session.scalar(SOMETHING_NEW, {"last": sealed_to.get("ledger_event", LOWEST)}):
        return True
    grows = [one for one in tables if one.sequence_of == one.table != "ledger_event"]
    return any(_highest(one) > sealed_to.get(one.table, LOWEST) for one in grows)


def _highest(one: Sealed) -> int:
    found = db.session.scalar(text(f"SELECT max({one.number}) FROM {one.table}"))  # noqa: S608 - names of ours
    return LOWEST if found is None else int(found)


def _settled(tables: Sequence[str]) -> dict[str, int]:
    """Table -> the number up to which nobody can add rows any more; empty when somebody has been writing for long."""
    drawn = {table: int(db.session.scalar(DRAWN, {"of": table}) or 0) for table in tables}
    until = time.monotonic() + LONGEST_WAIT_S
    waits_for = set(db.session.scalar(WRITERS, {"tables": list(tables)}) or ())
    while waits_for:
        if time.monotonic() > until:
            return {}
        time.sleep(0.05)
        waits_for &= set(db.session.scalar(WRITERS, {"tables": list(tables)}) or ())
    return drawn


def _seal(one: Sealed, first: int, drawn: int | None) -> bool:
    """Whether the stretch was full, so that more may wait."""
    last = _highest(one) if not one.sequence_of else drawn
    if last is None or last < first:
        return False
    columns = list(one.columns)
    rows = f"SELECT {mark_sql(one, columns)} AS mark, {one.number} AS number FROM {one.table}"  # noqa: S608
    found = db.session.execute(
        text(
            "SELECT count(*), coalesce(string_agg(mark, ''::bytea ORDER BY number), ''::bytea), max(number)"  # noqa: S608
            f" FROM ({rows} WHERE {one.number} BETWEEN :first AND :last ORDER BY {one.number} LIMIT :most) AS few"
        ),
        {"first": first, "last": last, "most": AT_A_TIME},
    ).one()
    count, marks, highest = found
    full = count == AT_A_TIME
    last = highest if full else last
    if one.table == "ledger_event":
        last, marks, count = _only_signed(first, last, bytes(marks), count)
    if not count:
        return False
    seal = TableSeal(
        table_name=one.table, columns=columns, first=first, last=last, count=count, sha256=digest(marks), marks=marks
    )
    db.session.add(seal)
    db.session.flush()
    attest(TABLE_SEALS, seal, "sealed")
    return full


def _only_signed(first: int, last: int, marks: bytes, count: int) -> tuple[int, bytes, int]:
    """Up to the first event that is not ours: it is never sealed, and found by every verification."""
    keys = {key: public_of(line) for key, line in ledger_keys().items()}
    rows: Sequence[Any] = db.session.execute(SIGNED, {"first": first, "last": last, "most": AT_A_TIME}).all()
    for place, (number, payload, signature, key_id) in enumerate(rows):
        key = keys.get(key_id)
        if key is None or not signed_by(key, bytes(signature), bytes(payload)):
            return number - 1, marks[: 40 * place], place
    return last, marks, count
