"""Events of the completion ledger, quickly: somebody who completed something, and as many events of it as wanted."""

from __future__ import annotations

import hashlib
from decimal import Decimal

from sqlalchemy import select

from lmsapp.evidence.ledger.actions import attest_many
from lmsapp.evidence.ledger.sources import COMPLETIONS
from lmsapp.evidence.records.actions import Completed, record_completion
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.people.employees.models import Employee

HYGIENE = Completed(
    subject=("course", 1),
    title="Hand hygiene",
    content_version=1,
    content_sha256=hashlib.sha256(b"content").hexdigest(),
    rule_version=1,
    criteria=[],
    score=Decimal(90),
)


def completed(number: str = "L-1") -> CompletionRecord:
    """A record and its event, of somebody new."""
    person = Employee(number=number, name=f"Person {number}", sort_name=f"person {number}", time_zone="UTC")
    db.session.add(person)
    db.session.flush()
    return record_completion(person, "Ward 3", HYGIENE, at=clock.now(), by=None)


def many(count: int) -> None:
    """So many events more, of one record; the first time that of the record itself as well."""
    record = db.session.scalars(select(CompletionRecord)).first() or completed()
    attest_many(COMPLETIONS, [record] * count, "completed")
