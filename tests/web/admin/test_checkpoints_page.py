"""The ledger's own page: what stands, what is wrong, exports, a new tree; alarms and checkpoints by letter (EVD-2)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import current_app
from sqlalchemy import select

from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.evidence.ledger.exporting import tell_checkpoint
from lmsapp.evidence.ledger.models import LedgerCheckpoint, LedgerEpoch, LedgerExport
from lmsapp.evidence.ledger.sequencing import sequence
from lmsapp.evidence.ledger.troubles import RECEIPT, note_trouble
from lmsapp.evidence.ledger.watching import look_after
from lmsapp.infra.db import db
from lmsapp.infra.words import RuleBroken
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.accounts.actions import set_password
from lmsapp.people.settings.actions import change_settings
from tests.cast import Cast, make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.evidence.ledger_events import many
from tests.undoing import undone

PASSWORD = "correct horse battery staple"
PAGE = "/admin/checkpoints"


@pytest.fixture
def people(tmp_path: Path) -> Iterator[Cast]:
    current_app.config["LEDGER_EXPORT"] = str(tmp_path)
    yield make_cast()
    current_app.config["LEDGER_EXPORT"] = ""


def test_the_page(client: PageClient, clock: Clock, people: Cast, tmp_path: Path) -> None:
    """EVD-2: empty, signed, exported, refused, begun anew; auditors look, only system managers act, Otto sees nothing."""
    set_password(people.sam.user, PASSWORD, by=None)
    db.session.commit()
    sam, aki = (people.sam.user.id, people.sam.user.session_epoch), people.aki.user.id
    client.sign_in(people.otto.user.id)
    for path in (PAGE, f"{PAGE}/latest.txt"):
        assert client.get(path).status_code == 403
    client.sign_in(*sam)
    assert "All is well" in client.get(PAGE).text and "Nothing is exported yet" in client.get(PAGE).text
    assert client.get(f"{PAGE}/latest.txt").status_code == 404
    many(1)
    sequence()
    assert client.post(f"{PAGE}/exports").status_code == 303
    row = db.session.scalars(select(LedgerExport)).one()
    assert row.name in client.get(PAGE).text and (tmp_path / row.name).exists()
    note = db.session.scalars(select(LedgerCheckpoint.note)).one()
    assert client.get(f"{PAGE}/latest.txt").text == note
    assert client.get("/admin/completion-ledger/verifier-keys.txt").text.startswith("training-ledger/")
    asked = {"reason": "Restored from Sunday's backup.", "present_password": PASSWORD}
    answer = client.post(f"{PAGE}/trees", data=asked)
    assert answer.status_code == 422 and "no new tree is needed" in answer.text

    with undone():
        many(3)
        sequence()
    many(1)
    assert sequence() == 0
    db.session.commit()
    client.sign_in(aki)
    said = client.get(PAGE).text
    assert "Nothing is signed" in said and "shorter than the ledger was" in said
    assert "Begin a new tree" not in said and "Export now" not in said
    for path in ("exports", "trees"):
        assert client.post(f"{PAGE}/{path}", data=asked).status_code == 403
    assert "trouble with signing" in client.get("/readyz").json["ledger"]

    client.sign_in(*sam)
    assert "Begin a new tree" in client.get(PAGE).text
    for wrong in ({"reason": "Kept words"}, {"reason": "Kept words", "present_password": "wrong"}):
        answer = client.post(f"{PAGE}/trees", data=wrong)
        assert answer.status_code == 422 and "Kept words" in answer.text
    assert client.post(f"{PAGE}/exports").status_code == 422
    assert client.post(f"{PAGE}/trees", data=asked).status_code == 303
    assert db.session.get_one(LedgerEpoch, 2).reason == asked["reason"]
    assert sequence() == 1
    said = client.get(PAGE).text
    assert "All is well" in said and "Why tree 2 began" in said
    assert client.get("/readyz").json["ledger"] == "ok"
    note_trouble(RECEIPT, RuleBroken("Shown: %(event)s", event="e-1"), why="e-1")
    db.session.commit()
    assert "Shown: e-1" in client.get(PAGE).text
    assert client.post(f"{PAGE}/receipts").status_code == 303
    assert "Shown: e-1" not in client.get(PAGE).text
    assert "looked into" in db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()


def test_letters(clock: Clock, people: Cast) -> None:
    """EVD-2: an alarm once to each system manager; the checkpoint of the day to auditors, where that is wanted."""

    def letters(template: str) -> list[tuple[int | None, str]]:
        rows = db.session.execute(select(Notice.user_id, Notice.channel).where(Notice.template == template))
        return sorted((row.user_id, row.channel) for row in rows)

    many(1)
    tell_checkpoint()
    sequence()
    tell_checkpoint()
    assert letters("ledger_checkpoint") == []
    change_settings({"ledger_to_auditors": True}, None)
    for _again in range(2):
        tell_checkpoint()
    assert letters("ledger_checkpoint") == [(people.aki.user.id, "email")]
    sent = db.session.scalars(select(Notice).where(Notice.template == "ledger_checkpoint")).one()
    assert db.session.scalars(select(LedgerCheckpoint.note)).one().splitlines()[2] in (sent.body_text or "")
    many(1)
    clock.move(minutes=2)
    for _again in range(2):
        look_after()
    sam = people.sam.user.id
    assert letters("ledger_trouble") == [(sam, "email"), (sam, "in_app")]
    told = db.session.scalars(select(Notice).where(Notice.template == "ledger_trouble")).first()
    assert told is not None and "Is the scheduler running?" in (told.body_text or "")
    sequence()
    look_after()
