"""Promises worded when they are sent (REM-1, REM-3, REM-7)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.queue import Ring
from lmsapp.outreach.notices import delivery, promising
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.queries import count_unread, unread_for
from lmsapp.outreach.notices.recipient import Recipient
from lmsapp.people.accounts.models import User
from lmsapp.people.viewer import Viewer
from tests.clock import Clock
from tests.outreach.post import ANN, MailServer, mail_server

VALUES = {"email": "ann@example.org"}


@pytest.fixture
def server(app: Flask, clock: Clock) -> Iterator[MailServer]:
    with mail_server(app) as running:
        yield running


def row(key: str = "k/1", **changes: Any) -> dict[str, Any]:
    given = {"channel": "email", "template": "invitation", "to": ANN, "about": ("user", 7), "reason": {}, "link": "/a"}
    return promising.promise_row(key=key, **(given | changes))


def notice(key: str) -> Notice:
    return db.session.scalars(
        select(Notice).where(Notice.key == key), execution_options={"populate_existing": True}
    ).one()


def test_a_promise_is_worded_when_it_is_sent(server: MailServer, clock: Clock, rings: list[Ring]) -> None:
    """REM-7: by what is true then, and at a second try by what is true then; the row keeps what was said."""
    with unit_of_work():
        assert promising.promise_many([row(), row("k/2"), row()]) == 2
        assert promising.promise_many([row()]) == 0, "REM-3: promised once"
    promised = notice("k/1")
    assert (promised.subject, promised.status, promised.worded_at, promised.about_id) == ("", "queued", None, 7)
    assert rings == [Ring("send_notice", (notice(key).id,)) for key in ("k/1", "k/2")]
    server.to_data = "451 later"
    delivery.send(promised.id, {}, {"invitation": lambda _notice: {**VALUES, "link": "/first"}})
    assert notice("k/1").link == "/first"
    server.to_data = "250 OK"
    clock.move(minutes=1)
    delivery.send(promised.id, {}, {"invitation": lambda _notice: {**VALUES, "link": "/second"}})
    sent = notice("k/1")
    assert (sent.status, sent.link, sent.worded_at) == ("sent", "/second", clock.instant)
    assert server.mails[-1]["Subject"] == sent.subject != ""
    assert "/second" in sent.body_text


def test_what_cannot_be_said_is_not_sent(server: MailServer) -> None:
    """REM-3, REM-4: not true any more: suppressed; no text for it: failed, where staff see it. Nothing goes out."""
    with unit_of_work():
        promising.promise_many([row(), row("k/2"), row("k/3", template="no_such_folder")])
    delivery.send(notice("k/1").id, {}, {"invitation": lambda _notice: None})
    delivery.send(notice("k/2").id, {}, {})
    delivery.send(notice("k/3").id, {}, {"no_such_folder": lambda _notice: VALUES})
    assert [notice(key).status for key in ("k/1", "k/2", "k/3")] == ["suppressed", "failed", "failed"]
    assert notice("k/1").error == delivery.CHANGED_SINCE
    assert notice("k/3").error == delivery.NO_TEXT
    assert not server.mails


def test_each_channel_needs_its_own_address(server: MailServer, clock: Clock) -> None:
    """REM-4, REM-7: without one it is kept as suppressed, with the reason; in the product it shows once it is worded."""
    user = User(email="ann@example.org", name="Ann Lee", password_hash="")
    db.session.add(user)
    db.session.flush()
    nobody = Recipient(name="Ann Lee", address=None, user_id=user.id)
    reader = Viewer(user_id=user.id, employee_id=None, name="Ann", email="", roles=frozenset())
    with unit_of_work():
        rows = [row(f"k/{way}", channel=way, to=nobody) for way in ("email", "sms", "slack", "in_app")]
        later = row("k/later", not_before=clock.instant.replace(hour=23), gathered=True)
        assert promising.promise_many([*rows, later]) == 5
    said = {way: notice(f"k/{way}") for way in ("email", "sms", "slack", "in_app")}
    assert [one.status for one in said.values()] == ["suppressed", "suppressed", "queued", "queued"]
    assert said["sms"].suppressed_as == "no address"
    assert said["sms"].error == promising.NO_MOBILE
    assert (notice("k/later").status, notice("k/later").next_try_at.hour) == ("gathered", 23)
    assert count_unread(reader) == 0, "not yet in words"
    delivery.send(said["in_app"].id, {}, {"invitation": lambda _notice: VALUES})
    assert [one.subject for one in unread_for(reader)] == [notice("k/in_app").subject] != [""]
