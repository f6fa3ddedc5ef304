"""One letter a day for a learner who wants that, and choosing it by the link in a letter (REM-8)."""

from __future__ import annotations

import datetime as dt

from flask import Flask
from sqlalchemy import select

from lmsapp.assignments.actions import assign
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra.db import db
from lmsapp.infra.queue import Ring
from lmsapp.jobs import remind
from lmsapp.outreach.contact.choosing import choice_link, chooser_by, wants_digest
from lmsapp.outreach.digests.actions import send_digests
from lmsapp.outreach.notices.models import Notice
from tests.cast import make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.courses.authors import Written
from tests.jobs import run_rings
from tests.outreach.post import mail_server

SIX = dt.datetime(2026, 11, 9, 12, tzinfo=dt.UTC)  # in Chicago


def test_from_the_link_to_the_letter(app: Flask, client: PageClient, clock: Clock, rings: list[Ring]) -> None:
    """REM-8: looking at the link changes nothing, the button does, and is on the trail; from then on the reminders of a
    morning are one letter, what is due today first, without what was finished since; the link works both ways."""
    cast = make_cast()
    lena, link = cast.lena.record, choice_link(cast.lena.record.id)
    for _scanner in range(2):
        assert client.get(link).status_code == 200
    assert not wants_digest(lena.id)
    assert client.post(link).status_code == 422
    assert client.post(link, data={"wanted": "one"}).status_code == 200
    assert client.post(link, data={"wanted": "one"}).status_code == 200
    assert wants_digest(lena.id)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "digest chosen")).one()
    assert (entry.actor_name, entry.subject_id) == ("Lena Fischer", lena.id)

    days = {"Soon": 7, "Today": 0, "Finished": 7}
    made = {}
    for title, ahead in days.items():
        course = Written(cast.milo.viewer, title=title).publish().course
        due_on = SIX.date() + dt.timedelta(days=ahead)
        made[title] = assign(lena, course, due_on, by=cast.milo.viewer, source="demo")
    db.session.commit()
    clock.set(SIX)
    remind()
    reminders = select(Notice).where(Notice.template == "training_reminder").order_by(Notice.id)
    assert [one.status for one in db.session.scalars(reminders)] == ["gathered"] * 3
    made["Finished"].completed_at, made["Finished"].completed_on = clock.instant, SIX.date()
    db.session.commit()
    clock.move(hours=1)
    rings.clear()
    with mail_server(app) as server:
        assert [send_digests(), send_digests()] == [1, 0]
        db.session.commit()
        run_rings(rings)
    (mail,) = server.mails
    assert mail["Subject"] == "Your training today: 2"
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert text.index("Due today (1)") < text.index("- Today – due today") < text.index("Due soon (1)")
    assert "Finished" not in text
    assert f"http://localhost{link}" in text
    states = [(one.status, one.error) for one in db.session.scalars(reminders)]
    assert ("suppressed", "The training was completed meanwhile.") in states
    assert [state for state, _why in states].count("carried") == 2

    assert client.post(link, data={"wanted": "each"}).status_code == 200
    assert not wants_digest(lena.id)


def test_links_nobody_made(client: PageClient, clock: Clock) -> None:
    """REM-8: another one's link, a broken one, a leaver's: the same page, 404, and nothing changes."""
    cast = make_cast()
    good = choice_link(cast.lena.record.id)
    mine = choice_link(cast.otto.record.id).rpartition("-")[2]
    number = cast.lena.record.id
    bad = [f"/one-letter-a-day/{number}-{mine}", good[:-1], good + "x", "/one-letter-a-day/9999999999-x", f"{good}é"]
    for link in bad:
        assert client.get(link).status_code == 404
        assert client.post(link, data={"wanted": "one"}).status_code == 404
    assert chooser_by("²-x") is None
    cast.lena.record.status = "left"
    db.session.commit()
    assert client.post(good, data={"wanted": "one"}).status_code == 404
    assert not wants_digest(number)
