"""ORG-7: asking, signing, what a signature says, and what it refuses. On real PostgreSQL."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import func, select

from lmsapp.evidence.signatures import actions, queries
from lmsapp.evidence.signatures.models import Signature, SignatureRequest, SigningText
from lmsapp.evidence.signatures.rules import SEALED, Words, fingerprint, seal_of
from lmsapp.infra.db import db
from tests.cast import Cast, Person, make_cast
from tests.clock import Clock
from tests.evidence.signing import MEANING, PASSWORD, can_sign, in_force, policy

DUE = dt.date(2026, 12, 1)
SOURCE = ("onboarding_task", 7)


@pytest.fixture
def cast(clock: Clock) -> Cast:
    made = make_cast()
    can_sign(made.lena, made.otto, made.mark)
    return made


def ask(person: Person, wanted: SigningText, source: tuple[str, int] = SOURCE) -> SignatureRequest:
    return actions.request_signature(person.record, wanted, due_on=DUE, source=source, by=None)


def signed(person: Person, wanted: SigningText, password: str = PASSWORD, *, agreed: bool = True) -> Signature:
    return actions.sign(person.viewer, in_force(wanted), password=password, address="192.0.2.1", meaning_agreed=agreed)


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(Signature)) or 0


def test_a_signature_says_who_when_what_and_why(cast: Cast) -> None:
    """ORG-7, 21 CFR 11.50: printed name, number, instant with zone, meaning, the exact text; the request is done."""
    hygiene = policy()
    asked = ask(cast.lena, hygiene)
    signature = signed(cast.lena, hygiene)
    assert (signature.printed_name, signature.employee_number) == ("Lena Fischer", "E-101")
    assert signature.local_time == "2026-11-02T06:00:00-06:00"
    assert signature.time_zone == "America/Chicago"
    assert signature.meaning == MEANING
    assert signature.text_sha256 == fingerprint(Words("Hand hygiene", MEANING, "Wash your **hands**."))
    assert signature.sha256 == seal_of({name: getattr(signature, name) for name in SEALED})
    assert asked.signature_id == signature.id
    assert queries.requests_for(cast.lena.viewer) == []


def test_asking_twice_is_one_request_and_a_valid_signature_fulfils_the_next(cast: Cast) -> None:
    """ORG-7: once for each source; who has signed the version in force need not sign again for another source."""
    hygiene = policy()
    assert ask(cast.lena, hygiene).id == ask(cast.lena, hygiene).id
    signature = signed(cast.lena, hygiene)
    assert ask(cast.lena, hygiene, ("policy round", 3)).signature_id == signature.id
    assert ask(cast.lena, hygiene).signature_id == signature.id
