"""Records against their events: a stretch of record numbers at a time, joined by PostgreSQL, looked at once.

A stretch is cut by how many there are, never by the numbers themselves: a slipped-in row may bear any number.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from lmsapp.evidence.ledger.checking.columns import Columns, column_of, instant_sql, normal
from lmsapp.evidence.ledger.checking.findings import Finding
from lmsapp.evidence.ledger.checking.rules import Told, committed_text, gone_rightly, problems_of, salt_gone_rightly
from lmsapp.evidence.ledger.rules import DISPOSED, VERSION
from lmsapp.evidence.ledger.sources import Source
from lmsapp.infra.ledger_keys import signed_by

STRETCH = 10_000
LATE = dt.timedelta(minutes=15)
# Columns of what is read: of the event, its place, its salt, and the row; then facts and personal columns.
(
    ID, EVENT, WHAT, RECORD, EMPLOYEE, SUBJECT, OCCURRED, RECORDED, PAYLOAD, LEAF, SIGNATURE, KEY, EPOCH, PLACED, WAITS,
    SALT, NAME, ROW, TESTIFIES, FILE,
) = range(20)  # fmt: skip
FACTS = 20
EVENTS = f"""
    e.id, e.event_id::text, e.what, e.record_id, e.employee_id, e.subject, {instant_sql("e.occurred_at")},
    {instant_sql("e.recorded_at")}, e.payload, e.leaf, e.signature, e.key_id, l.epoch, l.leaf, p.event_id IS NOT NULL,
    s.salt, n.commitment
"""
PLACES = """
    LEFT JOIN ledger_leaf l ON l.event_id = e.id LEFT JOIN ledger_pending p ON p.event_id = e.id
    LEFT JOIN ledger_salt s ON s.event_id = e.id LEFT JOIN ledger_subject n ON n.employee_id = e.employee_id
"""
Row = tuple[Any, ...]
Within = tuple[int | None, int | None]  # from and below; None: no end


@dataclass(frozen=True, slots=True)
class Terms:
    """What all events are held against. `trees`: number of the epoch -> ledger id; `sealed_to`: signatures of events
    up to there are under a seal; later ones are checked one by one."""

    trees: Mapping[int, str]
    keys: Mapping[str, Ed25519PublicKey]
    sealed_to: int
    now: dt.datetime

    def ledgers(self, epoch: int | None) -> frozenset[str]:
        """An event may have waited while another tree was begun."""
        return frozenset(name for number, name in self.trees.items() if epoch is None or number <= epoch)


@dataclass(slots=True)
class Looked:
    """What came of a stretch. `files`: SHA-256 of evidence whose row is there."""

    events: int = 0
    findings: list[Finding] = field(default_factory=list)
    files: set[str] = field(default_factory=set)


class Records:
    """The rows of one source."""

    def __init__(self, source: Source, terms: Terms) -> None:
        table = source.model.__table__
        self.source, self.terms, self.kind = source, terms, source.kind
        self.facts = Columns([column_of(table.columns[name]) for name in source.facts], FACTS)
        names = sorted(source.personal)
        self.personal = Columns([column_of(table.columns[name]) for name in names], FACTS + len(source.facts))
        self.testifies = f'r."{source.once}" IS NOT NULL' if source.once else "true"

    def bounds(self, connection: psycopg.Connection) -> list[Within]:
        """Where to cut, so that no stretch holds much more than STRETCH rows and events."""
        numbers = f"""
            SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM (
                SELECT record_id AS id FROM ledger_event WHERE record_kind = %s UNION ALL SELECT id FROM {self.kind}
            ) AS every) AS counted WHERE place %% {2 * STRETCH} = 0 ORDER BY id
        """  # noqa: S608 - names of ours
        return stretches([row[0] for row in connection.execute(numbers, [self.kind])])

    def look(self, connection: psycopg.Connection, within: Within) -> Looked:
        """All of one stretch."""
        looked = Looked()
        with connection.cursor(binary=True) as cursor:
            cursor.execute(self._sql(within), {"kind": self.kind, "low": within[0], "high": within[1]})
            rows = sorted(cursor.fetchall(), key=in_order)
        for _number, group in groupby(rows, key=itemgetter(-1)):
            self._record(list(group), looked)
        return looked

    def _sql(self, within: Within) -> str:
        columns = ", ".join(column.sql for column in (*self.facts.columns, *self.personal.columns))
        cut = "".join(
            f" AND {{0}} {sign} %({name})s"
            for sign, name, end in ((">=", "low", within[0]), ("<", "high", within[1]))
            if end is not None
        )
        file = self.source.file
        return f"""
            SELECT {EVENTS}, r.id, {self.testifies}, {"f.sha256" if file else "NULL"}, {columns},
                coalesce(r.id, e.record_id) AS of_record
            FROM (SELECT * FROM ledger_event WHERE record_kind = %(kind)s{cut.format("record_id")}) e {PLACES}
            FULL JOIN (SELECT * FROM {self.kind} WHERE true{cut.format("id")}) r ON r.id = e.record_id
            {f'LEFT JOIN stored_file f ON f.id = r."{file}"' if file else ""}
        """  # noqa: S608 - names of ours

    def _record(self, rows: list[Row], looked: Looked) -> None:
        """One record with all its events, oldest first; without any, one row with the record's columns alone."""
        latest = rows[-1]
        if latest[ID] is None:
            if latest[TESTIFIES]:
                looked.findings.append(Finding("record added", (self.kind, latest[ROW])))
            return
        looked.events += len(rows)
        whats = [row[WHAT] for row in rows]
        there = latest[ROW] is not None
        for place, row in enumerate(rows):
            now = there and row is latest
            if row[SALT] is None and not salt_gone_rightly(whats, place):
                looked.findings.append(self._finding("salt removed", row))
            self._event(row, looked, now)
        if there == gone_rightly(whats):
            looked.findings.append(self._finding("record back" if there else "record removed", latest))

    def _event(self, row: Row, looked: Looked, now: bool) -> None:
        """`now`: the row is there, and this is the latest said of it."""
        looked.findings += bare_problems(self.kind, row, self.terms)
        if hashlib.sha256(b"\x00" + row[PAYLOAD]).digest() != row[LEAF]:
            looked.findings.append(self._finding("event changed", row))
            return
        try:
            said = json.loads(row[PAYLOAD].decode())
            fits = said == self._expected(row, said, now)
        except (ValueError, TypeError, KeyError):
            looked.findings.append(self._finding("event unreadable", row))
            return
        if not fits:
            looked.findings += problems_of(self._told(row, said, now))
        if now and said["evidence"]:
            self._evidence(row, said["evidence"], looked)

    def _expected(self, row: Row, said: Mapping[str, Any], now: bool) -> dict[str, Any]:
        """What the payload has to be, where nothing is special."""
        personal = said["personal"]
        if now and row[SALT] is not None:
            personal = committed_text(row[SALT], self.personal.json(row))
        return {
            **columns_of(self.kind, row),
            "v": VERSION,
            "ledger": self.terms.trees.get(row[EPOCH]),
            "facts": self.facts.values(row) if now else said["facts"],
            "personal": personal,
            "evidence": said["evidence"],
        }

    def _told(self, row: Row, said: Mapping[str, Any], now: bool) -> Told:
        return Told(
            number=row[ID],
            record=(self.kind, row[RECORD]),
            said=said,
            columns=columns_of(self.kind, row),
            ledgers=self.terms.ledgers(row[EPOCH]),
            facts=self.facts.values(row) if now else None,
            personal=self.personal.values(row) if now else None,
            salt=row[SALT],
        )

    def _evidence(self, row: Row, evidence: Sequence[str], looked: Looked) -> None:
        if row[WHAT] == DISPOSED:
            return
        looked.files.update(evidence)
        if self.source.file and row[FILE] not in evidence:
            looked.findings.append(self._finding("file swapped", row))

    def _finding(self, what: str, row: Row) -> Finding:
        return Finding(what, (self.kind, row[RECORD]), {"event": row[ID]})


