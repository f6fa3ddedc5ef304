"""What the proofs of the completion ledger share: people who complete, and a look at the result from outside.

Everything is judged through a connection of its own, in SQL and with the standard library's SHA-256: what a process
believes to have written is not asked.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import uuid4

import psycopg
from flask import Flask

from lmsapp.evidence.ledger.rules import checkpoint_text, origin_of
from lmsapp.evidence.records.actions import Completed, record_completion
from lmsapp.infra import clock
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.ledger_keys import opened
from lmsapp.infra.merkle import Frontier
from lmsapp.infra.rights import plain_url
from lmsapp.people.employees.models import Employee

WHAT = Completed(
    subject=("course", 1),
    title="Hand hygiene",
    content_version=3,
    content_sha256=hashlib.sha256(b"content").hexdigest(),
    rule_version=2,
    criteria=[{"kind": "quiz", "needed": "80", "reached": "92"}, {"kind": "minutes", "needed": "20", "reached": "31"}],
    score=Decimal("92.00"),
    attempt=1,
)


def hire(app: Flask, count: int) -> list[Employee]:
    """So many employees, of no session: only read from here on."""
    with app.app_context(), unit_of_work():
        people = [
            Employee(
                number=f"L-{uuid4().hex}", name=f"Person {n}", sort_name=f"person {n}", time_zone="America/Chicago"
            )
            for n in range(count)
        ]
        db.session.add_all(people)
        db.session.flush()
        for one in people:
            db.session.refresh(one)
        db.session.expunge_all()
        return people


def complete(employee: Employee) -> int:
    """As learning does it: the record and its event, in one transaction of its own; the record's id."""
    with unit_of_work():
        return record_completion(employee, "Ward 3", WHAT, at=clock.now() - dt.timedelta(seconds=1), by=None).id


@dataclass
class Seen:
    """What stands in the database, and what is wrong with it."""

    events: int = 0
    leaves: int = 0
    checkpoints: int = 0
    wrong: list[str] = field(default_factory=list)

    def note(self, wrong: bool, words: str) -> None:
        if wrong and len(self.wrong) < 20:
            self.wrong.append(words)


def look(app: Flask, keys: dict[str, str]) -> Seen:
    """Every leaf held against its event, every place, every root recomputed, every note opened."""
    seen = Seen()
    with psycopg.connect(plain_url(app.config["SQLALCHEMY_DATABASE_URI"])) as connection:
        seen.events = _one(connection, "SELECT count(*) FROM ledger_event")
        seen.leaves = _one(connection, "SELECT count(*) FROM ledger_leaf")
        seen.note(seen.events != seen.leaves, f"{seen.events} events, {seen.leaves} leaves")
        seen.note(_one(connection, "SELECT count(*) FROM ledger_pending") > 0, "some still wait")
        doubled = "SELECT count(*) - count(DISTINCT event_id) FROM ledger_leaf"
        seen.note(_one(connection, doubled) > 0, "an event has two places")
        recorded = "SELECT count(*) FROM completion_record r WHERE NOT EXISTS (SELECT FROM ledger_event e WHERE"
        recorded += " e.record_kind = 'completion_record' AND e.record_id = r.id)"
        seen.note(_one(connection, recorded) > 0, "a record has no event")
        _walk(connection, keys, seen)
    return seen


def _walk(connection: psycopg.Connection[Any], keys: dict[str, str], seen: Seen) -> None:
    ledger_id = _one(connection, "SELECT ledger_id FROM ledger_epoch ORDER BY number DESC LIMIT 1")
    signed = {
        size: (bytes(root), note)
        for size, root, note in connection.execute("SELECT size, root, note FROM ledger_checkpoint").fetchall()
    }
    seen.checkpoints = len(signed)
    frontier = Frontier()
    with connection.cursor(name="leaves") as rows:
        rows.itersize = 5000
        rows.execute(
            "SELECT l.position, l.leaf, e.payload FROM ledger_leaf l JOIN ledger_event e ON e.id = l.event_id"
            " ORDER BY l.position"
        )
        for position, leaf, payload in rows:
            seen.note(position != frontier.size, f"a gap before {position}")
            seen.note(hashlib.sha256(b"\0" + payload).digest() != leaf, f"leaf {position} is not of its event")
            frontier.add(leaf)
            if frontier.size in signed:
                root, note = signed.pop(frontier.size)
                said = checkpoint_text(origin_of(ledger_id), frontier.size, base64.b64encode(frontier.root()).decode())
                seen.note(root != frontier.root() or opened(note, keys) != said, f"the root of {frontier.size}")
    seen.note(bool(signed), f"checkpoints of trees that are not there: {sorted(signed)[:5]}")


def _one(connection: psycopg.Connection[Any], statement: str) -> Any:
    row = connection.execute(statement).fetchone()  # type: ignore[arg-type]
    return row[0] if row else None
