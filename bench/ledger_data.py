"""A clean completion ledger of any size, made by COPY: records as the database holds them, events made by the product's
own rules from what it reads back, places, checkpoints, seals. The values are awkward on purpose (`ODD`)."""

from __future__ import annotations

import base64
import os
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg.rows import namedtuple_row

from lmsapp.evidence.ledger.rules import SALT_BYTES, Statement, checkpoint_text, commitment, payload_of
from lmsapp.evidence.ledger.sources import COMPLETIONS
from lmsapp.infra.ledger_keys import ALGORITHM, LedgerKey
from lmsapp.infra.merkle import Frontier, leaf_hash

CHECKPOINT_EVERY = 200  # a second in which 200 people finish something
FEW = 20_000
PEOPLE = """
    INSERT INTO employee (number, name, sort_name, department_id, job_role, location, region, cohort, hire_date, status,
        time_zone, language, created_at)
    SELECT 'B-' || n, 'Person ' || n, 'person ' || n, department_id, job_role, location, region, cohort, hire_date, status,
        time_zone, language, created_at
    FROM generate_series(1, %s::int) AS n, (SELECT * FROM employee ORDER BY id LIMIT 1) AS like_this RETURNING id
"""
RECORDS = """
    INSERT INTO completion_record (employee_id, employee_number, employee_name, job_role, department, subject_kind,
        subject_id, title, content_version, content_sha256, rule_version, criteria, score, attempt, occurred_at, local_time,
        time_zone, recorded_at, actor_id, actor_name, how, reason, approved_by_id, approved_by_name)
    SELECT (%(people)s::int[])[1 + n %% cardinality(%(people)s::int[])], 'B-' || n %% 9999,
        (ARRAY['Zoe' || U&'\\0301' || ' N', 'Nguyễn ' || n, 'O''Brien "Bo" \\', 'Priya'])[1 + n %% 4],
        (ARRAY['RN', '', 'Ärztin', 'Tab' || chr(9) || 'bed'])[1 + n %% 4], 'Department ' || n %% 40, 'course', 1 + n %% 200,
        (ARRAY['Händehygiene', 'Cafe' || U&'\\0301', 'ﬁre \U0001f525', 'Fall protection'])[1 + n %% 4], 1 + n %% 7,
        encode(sha256(n::text::bytea), 'hex'), 1 + n %% 3,
        (ARRAY['[]', '[{"kind": "quiz", "value": 66.67, "need": 1e3, "of": null}]', '[{"met": true, "have": 100.0, "e": "é"}]',
            '[{"kind": "time", "seconds": 12345678901234567890}, [], {}, 0.1]'])[1 + n %% 4]::jsonb,
        (ARRAY[66.67, 100.00, 0.00, NULL, 33.30])[1 + n %% 5], nullif(n %% 4, 0),
        timestamptz '2020-02-29 23:59:59.999999+00' + n * interval '37.000001 seconds',
        to_char(now(), 'YYYY-MM-DD"T"HH24:MI:SS') || '+05:45', (ARRAY['Asia/Kathmandu', 'UTC', 'America/Chicago'])[1 + n %% 3],
        timestamptz '2020-03-01 00:00:00+00' + n * interval '37 seconds', nullif(n %% 9, 0), 'Actor ' || n %% 50,
        (ARRAY['rule', 'by hand'])[1 + n %% 2], (ARRAY['', 'Seen by Zoe' || U&'\\0301'])[1 + n %% 2],
        nullif(n %% 11, 0), CASE WHEN n %% 11 > 0 THEN 'Second ' || n END
    FROM generate_series(%(first)s::int, %(last)s::int) AS n
"""
TRAIL = """
    INSERT INTO audit_entry (at, actor_id, actor_name, action, subject_kind, subject_id, before, after, reason, request_id,
        origin)
    SELECT now() - n * interval '1 second', nullif(n %% 5, 0), 'Actor ' || n %% 50, 'changed', 'employee', n,
        jsonb_build_object('job_role', 'RN', 'percent', 66.67), jsonb_build_object('job_role', 'Ärztin ' || n), '', 'r-' || n, 'web'
    FROM generate_series(1, %s::int) AS n
"""
EVENT = ("event_id", "what", "record_kind", "record_id", "employee_id", "subject", "occurred_at", "recorded_at", "payload",
         "leaf", "signature", "key_id")  # fmt: skip


