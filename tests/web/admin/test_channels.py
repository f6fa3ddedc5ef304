"""Channels as system managers set them up, and what failed, in many rows at once (REM-4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra import outbound, slack, sms
from lmsapp.infra.db import db
from lmsapp.infra.secrets import unseal
from lmsapp.outreach.channels import outages
from lmsapp.outreach.channels.models import Channel
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.recipient import Recipient
from tests.cast import Cast, make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.conftest import Statements
from tests.outreach.gateway import Gateway, gateway, say
from tests.outreach.post import mail_server, promise
from tests.outreach.ways import SMS_FORM, slack_channel, sms_channel

LIST = "/admin/channels"


@pytest.fixture
def cast(clock: Clock) -> Cast:
    made = make_cast()
    db.session.commit()
    return made


@pytest.fixture
def server() -> Iterator[Gateway]:
    with gateway() as running:
        yield running


@pytest.fixture
def sam(client: PageClient, cast: Cast) -> PageClient:
    client.sign_in(cast.sam.user.id, cast.sam.user.session_epoch)
    return client


def filled(server: Gateway, **changes: Any) -> dict[str, Any]:
    """As the browser sends it: a box that is not ticked is not sent."""
    form = {**SMS_FORM, "name": "Texts", "url": f"{server.url}/sms", "secret": "t0ken-never-shown", "department_id": ""}
    return {name: value for name, value in (form | changes).items() if value is not False}


def only() -> Channel:
    return db.session.scalars(select(Channel), execution_options={"populate_existing": True}).one()


def test_who_may_open_it(client: PageClient, cast: Cast, server: Gateway) -> None:
    """ORG-2, SEC-4: system managers; not the auditor, not Otto."""
    channel = slack_channel(server)
    db.session.commit()
    assert client.get(LIST).status_code == 302
    paths = (LIST, f"{LIST}/new?kind=sms", f"{LIST}/{channel.id}", f"{LIST}/email")
    for name, person in cast.everybody.items():
        client.sign_in(person.user.id, person.user.session_epoch)
        for path in paths if name in ("sam", "aki", "otto") else paths[:1]:
            assert client.get(path).status_code == (200 if name == "sam" else 403), (name, path)
        if name in ("aki", "otto"):
            assert client.post(f"{LIST}/{channel.id}/tests", data={}).status_code == 403
    assert not server.asked


def test_from_empty_to_on(sam: PageClient, server: Gateway) -> None:
    """REM-4, SEC-5: wrong in words with nothing typed lost; a test says at once; the secret is never seen again."""
    assert "Only e-mail so far" in sam.get(LIST).text
    assert sam.get(f"{LIST}/new?kind=pigeon").status_code == 404
    wrong = sam.post(f"{LIST}?kind=sms", data=filled(server, fields_text="to = {{to}}"))
    assert wrong.status_code == 422 and "One line must have {{text}}." in wrong.text
    assert f"{server.url}/sms" in wrong.text and "t0ken-never-shown" not in wrong.text
    assert (
        "Send a test, then switch it on."
        in sam.post(f"{LIST}?kind=sms", data=filled(server), follow_redirects=True).text
    )
    channel, here = only(), f"{LIST}/{only().id}"
    assert (channel.enabled, unseal(channel.secret)) == (False, "t0ken-never-shown")
    assert "Say where the test should go." in sam.post(f"{here}/tests", data={"to": ""}).text
    server.next(say(401, "bad token"))
    assert f"{sms.NOT_LET_IN}: 401 bad token" in sam.post(f"{here}/tests", data={"to": "312 555 0100"}).text
    assert only().error.startswith(sms.NOT_LET_IN)
    assert "The test was taken" in sam.post(f"{here}/tests", data={"to": "312 555 0100"}).text
    assert server.taken[0].fields["to"] == "+13125550100" and only().error == ""
    assert "is on" in sam.post(f"{here}/state", data={"on": "y"}, follow_redirects=True).text
    assert only().enabled
    kept = sam.post(here, data=filled(server, secret="", name="Field workers"), follow_redirects=True)
    assert "Saved." in kept.text and unseal(only().secret) == "t0ken-never-shown"
    moved = sam.post(here, data=filled(server, secret="", url="https://thief.example.org/"))
    assert moved.status_code == 422 and "another machine" in moved.text
    pages = [sam.get(path).text for path in (LIST, here, "/admin/audit-trail?kind=channel")]
    assert all("t0ken-never-shown" not in page for page in pages) and "Field workers" in pages[0]
    assert {"channel added", "channel tested", "switched on", "channel changed"} <= set(
        db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_kind == "channel"))
    )
    gone = sam.post(f"{here}/removal", follow_redirects=True)
    assert "was removed" in gone.text and not db.session.scalars(select(Channel)).all()


def test_slack_in_plain_words(sam: PageClient, server: Gateway) -> None:
    """REM-4: what Slack says in one word is said in a sentence."""
    form = {"name": "Ops", "secret": f"{server.url}/slack/T0/B0/k3y", "inside": "y", "department_id": ""}
    sam.post(f"{LIST}?kind=slack", data=form)
    here = f"{LIST}/{only().id}"
    assert "k3y" not in sam.get(here).text and "127.0.0.1" in sam.get(here).text
    server.next(say(404, "no_service"), say(410, "channel_is_archived"), say(400, "invalid_payload"))
    for words in (slack.BROKEN["no_service"], slack.BROKEN["channel_is_archived"], slack.UNWANTED["invalid_payload"]):
        assert words in sam.post(f"{here}/tests", data={"to": ""}).text
    assert "The test was taken" in sam.post(f"{here}/tests", data={"to": "U024BE7LH"}).text
    assert server.taken[-1].fields["text"].startswith("<@U024BE7LH> ")
    bad = sam.post(f"{LIST}?kind=apprise", data={"name": "X", "secret": "syslog://", "department_id": ""})
    assert bad.status_code == 422 and "not one of those we send to" in bad.text


def test_email_has_its_test(sam: PageClient, app: Flask) -> None:
    """REM-4: shown as the environment sets it, without the password; tried at once."""
    app.config["SMTP_PASSWORD"] = "never-shown"
    try:
        with mail_server(app) as post:
            page = sam.post(f"{LIST}/email/tests", data={"to": "sam@example.org"}).text
            assert "The test was taken" in page and f"127.0.0.1:{post.port}" in page and "never-shown" not in page
            assert len(post.mails) == 1
            post.to_recipient = lambda _address: "550 no such user"
            assert "550 no such user" in sam.post(f"{LIST}/email/tests", data={"to": "gone@example.org"}).text
    finally:
        app.config["SMTP_PASSWORD"] = ""


def test_a_failing_channel_is_seen(sam: PageClient, server: Gateway) -> None:
    """REM-4: on its page, on the list, at Jobs and above the notices; a test that is taken sends what waits."""
    channel = sms_channel(server)
    for _failure in range(3):
        outages.note_failure(f"channel/{channel.id}", f"{outbound.NOT_REACHED}: gone")
    waiting = write("w", "queued", channel="sms", channel_id=channel.id, error="x")
    waiting.next_try_at += dt.timedelta(minutes=15)
    db.session.commit()
    here = f"{LIST}/{channel.id}"
    for path in ("/admin/jobs", "/admin/notices"):
        assert "Texts: nothing has got through since" in sam.get(path).text
    for page in (sam.get(LIST).text, sam.get(here).text):
        assert f"{outbound.NOT_REACHED}: gone" in page and "1 message waits" in page
    sam.post(f"{here}/tests", data={"to": "312 555 0100"})
    assert "has got through" not in sam.get("/admin/jobs").text
    db.session.refresh(waiting)
    assert waiting.next_try_at <= waiting.queued_at


def write(key: str, status: str, **changes: Any) -> Notice:
    notice = promise(key, Recipient(name=f"Person {key}", address=f"{key}@example.org"))
    for name, value in {"status": status, **changes}.items():
        setattr(notice, name, value)
    db.session.commit()
    return notice


def state(notice: Notice) -> tuple[str, bool]:
    db.session.refresh(notice)
    return notice.status, notice.given_up_at is not None


def test_many_that_failed(sam: PageClient, server: Gateway, statements: Statements) -> None:
    """REM-4, REM-7: sent again or given up, each with its result; a second copy is never risked unasked."""
    texts = sms_channel(server)
    failed, sent = write("failed", "failed", error="550 no"), write("sent", "sent")
    nowhere = write("nowhere", "failed", address=None)
    unknown = write("unknown", "unknown", message_id="<1@x>")
    known = write("known", "unknown", channel="sms", channel_id=texts.id, message_id="key-1")
    stuck = "/admin/notices?status=failed&status=unknown"
    page = sam.get(stuck).text
    assert page.count('class="pick"') == 4 and "gives no second copy" in page and "may give them a second copy" in page
    picks = [one.id for one in (failed, sent, nowhere, unknown, known)]
    asked = sam.post("/admin/notices/tries?status=failed&status=unknown", data={"pick": picks})
    assert asked.status_code == 200 and "1 of them may arrive a second time" in asked.text
    assert state(failed)[0] == "failed", "nothing was done yet"
    done = sam.post("/admin/notices/tries", data={"pick": picks, "sure": "y"}).text
    assert "3 of 4 messages." in done and "There is no e-mail address on file." in done
    assert [state(one)[0] for one in (failed, sent, nowhere, unknown, known)] == [
        "queued", "sent", "failed", "queued", "queued"
    ]  # fmt: skip
    assert (unknown.message_id, known.message_id) == (None, "key-1"), "its key is kept where somebody knows it"
    given_up = sam.post("/admin/notices/endings?status=failed", data={"everything": "1"}).text
    assert "1 of 1 message." in given_up and state(nowhere) == ("failed", True)
    assert "Person nowhere" not in sam.get(stuck).text
    assert "Person nowhere" in sam.get("/admin/notices?status=given+up").text
    assert {"sent again", "given up"} <= set(db.session.scalars(select(AuditEntry.action)))
    for number in range(5):
        write(f"more{number}", "failed")
    statements.clear()
    sam.get(stuck)
    few = len(statements)
    for number in range(5, 45):
        write(f"more{number}", "failed")
    statements.clear()
    assert sam.get(stuck).text.count('class="pick"') == 45 and len(statements) == few
