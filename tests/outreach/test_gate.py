"""The gate: consent, quiet hours and the cap, asked on a real database, by many workers at once (REM-7, REM-8)."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lmsapp.infra import clock as product_clock
from lmsapp.infra import queue
from lmsapp.infra.db import db, one_transaction, unit_of_work
from lmsapp.outreach.contact.models import ContactPreference
from lmsapp.outreach.notices.claimed import change
from lmsapp.outreach.notices.gate import Go, Later, Never, Verdict, may_go
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.rules import Suppressed
from lmsapp.people.calendar.actions import add_holidays
from lmsapp.people.employees.models import Employee
from lmsapp.people.settings.actions import change_settings
from tests.cast import Cast, make_cast
from tests.clock import Clock
from tests.kept import kept

NUMBER = "+1 312 555 0100"
TUESDAY_NOON = dt.datetime(2026, 11, 3, 18, tzinfo=dt.UTC)  # where Lena is, in Chicago


def claimed(key: str, employee: Employee | None, **changes: Any) -> Notice:
    """A reminder in a worker's hands, as delivery holds it: out of the session."""
    lease = product_clock.now() + dt.timedelta(minutes=5)
    given = {"channel": "sms", "template": "training_reminder", "status": "sending", "tries": 1, "lease_until": lease}
    with unit_of_work():
        notice = Notice(
            key=key, employee_id=employee and employee.id, user_id=employee and employee.user_id, **given | changes
        )
        db.session.add(notice)
        db.session.flush()
        db.session.refresh(notice)
        db.session.expunge(notice)
    return notice


def settle(notice: Notice, status: str) -> None:
    with unit_of_work():
        db.session.get_one(Notice, notice.id).status = status


def ask(notice: Notice) -> Verdict:
    """As delivery does: the place under the cap is taken in the transaction that asked."""
    with one_transaction():
        verdict = may_go(notice, product_clock.now())
        if notice.passed_at is not None:
            change(notice, passed_at=notice.passed_at)
    return verdict


@pytest.fixture
@kept
def cast(clock: Clock) -> Cast:
    clock.set(TUESDAY_NOON)
    cast = make_cast()
    cast.lena.record.mobile = NUMBER
    db.session.add(ContactPreference(employee_id=cast.lena.record.id, sms_consent=True, sms_number=NUMBER))
    db.session.commit()
    return cast


def test_consent_is_never_overridden(cast: Cast) -> None:
    """REM-8: not by what is mandatory; nobody asked, one who said no, and a number that has changed get none."""
    lena, otto = cast.lena.record, cast.otto.record
    assert ask(claimed("yes", lena, mandatory=True)) == Go()
    refused = ask(claimed("never asked", otto, mandatory=True))
    assert isinstance(refused, Never)
    assert refused.suppressed_as == Suppressed.NO_CONSENT
    lena.mobile = "+1 312 555 0199"
    db.session.commit()
    other = ask(claimed("another number", lena, mandatory=True))
    assert isinstance(other, Never)
    assert "another number" in other.words
    said = db.session.get_one(ContactPreference, lena.id)
    said.sms_number, said.sms_consent = None, False
    db.session.commit()
    assert isinstance(ask(claimed("no", lena, mandatory=True)), Never)
    assert ask(claimed("e-mail needs none", lena, channel="email")) == Go()
    assert ask(claimed("nor does the product", lena, channel="in_app")) == Go()


def test_letters_switched_off_stay_off(cast: Cast) -> None:
    """REM-8: only those that may be; and a reminder is none of them."""
    cast.lena.user.switched_off = ["certificate_ready"]
    db.session.commit()
    refused = ask(claimed("off", cast.lena.record, channel="email", template="certificate_ready"))
    assert isinstance(refused, Never)
    assert refused.suppressed_as == Suppressed.SWITCHED_OFF
    assert ask(claimed("on", cast.lena.record, channel="email")) == Go()


def test_quiet_hours_of_the_organisation_and_ones_own(cast: Cast, clock: Clock) -> None:
    """REM-8: where the reader is; mandatory ones wait too; e-mail does not; a shared channel has the office's hours."""
    lena = cast.lena.record
    clock.set(dt.datetime(2026, 11, 4, 3, tzinfo=dt.UTC))  # nine in the evening
    opens = dt.datetime(2026, 11, 4, 14, tzinfo=dt.UTC)
    for key, channel in (("a", "sms"), ("b", "slack"), ("c", "apprise")):
        held = ask(claimed(key, lena, channel=channel, mandatory=True))
        assert isinstance(held, Later)
        assert held.at == opens
    assert ask(claimed("d", lena, channel="email")) == Go()
    assert isinstance(ask(claimed("everybody's channel", None, channel="slack")), Later)
    db.session.get_one(ContactPreference, lena.id).quiet_from = 8
    db.session.get_one(ContactPreference, lena.id).quiet_until = 10
    db.session.commit()
    held = ask(claimed("e", lena))
    assert isinstance(held, Later)
    assert held.at == opens + dt.timedelta(hours=2)
    change_settings({"quiet_from_hour": 0, "quiet_until_hour": 0}, None)
    db.session.commit()
    assert ask(claimed("f", lena)) == Go()


