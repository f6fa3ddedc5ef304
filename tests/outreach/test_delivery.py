"""One promise, one mail: through rings too many, busy servers, lost answers and dead workers (REM-3, REM-4, REM-7)."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from lmsapp.infra import backoff, files, mail, queue
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.queue import Ring
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.outreach.notices import actions, delivery, gate, parcels, waits
from lmsapp.outreach.notices.claimed import claim
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.recipient import Recipient, recipient_for
from lmsapp.people.accounts.models import User
from lmsapp.people.roles import Role
from lmsapp.people.viewer import Viewer
from tests.clock import Clock
from tests.outreach.post import ANN, MailServer, mail_server, promise

SAM = Viewer(user_id=1, employee_id=None, name="Sam", email="sam@example.org", roles=frozenset({Role.SYSTEM_MANAGER}))
OTTO = Viewer(user_id=2, employee_id=None, name="Otto", email="otto@example.org")


@pytest.fixture
def server(app: Flask, clock: Clock) -> Iterator[MailServer]:
    with mail_server(app) as running:
        yield running


def now(notice: Notice) -> Notice:
    """As it stands in the database."""
    return db.session.scalars(
        select(Notice).where(Notice.id == notice.id), execution_options={"populate_existing": True}
    ).one()


def write(**changes: object) -> Notice:
    with unit_of_work():
        return promise(**changes)  # type: ignore[arg-type]


def send(notice: Notice) -> Notice:
    delivery.send(notice.id, {})
    return now(notice)


def test_sent_once_however_often_the_bell_rings(server: MailServer, clock: Clock) -> None:
    """REM-3, REM-7: and the row says when, by which message id."""
    notice = write()
    for _ring in range(3):
        send(notice)
    (mail_,) = server.mails
    sent = now(notice)
    assert (sent.status, sent.sent_at, sent.tries, sent.error) == ("sent", clock.instant, 1, None)
    assert mail_["Message-ID"] == sent.message_id
    assert mail_["Subject"] == sent.subject


def test_many_workers_at_once_send_one(own_app: Flask) -> None:
    """REM-3: the claim is the database's, so that threads and machines do not matter."""
    queue.use_bell(own_app, lambda _rings: None)
    with mail_server(own_app) as server:
        server.slow_s = 0.2
        with own_app.app_context():
            ids = [write(key=f"k{n}").id for n in range(3)]
        start = threading.Barrier(12)

        def work(notice_id: int) -> None:
            start.wait()
            with own_app.app_context():
                delivery.send(notice_id, {})

        threads = [threading.Thread(target=work, args=(ids[n % 3],)) for n in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with own_app.app_context():
            assert set(db.session.scalars(select(Notice.status))) == {"sent"}
        assert len(server.mails) == 3
        assert len({one["Message-ID"] for one in server.mails}) == 3


def test_a_second_notice_of_the_same_key_is_not_written(rings: list[Ring]) -> None:
    """REM-3."""
    notice = write()
    with unit_of_work():
        assert actions.write_notice(key=notice.key, channel="email", template="invitation", to=ANN, values={}) is None
    assert rings == [Ring("send_notice", (notice.id,))]


def test_a_busy_server_is_asked_again_later_and_not_for_ever(server: MailServer, clock: Clock) -> None:
    """REM-4: 1, 5, 15 minutes, 1, 4, 12 hours, then staff see it."""
    server.to_data = "451 try later"
    notice = write()
    for wait in backoff.WAITS:
        tried = send(notice)
        assert (tried.status, tried.error) == ("queued", "451 try later")
        assert tried.next_try_at - clock.instant == wait
        assert send(notice).tries == tried.tries, "not before its time"
        clock.move(seconds=wait.total_seconds())
    assert send(notice).status == "failed"
    assert not server.mails


def test_back_to_work_after_a_bad_hour(server: MailServer, clock: Clock, rings: list[Ring]) -> None:
    server.to_recipient = lambda _address: "450 greylisted"
    notice = write()
    send(notice)
    server.to_recipient = lambda _address: "250 OK"
    clock.move(minutes=1)
    rings.clear()
    with unit_of_work():
        delivery.sweep()
    assert rings == [Ring("send_notice", (notice.id,))]
    assert send(notice).status == "sent"


def test_one_bad_address_stops_nobody_else(server: MailServer) -> None:
    """REM-4: refused by the server, or no address at all: failed in words, and the rest goes out."""
    server.to_recipient = lambda address: "550 no such user" if address == "gone@example.org" else "250 OK"
    gone = write(key="1", to=Recipient(name="Gone", address="gone@example.org"))
    nonsense = write(key="2", to=Recipient(name="Typo", address="typo@@example"))
    good = write(key="3")
    none = write(key="4", to=Recipient(name="Otto", address=None))
    assert [send(one).status for one in (gone, nonsense, good, none)] == ["failed", "failed", "sent", "suppressed"]
    assert now(gone).error == "550 no such user"
    assert "not an e-mail address" in str(now(nonsense).error)
    assert (now(none).error, now(none).suppressed_as) == (actions.NO_ADDRESS, "no address")
    assert len(server.mails) == 1


def test_no_value_begins_a_header_of_its_own(server: MailServer) -> None:
    """SEC-2: line breaks in names stay inside their header."""
    send(write(to=Recipient(name="Ann\r\nBcc: all@example.org", address="ann@example.org")))
    (got,) = server.mails
    assert got["Bcc"] is None
    assert got["To"].addresses[0].display_name == "Ann Bcc: all@example.org"


def test_suppressed_when_no_longer_wanted(server: MailServer) -> None:
    """REM-3: no reminder after completion, however late the worker comes; the row says why."""
    notice = write(about=("assignment", 7))
    delivery.send(notice.id, {"invitation": lambda about_id: f"Assignment {about_id} is completed."})
    assert (now(notice).status, now(notice).error) == ("suppressed", "Assignment 7 is completed.")
    assert not server.mails
    wanted = write(key="2", about=("assignment", 8))
    delivery.send(wanted.id, {"invitation": lambda _id: None})
    assert now(wanted).status == "sent"


def test_a_lost_answer_is_left_to_a_person(server: MailServer, clock: Clock, rings: list[Ring]) -> None:
    """REM-3: it may have arrived; no machine sends it again."""
    server.drops_before_answer = True
    notice = write()
    assert send(notice).status == "unknown"
    clock.move(days=2)
    rings.clear()
    with unit_of_work():
        delivery.sweep()
    assert rings == []
    assert send(notice).status == "unknown"
    assert len(server.mails) == 1


class Killed(BaseException):
    """The worker is gone between two of its steps."""


def die(*_args: object, **_values: object) -> None:
    raise Killed


@pytest.mark.parametrize(
    ("step", "then"),
    [("connection", "queued"), ("announce", "queued"), ("transmit", "unknown")],
)
def test_a_worker_that_dies(
    server: MailServer, clock: Clock, monkeypatch: pytest.MonkeyPatch, step: str, then: str
) -> None:
    """REM-3: before handing over began it is sent again, afterwards nobody knows."""
    notice = write()
    with monkeypatch.context() as during:
        during.setattr(mail, step, die)
        with pytest.raises(Killed):
            delivery.send(notice.id, {})
    assert send(notice).status == "sending", "its lease stands"
    clock.move(seconds=backoff.LEASE.total_seconds())
    with unit_of_work():
        delivery.sweep()
    assert now(notice).status == then
    assert send(notice).status == ("sent" if then == "queued" else "unknown")


def test_dies_after_handing_over(server: MailServer, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """REM-3, REM-7: sent, but not marked: shown as unknown, with words."""
    notice = write()
    with monkeypatch.context() as during:
        during.setattr(delivery, "_mark", die)
        with pytest.raises(Killed):
            delivery.send(notice.id, {})
    assert len(server.mails) == 1
    clock.move(seconds=backoff.LEASE.total_seconds())
    with unit_of_work():
        delivery.sweep()
    assert (now(notice).status, now(notice).error) == ("unknown", delivery.FATE_UNKNOWN)


def test_a_worker_too_slow_does_not_hand_over(
    server: MailServer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """REM-3: its lease ran out while it connected, and another one took the row."""
    notice = write()
    announce = mail.announce

    def oversleep(*given: object) -> None:
        announce(*given)  # type: ignore[arg-type]
        clock.move(seconds=backoff.LEASE.total_seconds())
        with unit_of_work():
            delivery.sweep()
        with monkeypatch.context() as other:
            other.setattr(mail, "announce", announce)
            delivery.send(notice.id, {})

    monkeypatch.setattr(mail, "announce", oversleep)
    delivery.send(notice.id, {})
    assert len(server.mails) == 1
    assert (now(notice).status, now(notice).tries) == ("sent", 2)


def test_a_sleeper_does_not_take_a_later_claim_for_its_own(
    server: MailServer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """REM-3: asleep before handing over, while the notice failed, a person asked again, and another worker claimed it."""
    notice = write()
    announce = mail.announce

    def oversleep(*given: object) -> None:
        announce(*given)  # type: ignore[arg-type]
        clock.move(seconds=backoff.LEASE.total_seconds())
        with unit_of_work():
            delivery.sweep()
        with unit_of_work():
            now(notice).status = "failed"
        with unit_of_work():
            actions.retry_notice(notice.id, SAM)
        assert claim(notice.id) is not None

    monkeypatch.setattr(mail, "announce", oversleep)
    delivery.send(notice.id, {})
    assert server.mails == []
    assert (now(notice).status, now(notice).tries, now(notice).message_id) == ("sending", 1, None)


def test_a_queue_that_is_never_empty_hides_no_lost_ring(clock: Clock, rings: list[Ring]) -> None:
    """REM-4: what is due for ten minutes is rung for again, whatever else waits."""
    notice = write()
    rings.clear()
    for minutes, heard in ((9, []), (1, [Ring("send_notice", (notice.id,))])):
        clock.move(minutes=minutes)
        with unit_of_work():
            waits.ring_for_overlooked()
        assert rings == heard


def test_the_attachment_goes_along(server: MailServer) -> None:
    with unit_of_work():
        pdf = files.store(b"%PDF-1.7", name="Certificate\n1.pdf", media_type="application/pdf")
        notice = promise(attachment=pdf)
    assert send(notice).status == "sent"
    (attached,) = server.mails[0].iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("Certificate 1.pdf", b"%PDF-1.7")
    files.path_of(pdf.sha256).unlink()
    with unit_of_work():
        second = promise(key="2", attachment=db.session.get_one(files.StoredFile, pdf.id))
    assert (send(second).status, now(second).error) == ("failed", parcels.ATTACHMENT_GONE)


def test_retry_by_hand(server: MailServer, rings: list[Ring]) -> None:
    """REM-7: system managers only, and only what failed or nobody knows of."""
    server.to_recipient = lambda _address: "550 no"
    notice = write()
    assert send(notice).status == "failed"
    with pytest.raises(NotAllowed):
        actions.retry_notice(notice.id, OTTO)
    rings.clear()
    server.to_recipient = lambda _address: "250 OK"
    with unit_of_work():
        actions.retry_notice(notice.id, SAM)
    assert rings == [Ring("send_notice", (notice.id,))]
    assert send(notice).status == "sent"
    with pytest.raises(RuleBroken):
        actions.retry_notice(notice.id, SAM)


def test_without_a_queue_the_sweep_sends_it_later(
    app: Flask, server: MailServer, rings: list[Ring], caplog: pytest.LogCaptureFixture
) -> None:
    """REM-4: writing works without Redis; the row is the promise."""
    queue.use_bell(app, queue.RedisBell("redis://127.0.0.1:1/0"))
    notice = write()
    assert now(notice).status == "queued"
    queue.use_bell(app, rings.extend)
    with unit_of_work():
        delivery.sweep()
    assert rings == [Ring("send_notice", (notice.id,))]
    assert send(notice).status == "sent"


@pytest.mark.parametrize(("template", "status"), [("certificate_ready", "suppressed"), ("training_reminder", "sent")])
def test_letters_switched_off(server: MailServer, template: str, status: str) -> None:
    """ORG-8: an optional letter is not sent to who does not want it, and says why; a duty is always told."""
    user = User(email="lena@example.org", name="Lena", switched_off=["certificate_ready", "training_reminder"])
    db.session.add(user)
    db.session.flush()
    values = {
        "title": "Fire",
        "number": "1",
        "due_on": dt.date(2026, 12, 4),
        "days_left": 7,
        "issued_on": dt.date(2026, 11, 2),
    }
    notice = send(write(template=template, to=recipient_for(user), values=values))
    assert notice.status == status
    assert notice.error == (gate.SWITCHED_OFF if status == "suppressed" else None)
    assert len(server.mails) == (status == "sent")
