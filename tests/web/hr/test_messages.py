"""A person's messages: did she get the reminder, and what did it say (REM-7, REM-8)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import func, select

from lmsapp.assignments.actions import assign
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra import clock as product_clock
from lmsapp.infra.db import db
from lmsapp.outreach.contact.models import ContactPreference
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.rules import without_keys
from tests.cast import Cast, Person, make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.conftest import Statements
from tests.courses.authors import Written

DUE = dt.date(2026, 11, 20)


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


def assigned(cast: Cast, title: str = "Hand hygiene") -> TrainingAssignment:
    made = assign(cast.lena.record, Written(cast.carla.viewer, title).publish().course, DUE, by=cast.milo.viewer)
    db.session.commit()
    return made


def told(person: Person, n: int, **changes: Any) -> Notice:
    now = product_clock.now()
    given = {
        "channel": "email", "template": "training_reminder", "subject": f"Reminder {n}", "body_text": f"Text {n}",
        "to_name": person.user.name, "address": person.user.email, "status": "sent", "sent_at": now, "queued_at": now,
        "reason": {"policy": "Standard", "moment": "before due", "days": 7}, **changes,
    }  # fmt: skip
    notice = Notice(key=f"k{n}", employee_id=person.record.id, user_id=person.user.id, **given)
    db.session.add(notice)
    db.session.commit()
    return notice


def sign_in(client: PageClient, person: Person) -> None:
    client.sign_in(person.user.id, person.user.session_epoch)


def test_two_clicks_from_the_person_to_the_words(client: PageClient, cast: Cast) -> None:
    """REM-7: person, Messages, the message: when, why, by which way, word for word; and reading it is on the trail."""
    about = assigned(cast)
    sent = told(cast.lena, 1, about_kind="assignment", about_id=about.id, body_text="Hello Lena,\n<b>7 days</b> left.")
    sign_in(client, cast.hana)
    file = f"/hr/employees/{cast.lena.record.id}"
    assert f'href="{file}/messages"' in client.get(file).text
    page = client.get(f"{file}/messages").text
    assert f'href="{file}/messages/{sent.id}"' in page
    assert "Reminder 7 days before it is due (policy Standard)" in page
    assert "Hand hygiene" in page
    one = client.get(f"{file}/messages/{sent.id}").text
    assert "Hello Lena,<br>" in one
    assert "&lt;b&gt;7 days&lt;/b&gt; left." in one
    assert "lena@northgate.example" in one
    read = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "message read")).one()
    assert (read.subject_kind, read.subject_id, read.actor_name) == ("notice", sent.id, "Hana Novák")
    assert f'href="{file}/messages/{sent.id}"' in client.get(f"{file}/timeline").text
    sign_in(client, cast.milo)
    page = client.get(f"/studio/assignments/{about.id}").text
    assert f'href="/studio/assignments/{about.id}/messages/{sent.id}"' in page
    assert "Hello Lena" in client.get(f"/studio/assignments/{about.id}/messages/{sent.id}").text
    other = assigned(cast, "Falls")
    assert client.get(f"/studio/assignments/{other.id}/messages/{sent.id}").status_code == 404


def test_a_manager_reads_about_training_of_their_own_people(client: PageClient, cast: Cast) -> None:
    """REM-7, SEC-4: reminders and escalations, whoever got them; no account letters; nothing of Otto, and Otto nothing."""
    about = {"about_kind": "assignment", "about_id": assigned(cast).id}
    reminder = told(cast.lena, 1, **about)
    escalation = told(cast.mark, 2, template="escalation", body_text="She is late.", **about)
    letter = told(cast.lena, 3, template="mobile_changed", subject="Your number", about_kind="user", about_id=1)
    key = told(cast.lena, 4, template="invitation", subject="Invitation", body_text="https://x/invitation/abc")
    sign_in(client, cast.mark)
    people = f"/team/people/{cast.lena.record.id}"
    assert f'href="{people}/messages"' in client.get(people).text
    page = client.get(f"{people}/messages").text
    for shown in (reminder, escalation):
        assert f"{people}/messages/{shown.id}" in page
        assert client.get(f"{people}/messages/{shown.id}").status_code == 200
    assert "to Mark Okafor" in page
    for hidden in (letter, key):
        assert f"messages/{hidden.id}" not in page
        assert client.get(f"{people}/messages/{hidden.id}").status_code == 404
    assert client.get(f"/team/people/{cast.otto.record.id}/messages").status_code == 404
    assert client.get(f"/hr/employees/{cast.lena.record.id}/messages").status_code == 403
    entries = db.session.scalars(
        select(AuditEntry.subject_id).where(AuditEntry.action == "message read").order_by(AuditEntry.id)
    ).all()
    assert list(entries) == [reminder.id], "what went to himself is his to read"
    sign_in(client, cast.otto)
    for address in (f"{people}/messages", f"{people}/messages/{reminder.id}", f"{people}/messages.csv"):
        assert client.get(address).status_code == 403
    sign_in(client, cast.hana)
    one = client.get(f"/hr/employees/{cast.lena.record.id}/messages/{key.id}").text
    assert "it holds a personal link" in one
    assert "invitation/abc" not in one
    assert without_keys("See https://x/l/Zk3_aa9Bq-1ppQkk20Lmm, /l/noDigitInThisKeyAtAll and /learn/courses/12") == (
        "See https://x/l/…, /l/… and /learn/courses/12"
    )


def test_every_fate_is_told_in_words(client: PageClient, cast: Cast) -> None:
    """REM-7: sent, carried, waiting and until when, not sent and why, failed, and that nobody knows."""
    lena, later = cast.lena, product_clock.now() + dt.timedelta(hours=14)
    digest = told(lena, 0, template="digest", subject="Your day", body_text="All of it", reason={"policy": "digest"})
    carried = told(lena, 1, status="carried", carried_by_id=digest.id, subject="", body_text="", sent_at=None)
    told(lena, 2, status="queued", next_try_at=later, error="It waits for the end of quiet hours or days off.")
    told(
        lena, 3, status="suppressed", suppressed_as="no consent", error="The recipient has not agreed to text messages."
    )
    told(lena, 4, status="unknown", channel="sms", error="Cut off.", reason={"policy": "by hand", "by": "Mark"})
    told(lena, 5, status="failed", error="550 no such user", reason={"moment": "after due", "days": 14, "nth": 1})
    told(lena, 6, channel="in_app", read_at=product_clock.now(), reason={"moment": "on due", "policy_name": "HIPAA"})
    told(lena, 7, status="gathered", sent_at=None, reason={"policy": "escalation", "moment": "after due", "days": 1})
    told(lena, 8, reason={"policy": "before due", "days_before": 1})
    told(lena, 9, reason={"moment": "before expiry", "days": 60, "policy": "Standard"})
    told(lena, 10, status="sending", reason={"moment": "stalled", "policy": "stalled", "hours": 48})
    sign_in(client, cast.hana)
    file = f"/hr/employees/{lena.record.id}/messages"
    page = client.get(file).text
    for words in (
        "Carried in the digest to Lena Fischer of Mon 2 Nov",
        "Waits until Mon 2 Nov, 20:00: It waits for the end of quiet hours or days off.",
        "Not sent: The recipient has not agreed to text messages.",
        "Nobody knows whether it arrived. Cut off.",
        "Could not be sent: 550 no such user",
        "Shown in the product Mon 2 Nov, 06:00, read Mon 2 Nov, 06:00",
        "Waits for the next digest to Lena Fischer",
        "Sent by hand by Mark",
        "Reminder 14 days after it was due, time 2",
        "Reminder on the day it is due (policy HIPAA)",
        "Told 1 day after it was due",
        "Reminder 1 day before it is due",
        "Reminder 60 days before the certification lapses (policy Standard)",
        "No progress for 48 hours",
    ):
        assert words in page, words
    assert "This is the digest that carried it: Your day" in client.get(f"{file}/{carried.id}").text
    only = client.get(f"{file}?channel=sms&status=unknown&kind=training_reminder").text
    assert "Nobody knows" in only
    assert "550 no such user" not in only
    assert "No message matches" in client.get(f"{file}?course=999").text
    sheet = client.get(f"{file}.csv?channel=sms").get_data(as_text=True)
    assert sheet.count("\n") == 2
    assert "Reminder 4" in sheet
    taken = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "downloaded")).one()
    assert taken.after is not None
    assert taken.after["employee_id"] == lena.record.id


def test_five_hundred_messages_cost_what_five_do(client: PageClient, cast: Cast, statements: Statements) -> None:
    """REM-7, PERF: paged, with a constant number of statements."""
    about = {"about_kind": "assignment", "about_id": assigned(cast).id}
    for n in range(5):
        told(cast.lena, n, **about)
    sign_in(client, cast.hana)
    file = f"/hr/employees/{cast.lena.record.id}/messages"
    client.get(file)
    statements.clear()
    client.get(file)
    few = len(statements)
    rows = select(func.concat("more", func.generate_series(1, 500)), *(getattr(Notice, name) for name in COPIED)).where(
        Notice.key == "k0"
    )
    db.session.execute(Notice.__table__.insert().from_select(["key", *COPIED], rows))  # type: ignore[attr-defined]
    db.session.commit()
    statements.clear()
    page = client.get(f"{file}?page=3").text
    assert len(statements) == few
    assert "51 to 75 of 507" in page, "and the two that it was assigned"
    assert page.count('id="message-') == 25


COPIED = (
    "channel", "template", "employee_id", "user_id", "to_name", "language", "subject", "body_text", "body_html",
    "reason", "status", "tries", "next_try_at", "queued_at", "about_kind", "about_id",
)  # fmt: skip


def test_hr_notes_what_somebody_said_on_paper(client: PageClient, cast: Cast) -> None:
    """REM-8: agreement and STOP, each with how HR knows, on the trail; nobody without a number; managers may not."""
    lena = cast.lena.record
    address = f"/hr/employees/{lena.id}/text-messages"
    sign_in(client, cast.hana)
    assert "There is no mobile number on file" in client.get(address).text
    assert client.post(address, data={"agreed": "1", "number": "", "reason": "Form"}).status_code == 422
    lena.mobile = "+1 312 555 0100"
    db.session.commit()
    assert "Never asked" in client.get(address).text
    given = {"agreed": "1", "number": "+1 312 555 0100", "reason": "Form of 3 November"}
    refused = client.post(address, data={**given, "reason": " "})
    assert refused.status_code == 422
    assert "Say how you know" in refused.text
    stale = client.post(address, data={**given, "number": "+1 312 555 0111"})
    assert "changed meanwhile" in stale.text
    assert client.post(address, data=given).status_code == 303
    row = db.session.get_one(ContactPreference, lena.id)
    assert (row.sms_consent, row.sms_number, row.sms_noted_by) == (True, lena.mobile, "Hana Novák")
    assert client.post(address, data={"agreed": "0", "reason": "Answered STOP"}).status_code == 303
    said = db.session.scalars(select(AuditEntry).where(AuditEntry.subject_kind == "employee")).all()
    noted = [(one.action, one.reason) for one in said if one.action.startswith("text messages")]
    assert noted == [("text messages agreed to", "Form of 3 November"), ("text messages declined", "Answered STOP")]
    sign_in(client, cast.mark)
    assert client.post(address, data=given).status_code == 403
