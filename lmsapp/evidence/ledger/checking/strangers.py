"""Events of kinds that no source knows, and names in the ledger that do not fit their person."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence

import psycopg

from lmsapp.evidence.ledger.checking.findings import Finding
from lmsapp.evidence.ledger.checking.records import (
    EPOCH,
    EVENTS,
    ID,
    LEAF,
    PAYLOAD,
    PLACES,
    RECORD,
    Terms,
    bare_problems,
    columns_of,
)
from lmsapp.evidence.ledger.checking.rules import Told, problems_of
from lmsapp.evidence.ledger.rules import ERASED, commitment

OTHERS = f"SELECT {EVENTS}, e.record_kind FROM ledger_event e {PLACES} WHERE NOT e.record_kind = ANY(%s) ORDER BY e.id"  # noqa: S608
SUBJECTS = """
    SELECT n.employee_id, n.salt, n.commitment, n.salt IS NOT NULL OR EXISTS (
        SELECT FROM ledger_event e WHERE e.employee_id = n.employee_id AND e.what = %s
    ) FROM ledger_subject n ORDER BY n.employee_id
"""


def look_at_strangers(connection: psycopg.Connection, kinds: Sequence[str], terms: Terms) -> tuple[int, list[Finding]]:
    """How many there are, and what is wrong with them; that they are strangers is said of each."""
    found: list[Finding] = []
    count = 0
    with connection.cursor(binary=True) as cursor:
        for row in cursor.execute(OTHERS, [list(kinds)]):
            count += 1
            kind = row[-1]
            record = (kind, row[RECORD])
            found.append(Finding("kind unknown", record, {"event": row[ID]}))
            found += bare_problems(kind, row, terms)
            if hashlib.sha256(b"\x00" + row[PAYLOAD]).digest() != row[LEAF]:
                found.append(Finding("event changed", record, {"event": row[ID]}))
                continue
            try:
                said = json.loads(row[PAYLOAD])
                columns, ledgers = columns_of(kind, row), terms.ledgers(row[EPOCH])
                found += problems_of(Told(row[ID], record, said, columns, ledgers, None, None, None))
            except (ValueError, TypeError, KeyError):
                found.append(Finding("event unreadable", record, {"event": row[ID]}))
    return count, found


def look_at_subjects(connection: psycopg.Connection) -> Iterator[Finding]:
    """The commitment of each person is made of their salt and number; it went only when the person was erased."""
    for employee_id, salt, committed, rightly in connection.execute(SUBJECTS, [ERASED]):
        if salt is None:
            if not rightly:
                yield Finding("subject removed", ("employee", employee_id))
        elif commitment(bytes(salt), employee_id) != committed:
            yield Finding("subject changed", ("employee", employee_id))
