"""ENR-5: a learner's own notes beside lessons, which nobody else reads."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra.db import db
from lmsapp.infra.words import NotAllowed
from lmsapp.learning.notes.actions import save_note
from lmsapp.learning.notes.models import LessonNote
from lmsapp.learning.notes.queries import note_on, notes_in
from lmsapp.learning.notes.rules import LONGEST_NOTE, excerpt
from tests.cast import Cast, make_cast
from tests.client import PageClient
from tests.conftest import Statements
from tests.learning.quizzes.ward import Ward

FRAGMENT = {"HX-Request": "true"}
WORDS = "Zebra-yellow bin <b>first"


@pytest.fixture
def people() -> Cast:
    return make_cast()


@pytest.fixture
def client(app: Flask, people: Cast) -> PageClient:
    client = PageClient(app)
    client.sign_in(people.lena.user.id)
    return client


def test_a_note_is_kept_as_typed_and_found_again(client: PageClient, people: Cast, statements: Statements) -> None:
    """ENR-5: saved with time and revision; a late save loses; too long is said; the list is searched; no trail of it."""
    ward = Ward()
    enrollment = ward.enroll(people.lena)
    here = f"/learn/courses/{ward.course.id}"
    address, lesson = f"{here}/lessons/{ward.text.id}/note", f"{here}/lessons/{ward.text.id}"
    assert "My notes" not in client.get(here).text
    assert "No notes yet" in client.get(f"{here}/notes").text
    client.get(lesson)
    trail = db.session.scalar(select(func.count()).select_from(AuditEntry))
    saved = client.post(address, data={"text": WORDS, "revision": "2"}, headers=FRAGMENT).json
    assert saved["kept"] and saved["revision"] == 2 and saved["said"].startswith("Saved at ")
    late = client.post(address, data={"text": "older", "revision": "1"}, headers=FRAGMENT).json
    assert (late["kept"], late["revision"]) == (False, 2)
    long = client.post(address, data={"text": "x" * (LONGEST_NOTE + 1), "revision": "3"}, headers=FRAGMENT)
    assert long.status_code == 422 and "at most 20000 characters" in long.json["said"]
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == trail
    page = client.get(lesson).text
    assert "Zebra-yellow bin &lt;b&gt;first</textarea>" in page and 'name="revision" value="2"' in page
    without_script = client.post(f"{here}/lessons/{ward.pdf.id}/note", data={"text": "Pages\r\nof the card"})
    assert without_script.location == f"{here}/lessons/{ward.pdf.id}#note"
    course = client.get(here).text
    assert "Zebra-yellow" in course and "Search my notes" in course
    found = client.get(f"{here}/notes?q=zebra FIRST", headers=FRAGMENT).text
    assert "Zebra" in found and "Pages" not in found
    assert "No note holds these words" in client.get(f"{here}/notes?q=zebra+card").text
    for bad in ({"revision": "x"}, {"revision": "9" * 12}, {"text": "x" * 100_000}):
        assert client.post(address, data={"text": "", **bad}).status_code == 400
    statements.clear()
    client.post(address, data={"text": "", "revision": "9"}, headers=FRAGMENT)
    assert len([one for one in statements if "lesson_note" in one]) == 1
    assert "Zebra" not in client.get(f"{here}/notes").text, "an emptied note is gone from the list"
    assert enrollment.id


def test_nobody_else_reads_a_note(client: PageClient, people: Cast) -> None:
    """ENR-5, SEC-4: manager, HR and whoever teaches find nothing of it by page or query; a stranger gets 404."""
    ward = Ward()
    enrollment = ward.enroll(people.lena)
    ward.enroll(people.mark)
    save_note(enrollment, ward.text.id, WORDS, 1, by=people.lena.viewer)
    db.session.commit()
    for other in (people.mark, people.hana, people.carla, people.milo, people.sam, people.otto):
        assert note_on(other.viewer, enrollment.id, ward.text.id).text == ""
        assert not notes_in(other.viewer, ward.course.id)
        with pytest.raises(NotAllowed):
            save_note(enrollment, ward.text.id, "mine now", 5, by=other.viewer)
        client.sign_in(other.user.id)
        for address in (
            f"/learn/courses/{ward.course.id}/notes?q=zebra",
            f"/learn/courses/{ward.course.id}",
            f"/learn/courses/{ward.course.id}/lessons/{ward.text.id}",
            f"/team/people/{people.lena.record.id}",
            f"/hr/employees/{people.lena.record.id}",
            f"/studio/enrollments/{enrollment.id}",
            f"/studio/enrollments/{enrollment.id}/why",
            f"/hr/enrollments/{enrollment.id}/why",
            f"/admin/enrollments/{enrollment.id}/why",
        ):
            assert "Zebra" not in client.get(address, follow_redirects=True).text, (other.user.name, address)
    assert client.get(f"/learn/courses/{ward.course.id}/notes").status_code == 404, "Otto is not enrolled"
    assert client.post(f"/learn/courses/{ward.course.id}/lessons/{ward.text.id}/note").status_code == 404
    assert db.session.scalars(select(LessonNote.text)).all() == [WORDS]


def test_an_excerpt_shows_what_was_looked_for() -> None:
    """ENR-5: in one line, around the words, never longer than asked."""
    long = "a " * 400 + "needle here" + " b" * 400
    assert "needle here" in excerpt(long, "NEEDLE  here")
    assert excerpt(long).startswith("a a") and len(excerpt(long)) < 250
    assert excerpt("two\nlines") == "two lines"
