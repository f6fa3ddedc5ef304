"""A learner's own paths, and the locked door on every address of a course (CRS-4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from lmsapp.courses.paths.actions import edit_item, publish_path
from lmsapp.infra import files
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import LessonProgress
from lmsapp.learning.paths.actions import enroll_in_path
from lmsapp.learning.quizzes.models import QuizAnswer, QuizSubmission
from tests.client import PageClient
from tests.clock import Clock
from tests.courses.authors import Written
from tests.learning.paths.scene import Sales, enrollment_of, make_path

HTMX = {"HX-Request": "true"}


@pytest.fixture
def sales(clock: Clock) -> Sales:
    return Sales()


def test_a_learner_sees_done_open_and_locked(client: PageClient, sales: Sales) -> None:
    """CRS-4, ENR-4: the home page shows the path, its page what is done, open and locked with what is missing and one
    next step; it opens in the request that completes the last prerequisite; at the end it says until when it counts.
    Otto finds nothing."""
    lena, otto = sales.cast.lena, sales.cast.otto
    enroll_in_path(lena.record, sales.path, by=sales.cast.milo.viewer, due_on=dt.date(2026, 12, 4))
    db.session.commit()
    here, last = f"/learn/paths/{sales.path.id}", f"/learn/courses/{sales.courses[3].id}"
    client.sign_in(lena.user.id)
    home = client.get("/learn").text
    assert here in home and "0 of 4 courses done" in home and "Begin ‘Core Product Features’" in home
    page = client.get(here).text
    assert page.count("opens when ‘Core Product Features’ and ‘Competitive Positioning’ are completed") == 2
    assert "Prove it" in page and "Fri 4 Dec" in page
    locked = client.get(last).text
    assert "This course is locked for you" in locked and here in locked
    assert f'href="/learn/courses/{sales.courses[0].id}"' in locked and "btn-primary" not in locked
    assert client.get(f"{last}/resume").headers["Location"] == last

    sales.complete(lena, 0)
    assert "opens when ‘Competitive Positioning’ is completed" in client.get(here).text
    basics = f"/learn/courses/{sales.courses[1].id}/lessons/{sales.lesson(1)}"
    assert client.get(basics).status_code == 200
    assert client.post(f"{basics}/done").status_code == 303
    page = client.get(here).text
    assert "opens when" not in page and "2 of 4 courses done" in page
    assert "Begin ‘Product Demo Skills’" in page and "locked" not in client.get(last).text
    sales.complete(lena, 2, 3)
    page = client.get(here).text
    assert "You have completed this path" in page and "without an end" in page
    assert "Completed Mon 2 Nov" in client.get("/learn/paths").text

    client.sign_in(otto.user.id)
    assert client.get(here).status_code == 404
    assert "You are on no learning path" in client.get("/learn/paths").text
    assert "My paths" not in client.get("/learn").text


@pytest.fixture
def closed(client: PageClient, sales: Sales) -> Iterator[Written]:
    """A course with every kind of lesson, locked for Lena by a path; her browser is signed in."""
    by = sales.cast.carla.viewer
    written = Written(by, title="Closed")
    card = files.store(b"%PDF-1.4 card", name="card.pdf", media_type="application/pdf")
    written.text.file_id = card.id
    written.text.min_seconds = written.pledge.min_seconds = 0
    written.publish()
    path, items = make_path([sales.courses[0], sales.courses[1], written.course], by, title="Closed path")
    edit_item(items[2], by=by, role="required", section="", needs=[one.id for one in items[:2]], needed=None)
    publish_path(path, by=by)
    enroll_in_path(sales.cast.lena.record, path, by=by)
    db.session.commit()
    client.sign_in(sales.cast.lena.user.id)
    return written


def test_every_address_of_a_locked_course_says_no(client: PageClient, sales: Sales, closed: Written) -> None:
    """CRS-4: page, file, original, beats, done, signing, quiz: 403 for a locked course, whatever is posted and in
    whichever order, and nothing is written; all of them open right after the last prerequisite."""
    course_at = f"/learn/courses/{closed.course.id}"
    text, pledge, quiz = (f"{course_at}/lessons/{one.id}" for one in (closed.text, closed.pledge, closed.quiz_lesson))
    gets = [text, pledge, quiz, f"{text}/files/{closed.text.file_id}", f"{text}/original"]
    forged = {"seconds": "9999", "seen": "[]", "progress": "100", "agreed": "1", "password": "x", "locks": "[]"}
    posts = [f"{one}/{what}" for one in (text, pledge, quiz) for what in ("activity", "done")] + [f"{quiz}/quiz"]
    for number in range(3):
        for address in gets:
            assert client.get(address).status_code == 403, address
        for address in reversed(posts):
            for headers in ({}, HTMX):
                assert client.post(address, data=forged, headers=headers).status_code == 403, address
        row = enrollment_of(sales.cast.lena, closed.course)
        assert (row.started_at, row.progress, row.done_lessons, row.current_lesson_id) == (None, 0, 0, None)
        rows = select(LessonProgress).where(LessonProgress.enrollment_id == row.id)
        assert db.session.scalars(rows).all() == [] and db.session.query(QuizSubmission).count() == 0
        if number < 2:
            assert row.locks
            sales.complete(sales.cast.lena, number)
            if number:
                break
    for address in gets:
        # The quiz opens by the lessons before it, as always.
        with client.get(address) as answer:
            assert answer.status_code == (403 if address == quiz else 200), address
    assert client.post(f"{text}/done").status_code == 303


def test_an_attempt_that_was_open_when_the_lock_came_back(client: PageClient, sales: Sales, closed: Written) -> None:
    """CRS-4, QIZ-3: should a course be locked while an attempt is open (a payment, say), the attempt's own addresses
    are closed too: questions, answers, review and handing in."""
    lena = sales.cast.lena
    sales.complete(lena, 0, 1)
    course_at = f"/learn/courses/{closed.course.id}"
    client.post(f"{course_at}/lessons/{closed.text.id}/done")
    row = enrollment_of(lena, closed.course)
    now = dt.datetime(2026, 11, 2, tzinfo=dt.UTC)
    db.session.add(
        LessonProgress(enrollment_id=row.id, cycle=1, lesson_id=closed.pledge.id, opened_at=now, done_at=now)
    )
    db.session.commit()
    begun = client.post(f"{course_at}/lessons/{closed.quiz_lesson.id}/quiz").headers["Location"]
    attempt = begun.removesuffix("/questions/1")
    assert client.get(begun).status_code == 200
    enrollment_of(lena, closed.course).locks = [{"kind": "payment"}]
    db.session.commit()
    for address in (begun, f"{attempt}/review"):
        assert client.get(address).status_code == 403, address
    for address in (begun, f"{attempt}/answers/{closed.question.id}", f"{attempt}/hand-in"):
        assert client.post(address, data={"answer": "a", "revision": "1", "key": "k"}).status_code == 403, address
    assert db.session.query(QuizAnswer).count() == 0
    assert "paid for" in client.get(course_at).text
