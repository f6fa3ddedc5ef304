"""Home, course page and lesson page as one: going on in place, 100 %, and every state in words (ENR-3, ENR-4, ENR-5)."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from flask import Flask

from lmsapp.assignments.actions import assign
from lmsapp.courses.catalogue.actions import add_chapter, create_course, set_rule
from lmsapp.courses.catalogue.lessons import add_lesson
from lmsapp.courses.catalogue.models import Course, Lesson
from lmsapp.courses.publishing.actions import publish, retire
from lmsapp.infra import clock as product_clock
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.actions import enroll
from lmsapp.learning.enrollments.door import set_lock
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.handins.models import Grading, HandIn
from lmsapp.learning.validity.actions import renew
from tests.cast import Cast, Person, make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.conftest import Statements

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def people() -> Cast:
    return make_cast()


@pytest.fixture
def client(app: Flask, people: Cast) -> PageClient:
    client = PageClient(app)
    client.sign_in(people.lena.user.id)
    return client


def short_course(title: str, **settings: object) -> tuple[Course, list[Lesson]]:
    """Two texts that ask for no time; all lessons complete it."""
    course = create_course(title, by=None, **settings)  # type: ignore[arg-type]
    chapter = add_chapter(course, "All of it", by=None)
    lessons = [add_lesson(chapter, "text", f"{title} {n}", by=None, body="Read.", min_seconds=0) for n in (1, 2)]
    set_rule(course, "all", [{"kind": "lessons", "share": 100}], None)
    publish(course, None)
    db.session.commit()
    return course, lessons


def take(person: Person, course: Course) -> Enrollment:
    one = enroll(person.record, course, source="staff", by=None)
    db.session.commit()
    return one


def test_from_lesson_to_lesson_and_to_what_was_achieved(client: PageClient, people: Cast, clock: Clock) -> None:
    """ENR-5: done leads on in place; the last one shows what was achieved, the certificate and what is due next."""
    course, (first, last) = short_course("Hand washing", validity_months=12)
    other, _lessons = short_course("Fire drill")
    assign(
        people.lena.record,
        other,
        product_clock.today("America/Chicago") + dt.timedelta(days=9),
        by=None,
        source="staff",
    )
    take(people.lena, course)
    here = f"/learn/courses/{course.id}"
    page = client.get(f"{here}/lessons/{first.id}").text
    assert 'id="study-page"' in page and 'hx-boost="true"' in page
    client.get(f"{here}/lessons/{last.id}")
    client.get(f"{here}/lessons/{first.id}")
    clock.move(seconds=90)
    moved = client.post(f"{here}/lessons/{first.id}/done", headers=FRAGMENT)
    assert json.loads(moved.headers["HX-Location"]) == {
        "path": f"{here}/lessons/{last.id}",
        "target": "#study-page",
        "select": "#study-page",
        "swap": "outerHTML show:window:top",
    }
    assert "Done. Next: Hand washing 2" in moved.headers["HX-Trigger"]
    assert "You have completed" not in client.get(here).text
    clock.move(seconds=90)
    done = client.post(f"{here}/lessons/{last.id}/done", headers=FRAGMENT)
    assert "HX-Location" not in done.headers
    for region in ("innerHTML:.achieved-place", ".onward-in", ".outline-in", ".focus-progress"):
        assert region in done.text
    for words in (
        "You have completed ‘Hand washing’",
        "Valid until",
        "data-focus",
        "Begin ‘Fire drill’",
        "paper-certificate",
    ):
        assert words in done.text
    page = client.get(here).text
    assert "You have completed ‘Hand washing’" in page and "data-focus" not in page
    assert page.count("paper-certificate") >= 1 and "It is your next assignment" in page


def test_without_script_the_last_lesson_leads_to_the_course(client: PageClient, people: Cast, clock: Clock) -> None:
    """ENR-5: an ordinary form and an ordinary page."""
    course, lessons = short_course("Hand washing")
    take(people.lena, course)
    answers = []
    for one in lessons:
        client.get(f"/learn/courses/{course.id}/lessons/{one.id}")
        clock.move(seconds=90)
        answers.append(client.post(f"/learn/courses/{course.id}/lessons/{one.id}/done"))
    assert [one.location for one in answers] == [
        f"/learn/courses/{course.id}/lessons/{lessons[0].id}",
        f"/learn/courses/{course.id}",
    ]
    page = client.get(answers[1].location).text
    assert "You have completed" in page and "No expiry" in page
    assert "Nothing else is due. You are up to date." in page and "Browse the catalogue" in page


def test_every_state_says_what_it_means(client: PageClient, people: Cast, clock: Clock) -> None:
    """ENR-3, ENR-5: locked, paused, failed, retired and withdrawn, in words with the next step; home agrees."""
    course, (first, _last) = short_course("Hand washing", self_enroll=True)
    one = take(people.lena, course)
    here = f"/learn/courses/{course.id}"
    assert "Your next step" in client.get("/learn").text, "not begun: the one step is to start it"
    client.get(f"{here}/lessons/{first.id}")
    assert "Pick up where you left off" in client.get("/learn").text

    def so(words: str, note: str) -> None:
        db.session.commit()
        assert words in client.get(here).text
        home = client.get("/learn").text
        assert note in home and "Pick up where you left off" not in home, words

    one.paused_until = product_clock.today("America/Chicago") + dt.timedelta(days=5)
    so("Paused until", "Paused until")
    one.paused_until = None
    one.failed_at = product_clock.now()
    so("All attempts are used", "Your training team can help")
    one.failed_at = None
    set_lock(one, "payment")
    so("This course is locked for you", "Locked: its page says what comes first")
    one.locks = []
    db.session.commit()
    retire(course, None)
    db.session.commit()
    assert "you can still finish it" in client.get(here).text
    course.status = "published"
    one.withdrawn_at = product_clock.now()
    db.session.commit()
    page = client.get(here).text
    assert "Your access was taken away on" in page and f"{here}/enrollment" not in page
    client.sign_in(people.otto.user.id)
    assert "Your access was taken away" not in client.get(here).text, "Otto never had any"


def test_home_offers_renewals_and_work_sent_back(
    client: PageClient, people: Cast, clock: Clock, statements: Statements
) -> None:
    """ENR-4: 'Renew now' and what was sent back, each once, for the same number of statements."""
    course, lessons = short_course("Hand washing", validity_months=12)
    one = take(people.lena, course)
    for lesson in lessons:
        client.get(f"/learn/courses/{course.id}/lessons/{lesson.id}")
        clock.move(seconds=90)
        client.post(f"/learn/courses/{course.id}/lessons/{lesson.id}/done")
    client.get("/learn")
    statements.clear()
    assert "Renew now" not in client.get("/learn").text
    before = len(statements)
    clock.move(days=370)
    client.sign_in(people.lena.user.id)
    place = {"enrollment_id": one.id, "lesson_id": lessons[0].id, "cycle": 1}
    empty = {"task": {}, "text": "", "text_html": "", "link": "", "files": []}
    for number in (1, 2):
        given = HandIn(
            **place, **empty, number=number, content_version=1, title=f"Plan {number}", submit_key=str(number)
        )
        db.session.add(given)
        db.session.flush()
        said = {"feedback": "", "feedback_html": "", "reason": "", "graded_by_name": "Eva"}
        db.session.add(Grading(hand_in_id=given.id, number=1, decision="rework", points={}, **said))
    db.session.commit()
    client.get("/learn")
    statements.clear()
    page = client.get("/learn").text
    assert len(statements) <= before + 1, "work sent back is asked for only where work was handed in"
    assert page.count(f"/learn/courses/{course.id}/renewal") == 1
    assert "Expired: it was valid until" in page
    assert "Plan 2" in page and "Plan 1" not in page and page.count("Go over it") == 1
    db.session.refresh(one)
    renew(one, by=people.lena.viewer)
    db.session.commit()
    page = client.get(f"/learn/courses/{course.id}").text
    assert "You are renewing it" in page and "You have completed" not in page
