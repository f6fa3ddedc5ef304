"""Receipts: kept by whoever completed something, and held against the ledger by anybody (EVD-2)."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select, text

from lmsapp.evidence.ledger.models import LedgerTrouble
from lmsapp.evidence.ledger.sequencing import sequence
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.infra.db import db
from tests.cast import employee
from tests.client import PageClient
from tests.clock import Clock
from tests.learning.certificates.learners import Learner
from tests.undoing import undone


def shown(client: PageClient, receipt: Any, name: str = "receipt.json") -> str:
    content = receipt if isinstance(receipt, bytes) else json.dumps(receipt).encode()
    sent = {"receipt": (io.BytesIO(content), name)}
    answer = client.post("/verify/receipt", data=sent, content_type="multipart/form-data")
    assert answer.status_code == 200 and answer.headers["X-Robots-Tag"] == "noindex"
    return answer.text


def test_a_receipt_from_completing_to_its_proof(client: PageClient, clock: Clock) -> None:
    """EVD-2: there at once, with its proof later; both are held; nobody else sees it; it names nobody."""
    learner = Learner(clock, name="Zoë Ångström")
    client.sign_in(learner.employee.user_id)
    assert "No receipt yet" in client.get("/learn/record/receipts").text
    certificate = learner.finish()
    record_id = db.session.scalars(select(CompletionRecord.id)).one()
    address = f"/learn/record/receipts/{record_id}"
    assert address in client.get(f"/learn/certificates/{certificate.id}").text
    assert "waits for its checkpoint" in client.get("/learn/record/receipts").text
    assert "waiting for its checkpoint" in client.get(address).text
    early = client.get(f"{address}.json").json
    assert early["proof"] is None
    assert "The ledger holds it" in shown(client, early)
    assert sequence() > 0
    assert "checkpoint is signed" in client.get(address).text
    late = client.get(f"{address}.json").json
    for receipt in (early, late):
        said = shown(client, receipt)
        assert "The ledger holds it" in said and certificate.title in said
        assert "Zoë" not in json.dumps(receipt, ensure_ascii=False) and learner.employee.number not in said
    otto = employee("Otto Other", "E-77", department="Ward", job_role="Nurse")
    db.session.commit()
    client.sign_in(otto.user.id)
    for path in (address, f"{address}.json"):
        assert client.get(path).status_code == 404


WRONG = (b"", b"[]", b"{}", b"\xff\xfe", b"[" * 60_000, b"{" + b" " * 70_000, b'{"format": "training-receipt/1"}')


@pytest.fixture
def late(client: PageClient, clock: Clock) -> Iterator[dict[str, Any]]:
    """A receipt with its proof."""
    learner = Learner(clock)
    learner.finish()
    sequence()
    client.sign_in(learner.employee.user_id)
    record_id = db.session.scalars(select(CompletionRecord.id)).one()
    yield client.get(f"/learn/record/receipts/{record_id}.json").json
    client.get("/sign-out")


@pytest.mark.owner
def test_what_is_told_of_a_receipt(client: PageClient, late: dict[str, Any]) -> None:
    """EVD-2: no receipt, not ours, removed, changed, another tree; what was signed here and is gone is an alarm."""
    for wrong in WRONG:
        assert "This is not a receipt" in shown(client, wrong), wrong[:40]
    proof = late["proof"]
    for change in (
        {"payload": late["payload"].replace("completed", "completeD")},
        {"leaf": "00" * 32},
        {"signature": late["signature"][:-4] + "AAA="},
        {"key": late["key"].replace("+", "+0")},
        {"proof": {**proof, "position": proof["position"] + 1}},
        {"proof": {**proof, "size": 7}},
        {"proof": {**proof, "path": ["AAAA"]}},
        {"proof": {**proof, "checkpoint": proof["checkpoint"].replace("training", "traiming")}},
    ):
        assert "not as it was given" in shown(client, {**late, **change}), change
    for change in ({"leaf": "x"}, {"payload": 7}, {"proof": []}, {"proof": {**proof, "size": "1"}}, {"key": ""}):
        assert "This is not a receipt" in shown(client, {**late, **change}), change
    assert db.session.scalars(select(LedgerTrouble)).all() == []
    db.session.commit()
    gone = "DELETE FROM ledger_leaf; DELETE FROM ledger_salt; DELETE FROM ledger_event"
    for tampered, words in (
        (gone, "does not hold it any more"),
        ("DELETE FROM ledger_leaf", "does not hold it any more"),
        (
            "UPDATE ledger_event SET payload = replace(encode(payload, 'escape'), '2026', '2025')::bytea",
            "something else",
        ),
        ("UPDATE ledger_leaf SET leaf = sha256('x')", "something else"),
    ):
        with undone():
            db.session.execute(text("ALTER TABLE ledger_leaf DISABLE TRIGGER USER"))
            db.session.execute(text("ALTER TABLE ledger_event DISABLE TRIGGER USER"))
            db.session.execute(text("ALTER TABLE ledger_salt DISABLE TRIGGER USER"))
            for statement in tampered.split("; "):
                db.session.execute(text(statement))
            db.session.commit()
            assert words in shown(client, late), tampered
            trouble = db.session.scalars(select(LedgerTrouble)).one()
            assert (trouble.kind, trouble.facts["event"]) == ("receipt", late["event"])
    assert "The ledger holds it" in shown(client, late)
    assert client.post("/verify/receipt", data={}).status_code == 422
