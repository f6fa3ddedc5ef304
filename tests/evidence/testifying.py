"""People whose completions, signatures, certificates and PDFs are on record, placed and sealed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from lmsapp.evidence.records.actions import Completed, record_completion, take_back_record
from lmsapp.evidence.sealed_tables.actions import seal_tables
from lmsapp.evidence.signatures.actions import write_signature
from lmsapp.infra import clock as product_clock
from lmsapp.infra.db import db
from lmsapp.insight.testified import SEALED
from lmsapp.learning.certificates.actions import issue_anew, revoke_certificate
from lmsapp.learning.certificates.models import Certificate
from lmsapp.people.roles import Role
from tests.cast import employee, staff
from tests.clock import Clock
from tests.compliance.files import Graduate
from tests.evidence.sequenced import place_all
from tests.evidence.signing import in_force, policy

# What is awkward to write the same way twice.
ODD: tuple[dict[str, Any], ...] = (
    {"title": "Händehygiene", "score": Decimal("66.666"), "criteria": [{"kind": "quiz", "value": 66.67, "of": None}]},
    {"title": "Cafe\u0301 au lait", "score": None, "criteria": []},
    {"title": 'Quotes " and \\ and\ttabs', "score": Decimal(0), "criteria": [{"kind": "time", "seconds": 1e3}]},
    {"title": "Ligatures ﬁ \U0001f9ea", "score": Decimal(100), "criteria": [{"kind": "all", "met": True}, 3, "x", []]},
)


def put_on_record(clock: Clock, people: int = 8) -> Graduate:
    """Priya with two certificates, one of them replaced, one revoked; others with odd completions and signatures."""
    graduate = Graduate(clock)
    mira = staff("Mira Moder", Role.MODERATOR).viewer
    version = in_force(policy())
    for number in range(people):
        person = employee(
            f"Zoe{number} Nu\u0301n\u0303ez", f"T-{number}", department="Cardiology", job_role="RN"
        ).record
        odd = ODD[number % len(ODD)]
        done = Completed(
            ("course", graduate.learner.written.course.id),
            odd["title"],
            1,
            "ab" * 32,
            1,
            odd["criteria"],
            odd["score"],
            1,
        )
        at = product_clock.now() - dt.timedelta(days=number, microseconds=number)
        record = record_completion(person, "Cardiology", done, at=at, by=mira if number % 2 else None, reason="Seen.")
        if number % 3 == 1:
            take_back_record(record, by=mira, reason="Wrong person.")
        write_signature(person, version, by=None, method="demonstration", reason="")
    first = db.session.scalars(select(Certificate)).one()
    second = issue_anew(first, holder_name="Priya Nair-Smith", by=mira, reason="Married.")
    revoke_certificate(second, by=mira, reason="Not hers.")
    graduate.seal()
    settle()
    return graduate


def settle() -> None:
    """All that waits is placed, all that is new sealed, and the seals placed."""
    place_all(5)
    while seal_tables(SEALED):
        pass
    place_all()
    db.session.commit()