class Bench:
    """Fills a database as its owner. `connection` in autocommit is slow: give it one transaction."""

    def __init__(self, connection: psycopg.Connection, epoch: int, ledger_id: UUID, key: LedgerKey) -> None:
        self.connection, self.epoch, self.ledger_id, self.key = connection, epoch, ledger_id, key
        row = connection.execute("SELECT coalesce(max(id), 0) FROM ledger_event").fetchone()
        self.number: int = row[0] if row else 0
        kept = connection.execute(
            "SELECT size, frontier FROM ledger_checkpoint WHERE epoch = %s ORDER BY size DESC LIMIT 1", [epoch]
        ).fetchone()
        self.tree = Frontier.from_bytes(*kept) if kept else Frontier()
        self.last_size = self.tree.size

    def people(self, how_many: int) -> list[int]:
        ids = [row[0] for row in self.connection.execute(PEOPLE, [how_many])]
        with self.connection.cursor().copy("COPY ledger_subject (employee_id, salt, commitment) FROM STDIN") as copy:
            for one in ids:
                salt = os.urandom(SALT_BYTES)
                copy.write_row((one, salt, commitment(salt, one)))
        return ids

    def completions(self, how_many: int, people: list[int]) -> None:
        """Records with their events, placed, FEW at a time."""
        row = self.connection.execute("SELECT coalesce(max(id), 0) FROM completion_record").fetchone()
        after: int = row[0] if row else 0
        subjects = dict(self.connection.execute("SELECT employee_id, commitment FROM ledger_subject").fetchall())
        for first in range(1, how_many + 1, FEW):
            last = min(how_many, first + FEW - 1)
            self.connection.execute(RECORDS, {"people": people, "first": first, "last": last})
            with self.connection.cursor(row_factory=namedtuple_row) as cursor:
                rows = cursor.execute("SELECT * FROM completion_record WHERE id > %s ORDER BY id", [after]).fetchall()
            after = rows[-1].id
            self._events([self._event(one, subjects[one.employee_id]) for one in rows])
        self.connection.execute("SELECT setval('ledger_event_id_seq', %s)", [self.number])

    def trail(self, how_many: int) -> None:
        self.connection.execute(TRAIL, [how_many])

    def _event(self, row: Any, subject: str) -> tuple[tuple[Any, ...], bytes]:
        event_id, salt = uuid4(), os.urandom(SALT_BYTES)
        said = Statement(
            what="completed",
            record=(COMPLETIONS.kind, row.id),
            subject=subject,
            occurred_at=row.occurred_at,
            facts=COMPLETIONS.facts_of(row),
            personal=COMPLETIONS.personal_of(row),
        )
        payload = payload_of(said, ledger_id=self.ledger_id, event_id=event_id, salt=salt, recorded_at=row.recorded_at)
        event = (
            event_id, "completed", COMPLETIONS.kind, row.id, row.employee_id, subject, row.occurred_at, row.recorded_at,
            payload, leaf_hash(payload), self.key.sign(payload), self.key.id,
        )  # fmt: skip
        return event, salt

    def _events(self, made: list[tuple[tuple[Any, ...], bytes]]) -> None:
        start, cursor = self.number, self.connection.cursor()
        with cursor.copy(f"COPY ledger_event (id, {', '.join(EVENT)}) FROM STDIN") as copy:
            for number, (event, _salt) in enumerate(made, start + 1):
                copy.write_row((number, *event))
        with cursor.copy("COPY ledger_salt FROM STDIN") as copy:
            for number, (_event, salt) in enumerate(made, start + 1):
                copy.write_row((number, salt))
        checkpoints: list[tuple[Any, ...]] = []
        with cursor.copy("COPY ledger_leaf (epoch, position, event_id, leaf) FROM STDIN") as copy:
            for number, (event, _salt) in enumerate(made, start + 1):
                copy.write_row((self.epoch, self.tree.size, number, event[9]))
                self.tree.add(event[9])
                if not self.tree.size % CHECKPOINT_EVERY or number == start + len(made):
                    checkpoints.append(self._checkpoint())
        with cursor.copy("COPY ledger_checkpoint FROM STDIN") as copy:
            for one in checkpoints:
                copy.write_row(one)
        self.number += len(made)

    def _checkpoint(self) -> tuple[Any, ...]:
        root, size = self.tree.root(), self.tree.size
        note = self.key.note(checkpoint_text(self.key.name, size, base64.b64encode(root).decode()))
        after, self.last_size = self.last_size, size
        kept = self.tree.to_bytes()
        return (self.epoch, size, root, kept, note, self.key.id, ALGORITHM, "2026-11-02T12:00:00Z", after)
