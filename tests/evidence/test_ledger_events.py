"""What completes testifies: an event in the transaction of its record (EVD-1, EVD-2)."""

from __future__ import annotations

import json
from pathlib import Path

from flask import current_app
from sqlalchemy import select

from lmsapp.evidence.ledger.actions import attest_many
from lmsapp.evidence.ledger.models import LedgerEvent, LedgerPending, LedgerSalt, LedgerSubject
from lmsapp.evidence.ledger.rules import commitment
from lmsapp.evidence.ledger.sources import COMPLETIONS
from lmsapp.evidence.records.actions import record_completion
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.infra.canonical import canonical, plain
from lmsapp.infra.db import db
from lmsapp.infra.ledger_keys import known_keys, public_of, signed_by
from lmsapp.infra.merkle import leaf_hash
from lmsapp.people.employees.models import Employee
from tests.clock import Clock
from tests.compliance.files import Graduate
from tests.conftest import Statements
from tests.evidence.ledger_events import HYGIENE, completed

OF_COMPLETIONS = LedgerEvent.record_kind == "completion_record"


def test_a_completion_testifies(clock: Clock) -> None:
    """EVD-2: the bytes hashed and signed say what the row says; who it is stands there as a salted commitment only."""
    graduate = Graduate(clock)
    record = db.session.scalars(select(CompletionRecord)).one()
    db.session.refresh(record)  # as the database keeps it
    event = db.session.scalars(select(LedgerEvent).where(OF_COMPLETIONS)).one()
    salt = db.session.scalars(select(LedgerSalt.salt).where(LedgerSalt.event_id == event.id)).one()
    said = json.loads(event.payload)
    assert event.payload == canonical(said)
    assert said["facts"] == plain(COMPLETIONS.facts_of(record))
    assert said["personal"] == commitment(salt, COMPLETIONS.personal_of(record))
    assert (said["record"], said["what"]) == (["completion_record", str(record.id)], "completed")
    assert graduate.employee.name not in event.payload.decode() and graduate.employee.number not in said.values()
    subject = db.session.scalars(select(LedgerSubject)).one()
    assert subject.salt is not None
    assert said["subject"] == subject.commitment == commitment(subject.salt, graduate.employee.id)
    assert event.leaf == leaf_hash(event.payload)
    keys = known_keys(Path(current_app.config["DATA_DIR"]))
    assert signed_by(public_of(keys[event.key_id]), event.signature, event.payload)
    assert event.id in db.session.scalars(select(LedgerPending.event_id)).all()


def test_many_at_once(clock: Clock) -> None:
    """EVD-2: each row its own event and salt; one person bears one name."""
    Graduate(clock)
    record = db.session.scalars(select(CompletionRecord)).one()
    attest_many(COMPLETIONS, [record, record], "completed")
    events = db.session.scalars(select(LedgerEvent).where(OF_COMPLETIONS)).all()
    assert len({one.event_id for one in events}) == len({one.leaf for one in events}) == 3
    assert len({one.subject for one in events}) == 1


def test_record_and_event_are_written_at_once(clock: Clock, statements: Statements) -> None:
    """EVD-1, EVD-2: of somebody known by one question and one statement, since each completion passes here. The record
    is then as one that was loaded: nothing of it has to be asked for, and it says what the database keeps."""
    person = db.session.get_one(Employee, completed().employee_id)
    statements.clear()
    record = record_completion(person, "Ward 3", HYGIENE, at=clock.instant, by=None)
    said = _columns(record)
    assert [one.split()[0] for one in statements] == ["SELECT", "WITH"]
    assert record in db.session and not db.session.new and not db.session.dirty
    db.session.refresh(record)
    assert _columns(record) == said
    event = db.session.scalars(select(LedgerEvent).where(OF_COMPLETIONS, LedgerEvent.record_id == record.id)).one()
    assert json.loads(event.payload)["facts"] == plain(COMPLETIONS.facts_of(record))


def test_what_was_changed_before_is_written_before(clock: Clock, statements: Statements) -> None:
    """ENR-2: completing locks rows in the same order on every path, or two of them wait for each other."""
    person = db.session.get_one(Employee, completed().employee_id)
    statements.clear()
    person.location = "Basel"
    record_completion(person, "Ward 3", HYGIENE, at=clock.instant, by=None)
    assert [one.split()[0] for one in statements] == ["UPDATE", "SELECT", "WITH"]


def _columns(record: CompletionRecord) -> dict[str, object]:
    return {column.name: getattr(record, column.name) for column in record.__table__.columns}


def test_every_column_is_spoken_for() -> None:
    """EVD-2: a column that is in no list could be changed unseen."""
    columns = {column.name for column in COMPLETIONS.model.__table__.columns}
    assert columns == {"id", *COMPLETIONS.facts, *COMPLETIONS.personal, *COMPLETIONS.left_out}
