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
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.infra.canonical import canonical, plain
from lmsapp.infra.db import db
from lmsapp.infra.ledger_keys import known_keys, public_of, signed_by
from lmsapp.infra.merkle import leaf_hash
from tests.clock import Clock
from tests.compliance.files import Graduate

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


def test_every_column_is_spoken_for() -> None:
    """EVD-2: a column that is in no list could be changed unseen."""
    columns = {column.name for column in COMPLETIONS.model.__table__.columns}
    assert columns == {"id", *COMPLETIONS.facts, *COMPLETIONS.personal, *COMPLETIONS.left_out}
