"""Asking for more time, granting and declining it, on a real database and through the pages (ASG-6)."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from lmsapp.assignments.actions import assign, close
from lmsapp.assignments.extensions.actions import (
    ask_extension,
    decline_extension,
    grant_extension,
    take_back_extension,
)
from lmsapp.assignments.extensions.models import ExtensionRequest
from lmsapp.assignments.extensions.queries import (
    count_open_extensions,
    extension_for,
    list_extensions,
    own_extension,
)
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.queries import assignment_for
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra.db import db
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.outreach.notices.models import Notice
from tests.cast import Cast, Person, make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.conftest import Statements
from tests.courses.authors import Written

DUE, WANTED = dt.date(2026, 11, 20), dt.date(2026, 12, 4)


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


def assigned(cast: Cast, person: Person, title: str = "HIPAA Privacy Basics") -> TrainingAssignment:
    course = Written(cast.milo.viewer, title=title).publish().course
    made = assign(person.record, course, DUE, by=cast.milo.viewer)
    db.session.commit()
    found = assignment_for(cast.milo.viewer, made.id)
    assert found is not None
    return found


def letters(template: str) -> list[tuple[str, str]]:
    rows = select(Notice.channel, Notice.to_name).where(Notice.template == template).order_by(Notice.id)
    return [(row.channel, row.to_name) for row in db.session.execute(rows)]


def trail() -> list[str]:
    return list(
        db.session.scalars(
            select(AuditEntry.action).where(AuditEntry.subject_kind == "assignment").order_by(AuditEntry.id)
        )
    )


def test_asked_once_granted_once(cast: Cast, statements: Statements) -> None:
    """ASG-6: one open request whatever is doubled; the manager hears; granting moves date and reminders, once."""
    one = assigned(cast, cast.lena)
    asked = ask_extension(one, WANTED, " On leave until the 27th ", by=cast.lena.viewer)
    again = ask_extension(one, WANTED + dt.timedelta(days=3), "Twice", by=cast.lena.viewer)
    assert again.id == asked.id and asked.reason == "On leave until the 27th"
    assert letters("extension_asked") == [("in_app", cast.mark.record.name), ("email", cast.mark.record.name)]
    assert one.due_on == DUE, "until it is answered the due date stays"
    assert count_open_extensions(cast.mark.viewer, line=True) == 1
    viewer = cast.mark.viewer
    statements.clear()
    rows, total = list_extensions(viewer, line=True)
    assert len(statements) == 2 and total == 1 and rows[0].wanted_on == WANTED and rows[0].name == cast.lena.record.name
    found = extension_for(cast.mark.viewer, asked.id, line=True)
    assert found is not None
    grant_extension(found, WANTED, "", by=cast.mark.viewer)
    grant_extension(found, WANTED, "", by=cast.mark.viewer)
    db.session.commit()
    db.session.refresh(one, ["due_on", "next_reminder_on"])
    assert (one.due_on, found.state, found.answered_by_name) == (WANTED, "granted", cast.mark.viewer.name)
    assert one.next_reminder_on == WANTED - dt.timedelta(days=7)
    assert letters("extension_answered") == [("in_app", cast.lena.record.name), ("email", cast.lena.record.name)]
    assert trail() == ["assigned", "more time asked", "due date changed", "more time granted"]
    with pytest.raises(RuleBroken, match="has answered this request already"):
        decline_extension(found, "No", by=cast.milo.viewer)
    now = assignment_for(cast.milo.viewer, one.id)
    assert now is not None
    later = ask_extension(now, WANTED + dt.timedelta(days=7), "Still ill", by=cast.lena.viewer)
    assert later.id != asked.id, "an answered one is not in the way"


def test_declined_taken_back_over(cast: Cast) -> None:
    """ASG-6: declining needs a reason the learner reads; completing or closing ends what waits; a dead one stays dead."""
    one = assigned(cast, cast.lena)
    asked = ask_extension(one, WANTED, "Why not", by=cast.lena.viewer)
    with pytest.raises(RuleBroken, match="Say why"):
        decline_extension(asked, "  ", by=cast.milo.viewer)
    decline_extension(asked, "The audit is in November.", by=cast.milo.viewer)
    assert (asked.state, one.due_on) == ("declined", DUE)
    second = ask_extension(one, WANTED, "Please", by=cast.lena.viewer)
    take_back_extension(second, by=cast.lena.viewer)
    assert own_extension(cast.lena.viewer, one.id) == asked
    third = ask_extension(one, WANTED, "Please", by=cast.lena.viewer)
    close(one, "exempt", by=cast.milo.viewer, reason="On another ward")
    db.session.refresh(third, ["state"])
    assert third.state == "over" and count_open_extensions(cast.milo.viewer, line=False) == 0
    with pytest.raises(RuleBroken, match="This request is closed"):
        grant_extension(third, WANTED, "", by=cast.milo.viewer)
    with pytest.raises(RuleBroken, match="not open any more"):
        ask_extension(one, WANTED, "Please", by=cast.lena.viewer)


def test_days_and_people_that_do_not_fit(cast: Cast) -> None:
    """ASG-6: no earlier day, none in the past or beyond a year, no empty reason; only the assignee asks; nobody answers
    for themselves, nor for a line that is not theirs."""
    one = assigned(cast, cast.lena)
    for day, said in ((DUE, "after the present due date"), (dt.date(2027, 12, 1), "within a year")):
        with pytest.raises(RuleBroken, match=said):
            ask_extension(one, day, "Why not", by=cast.lena.viewer)
    with pytest.raises(RuleBroken, match="Say why"):
        ask_extension(one, WANTED, " \n ", by=cast.lena.viewer)
    with pytest.raises(NotAllowed):
        ask_extension(one, WANTED, "For her", by=cast.milo.viewer)
    own = assigned(cast, cast.mark, "Fire safety")
    asked = ask_extension(own, WANTED, "Busy", by=cast.mark.viewer)
    assert extension_for(cast.mark.viewer, asked.id, line=True) is None
    with pytest.raises(NotAllowed):
        grant_extension(asked, WANTED, "", by=cast.mark.viewer)
    assert db.session.query(ExtensionRequest).filter_by(state="open").count() == 1


def test_pages(cast: Cast, client: PageClient) -> None:
    """ASG-6: asked on the page of the course, answered on the manager's, read by the learner; wrong days keep the words."""
    one = assigned(cast, cast.lena)
    course = f"/learn/courses/{one.course_id}"
    client.sign_in(cast.lena.user.id)
    assert "Ask for more time" in client.get(course).text
    wrong = client.post(f"{course}/more-time", data={"wanted_on": DUE.isoformat(), "reason": "On leave"})
    assert wrong.status_code == 422 and "after the present due date" in wrong.text and "On leave" in wrong.text
    asked = client.post(
        f"{course}/more-time", data={"wanted_on": WANTED.isoformat(), "reason": "On leave"}, follow_redirects=True
    )
    assert "Until then the due date stays" in asked.text
    assert "You asked for time until" in client.get(course).text
    request_id = db.session.scalars(select(ExtensionRequest.id)).one()
    client.sign_in(cast.mark.user.id)
    listed = client.get("/team/extension-requests")
    assert cast.lena.record.name in listed.text and "On leave" in listed.text
    page = f"/team/extension-requests/{request_id}"
    assert "14 days more" in client.get(page).text
    refused = client.post(page, data={"verdict": "decline", "answer": ""})
    assert refused.status_code == 422 and "Say why" in refused.text
    given = client.post(
        page, data={"verdict": "grant", "due_on": "2026-12-01", "answer": "Until the first."}, follow_redirects=True
    )
    assert "The due date is now" in given.text and "Nobody asks for more time" in given.text
    assert "Until the first." in client.get(page).text
    client.sign_in(cast.lena.user.id)
    answered = client.get(f"{course}/more-time").text
    assert "Granted" in answered and "Until the first." in answered
    client.sign_in(cast.otto.user.id)
    assert client.get(page).status_code in (403, 404)
    client.sign_in(cast.milo.user.id)
    assert "Granted" in client.get("/studio/extension-requests?show=closed").text
    assert client.get(f"/studio/assignments/{one.id}").status_code == 200