def in_order(row: Row) -> tuple[int, int]:
    """By record, then by event. Sorting narrow keys here is cheaper than wide rows there."""
    return row[-1], row[ID] or 0


def columns_of(kind: str, row: Row) -> dict[str, Any]:
    """What the columns of an event say, by the names of its payload."""
    return {
        "event": row[EVENT],
        "what": row[WHAT],
        "record": [kind, str(row[RECORD])],
        "subject": normal(row[SUBJECT]),
        "occurred_at": row[OCCURRED],
        "recorded_at": row[RECORDED],
    }


def bare_problems(kind: str, row: Row, terms: Terms) -> Iterator[Finding]:
    """What can be said of an event without reading it: its place, whom it names, who signed it."""
    record, values = (kind, row[RECORD]), {"event": row[ID]}
    if row[EPOCH] is None:
        yield from _waiting(record, row, terms)
    elif row[WAITS]:
        yield Finding("event waits", record, values)
    elif row[PLACED] != row[LEAF]:
        yield Finding("event changed", record, values)
    if row[SUBJECT] != (row[NAME] if row[EMPLOYEE] is not None else ""):
        yield Finding("event column", record, {**values, "column": "subject"})
    if row[ID] > terms.sealed_to:
        yield from _signature(record, row, terms)


def _waiting(record: tuple[str, int], row: Row, terms: Terms) -> Iterator[Finding]:
    if not row[WAITS]:
        yield Finding("event not placed", record, {"event": row[ID]})
    elif row[RECORDED] < (terms.now - LATE).astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"):
        yield Finding("event late", record, {"event": row[ID], "since": row[RECORDED]})


def _signature(record: tuple[str, int], row: Row, terms: Terms) -> Iterator[Finding]:
    key = terms.keys.get(row[KEY])
    if key is None:
        yield Finding("key unknown", record, {"event": row[ID], "key": row[KEY]})
    elif not signed_by(key, row[SIGNATURE], row[PAYLOAD]):
        yield Finding("event added", record, {"event": row[ID]})


def stretches(cuts: Sequence[int]) -> list[Within]:
    """From -infinity to infinity, cut there; a record is never parted from its events."""
    ends: list[int | None] = [None, *sorted(set(cuts)), None]
    return list(pairwise(ends))


Look = Callable[[psycopg.Connection, Within], Looked]