def test_text_messages_only_on_working_days(cast: Cast, clock: Clock) -> None:
    """REM-8: and what waited too long is not sent at all, which is said."""
    lena = cast.lena.record
    clock.set(dt.datetime(2026, 11, 7, 18, tzinfo=dt.UTC))  # a Saturday
    add_holidays({dt.date(2026, 11, 9): "A day off"}, None)
    db.session.commit()
    held = ask(claimed("a", lena))
    assert isinstance(held, Later)
    assert held.at == dt.datetime(2026, 11, 10, 14, tzinfo=dt.UTC)
    assert ask(claimed("slack", lena, channel="slack")) == Go()
    late = ask(
        claimed("reminder/assignment/1/2026-11-09/before due/3/learner/sms", lena, reason={"policy": "before due"})
    )
    assert isinstance(late, Never)
    assert (late.suppressed_as, "Quiet hours" in late.words) == (Suppressed.TOO_LATE, True)
    change_settings({"sms_working_days": False}, None)
    db.session.commit()
    assert ask(claimed("b", lena)) == Go()


def test_the_cap_counts_what_went_out_and_nothing_else(cast: Cast, clock: Clock) -> None:
    """REM-8: by day and by week; what failed leaves its place; letters that remind of nothing neither count nor wait."""
    lena = cast.lena.record
    change_settings({"cap_email_day": 1, "cap_email_week": 2}, None)
    db.session.commit()
    first = claimed("1", lena, channel="email")
    assert ask(first) == Go()
    held = ask(claimed("2", lena, channel="email"))
    assert isinstance(held, Later)
    assert held.at == dt.datetime(2026, 11, 4, 12, tzinfo=dt.UTC), "six in the morning of the next day"
    assert ask(claimed("invitation", lena, channel="email", template="training_assigned")) == Go()
    assert ask(claimed("must", lena, channel="email", mandatory=True)) == Go(), "beyond the cap"
    assert ask(claimed("another person", cast.mark.record, channel="email")) == Go()
    settle(first, "failed")
    settle(db.session.scalars(select(Notice).where(Notice.key == "must")).one(), "unknown")
    assert isinstance(ask(claimed("3", lena, channel="email")), Later), "one whose fate nobody knows counts"
    clock.move(days=1)
    assert ask(claimed("4", lena, channel="email")) == Go()
    clock.move(days=1)
    held = ask(claimed("5", lena, channel="email"))
    assert isinstance(held, Later)
    assert held.at.date() == dt.date(2026, 11, 10), "a week after the first"
    again = claimed(
        "handed over, no answer", lena, channel="email", message_id="<1@x>", reason={"policy": "before due"}
    )
    assert ask(again) == Go(), "it has its place, and may have arrived"
    late = ask(
        claimed(
            "reminder/assignment/1/2026-11-08/before due/3/learner/email",
            lena,
            channel="email",
            reason={"policy": "before due"},
        )
    )
    assert isinstance(late, Never)
    assert (late.suppressed_as, "so many" in late.words) == (Suppressed.TOO_LATE, True)


def test_workers_side_by_side_never_exceed_the_cap(own_app: Flask) -> None:
    """REM-8: eight at once with one person's text messages, and one place: one goes, seven wait."""
    queue.use_bell(own_app, lambda _rings: None)
    with own_app.app_context(), product_clock.set_to(TUESDAY_NOON):
        lena = make_cast().lena.record
        db.session.add(ContactPreference(employee_id=lena.id, sms_consent=True))
        db.session.commit()
        lenas = [claimed(f"k{n}", lena) for n in range(8)]
        start, said = threading.Barrier(8), []

        def work(notice: Notice) -> None:
            with own_app.app_context():
                start.wait()
                said.append(ask(notice))

        threads = [threading.Thread(target=work, args=(notice,)) for notice in lenas]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(type(one).__name__ for one in said) == ["Go"] + ["Later"] * 7
        assert db.session.query(Notice).filter(Notice.passed_at.is_not(None)).count() == 1
