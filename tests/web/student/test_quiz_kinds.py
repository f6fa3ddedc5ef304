"""Taking all eight kinds by forms, practice, waiting, rework, and help after two fails, through the pages."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from lmsapp.infra import clock as product_clock
from lmsapp.infra.db import db
from lmsapp.learning.answers.actions import Verdict, grade_attempt, return_answers
from lmsapp.learning.answers.rules import Mark
from lmsapp.learning.quizzes.actions import submit
from lmsapp.learning.quizzes.models import QuizAnswer, QuizGrading, QuizSubmission
from tests.cast import Cast, make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.learning.quizzes.eight import Eight, answer
from tests.web.student.test_quiz_pages import FRAGMENT, handed_in


@pytest.fixture
def people() -> Cast:
    return make_cast()


@pytest.fixture
def client(app: Flask, people: Cast) -> PageClient:
    client = PageClient(app)
    client.sign_in(people.lena.user.id)
    return client


def held(submission: QuizSubmission, question: int) -> list[str]:
    db.session.expire_all()
    return db.session.get_one(QuizAnswer, (submission.id, question)).given


def test_every_kind_is_taken_without_script(client: PageClient, people: Cast, clock: Clock) -> None:
    """QIZ-1, QIZ-3: each kind by its form; refused in words with what was typed kept; the waiting result is said."""
    eight = Eight(settings={"show_answers": "after_submit"})
    enrollment = eight.enroll(people.lena)
    submission = eight.start(enrollment)
    db.session.commit()
    base = f"/learn/quiz/{submission.id}"
    for number, question in enumerate(submission.questions, start=1):
        page = client.get(f"{base}/questions/{number}").text
        given, address = answer(question, right=True), f"{base}/questions/{number}"
        sent = dict(re.findall(r'name="(seen|was|flagged)" value="([^"]*)"', page))
        data: dict[str, object] = {**sent, "answer": given, "go": "next"}
        if question["kind"] == "ordering":
            twice = client.post(address, data={**sent, **{f"place-{key}": "1" for key in given}})
            assert twice.status_code == 422
            assert "a place of its own" in twice.text
            assert twice.text.count("<option selected>1</option>") == len(given), "nothing chosen is lost"
            data = {**sent, **{f"place-{key}": str(place) for place, key in enumerate(given, 1)}}
        assert client.post(address, data=data).status_code == 303
        assert held(submission, question["id"]) == given
        again = client.get(address).text
        assert "Saved at" in again
        if question["kind"] == "numeric":
            assert "We read: 9.81 m/s2" in again
        if question["kind"] == "open":
            assert "Write 3 to 50 words." in again
        untouched = dict(re.findall(r'name="(seen|was|flagged)" value="([^"]*)"', again))
        revision = db.session.get_one(QuizAnswer, (submission.id, question["id"])).revision
        client.post(address, data={**data, **untouched})
        db.session.expire_all()
        assert db.session.get_one(QuizAnswer, (submission.id, question["id"])).revision == revision, (
            "nothing was changed"
        )
    refused(client, submission)
    review = client.get(f"{base}/review").text
    assert "Every question is answered" in review
    result = client.post(f"{base}/hand-in", data=handed_in(review), follow_redirects=True).text
    assert "1 answer waits to be graded by a person" in result
    assert "Because it is so." in result
    assert "I would tell the charge nurse." not in result, "it may still be given back"
    course = client.get(f"/learn/courses/{eight.course.id}").text
    assert "Waits to be graded" in course
    assert "waits to be graded" in client.get(f"/learn/courses/{eight.course.id}/lessons/{eight.check.id}").text
    rework(client, people, submission)


def refused(client: PageClient, submission: QuizSubmission) -> None:
    """SEC-6: answers of other questions' shapes are refused in words; what was saved stays."""
    by_kind = {one["kind"]: one for one in submission.questions}
    hostile = {
        "single": ["a", "b"], "matching": ["a=a", "a=b"], "ordering": ["a", "a"], "numeric": ["9" * 501],
        "short": ["x" * 501], "open": ["x" * 20_001], "multiple": ["z"], "true_false": ["a=b"],
    }  # fmt: skip
    for kind, given in hostile.items():
        before = held(submission, by_kind[kind]["id"])
        address = f"/learn/quiz/{submission.id}/answers/{by_kind[kind]['id']}"
        got = client.post(address, data={"answer": given, "revision": "99"}, headers=FRAGMENT)
        if kind == "ordering":  # the same key twice is once
            assert got.status_code == 200
            continue
        assert got.status_code == 422, kind
        assert "does not belong to this question" in got.json["said"]
        assert held(submission, by_kind[kind]["id"]) == before
    ordering = by_kind["ordering"]
    data = {"answer": answer(ordering, right=True), "revision": "100"}
    client.post(f"/learn/quiz/{submission.id}/answers/{ordering['id']}", data=data, headers=FRAGMENT)


def rework(client: PageClient, people: Cast, submission: QuizSubmission) -> None:
    """QIZ-5: given back, only that answer can be changed; handed in again once; what was graded stays on record."""
    numbered = {one["kind"]: (number, one["id"]) for number, one in enumerate(submission.questions, start=1)}
    (number, question), base = numbered["open"], f"/learn/quiz/{submission.id}"
    back = Verdict({question: Mark(feedback="Say <b>whom</b> first.")}, seen=1)
    return_answers(submission, [question], back, by=people.milo.viewer)
    db.session.commit()
    result = client.get(f"{base}/result").text
    assert "1 answer was given back to you" in result
    assert "Say &lt;b&gt;whom&lt;/b&gt; first." in result
    assert "Because it is so." not in result, "nothing is shown while it can be changed"
    assert client.get(f"{base}/questions/{numbered['single'][0]}").location == f"{base}/result"
    other = client.post(f"{base}/answers/{numbered['single'][1]}", data={"revision": "900"}, headers=FRAGMENT)
    assert other.status_code == 422
    assert "Only the answers that were given back" in other.json["said"]
    assert "Milo Brandt gave this back" in client.get(f"{base}/questions/{number}").text
    client.post(f"{base}/questions/{number}", data={"answer": "The nurse first, then Lena.", "go": "next"})
    sent = handed_in(client.get(f"{base}/review").text)
    assert sent["again"] == "1"
    for _click in range(2):
        assert client.post(f"{base}/hand-in", data=sent).location == f"{base}/result"
    db.session.expire_all()
    attempt = db.session.get_one(QuizSubmission, submission.id)
    assert (attempt.returned, attempt.passed, attempt.graded_at) == (None, None, None)
    assert [one["waits"] for one in attempt.result or () if one["id"] == question] == [True]
    assert len(db.session.scalars(select(QuizGrading).where(QuizGrading.submission_id == submission.id)).all()) == 3
    assert client.post(f"{base}/hand-in", data={**sent, "key": "late"}).status_code == 422
    good = Verdict({question: Mark(points=Decimal(1), criteria={"r1": Decimal(1)}, feedback="Well said.")}, seen=3)
    grade_attempt(attempt, good, by=people.milo.viewer)
    db.session.commit()
    result = client.get(f"{base}/result").text
    assert "You passed with" in result
    assert "Well said." in result
    assert "I would tell the charge nurse." in result, "now it may be compared with"


def test_practice_is_checked_at_once_and_finishes_its_lesson(client: PageClient, people: Cast, clock: Clock) -> None:
    """QIZ-2: right or wrong and the explanation after each question; it counts for nothing, and can be done again."""
    eight = Eight(practice=True)
    assert eight.exercise is not None
    enrollment = eight.enroll(people.lena)
    lesson = f"/learn/courses/{eight.course.id}/lessons/{eight.exercise.id}"
    assert "This is practice" in client.get(lesson).text
    for round_number in (1, 2):
        base = client.post(f"{lesson}/quiz").location.rpartition("/questions")[0]
        submission = db.session.get_one(QuizSubmission, int(base.rpartition("/")[2]))
        number = next(n for n, one in enumerate(submission.questions, 1) if one["kind"] == "single")
        assert "Give an answer first" in client.get(f"{base}/questions/{number}?checked=1").text
        wrong = answer(submission.questions[number - 1], right=False)
        checked = client.post(f"{base}/questions/{number}", data={"answer": wrong, "go": "check"})
        page = client.get(checked.location).text
        assert "Not right" in page
        assert "Because it is so." in page
        done = client.post(f"{base}/hand-in", data=handed_in(client.get(f"{base}/review").text), follow_redirects=True)
        assert "0 of 1 right in practice" in done.text
        db.session.refresh(enrollment)
        assert (enrollment.done_lessons, enrollment.best_score, enrollment.failed_at) == (1, None, None), round_number


def test_waiting_then_help_after_two_fails(client: PageClient, people: Cast, clock: Clock) -> None:
    """QIZ-2, QIZ-7: when the next attempt opens is said; after the second fail concepts and the instructor's time."""
    eight = Eight(by=people.carla.viewer, settings={"wait_minutes": 45, "passing_percent": 100}, with_open=False)
    enrollment = eight.enroll(people.lena)
    lesson, course = f"/learn/courses/{eight.course.id}/lessons/{eight.check.id}", f"/learn/courses/{eight.course.id}"
    first = eight.start(enrollment)
    submit(first, "k")
    db.session.commit()
    early = client.post(f"{lesson}/quiz", follow_redirects=True).text
    assert "It opens" in early
    assert "The next attempt opens" in early
    assert "data-ends-at" in client.get(f"/learn/quiz/{first.id}/result").text
    for path in (lesson, course, f"/learn/quiz/{first.id}/result"):
        assert "What can help you now" not in client.get(path).text, "not before two fails"
    assert client.get(f"{course}/instructor-time").status_code == 404
    clock.move(minutes=46)
    base = client.post(f"{lesson}/quiz").location.rpartition("/questions")[0]
    client.post(f"{base}/hand-in", data=handed_in(client.get(f"{base}/review").text))
    for path in (lesson, course, f"{base}/result"):
        page = client.get(path).text
        assert "What can help you now" in page
        assert "needles" in page
        assert "Because it is so." not in page
    soon = (product_clock.now() + dt.timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    late = client.post(f"{course}/instructor-time", data={"words": "Help <me>", "time_1": "2020-01-01T10:00"})
    assert late.status_code == 422
    assert "Help &lt;me&gt;" in late.text
    asked = client.post(f"{course}/instructor-time", data={"words": "Help <me>", "time_1": soon})
    assert "Waiting for an answer" in client.get(asked.location).text
    studio(client, people, soon)
    client.sign_in(people.lena.user.id)
    assert "Come at noon." in client.get(f"{course}/instructor-time").text
    assert client.post(f"{course}/instructor-time/end").status_code == 303
    assert "Ask for time" in client.get(course).text


def studio(client: PageClient, people: Cast, soon: str) -> None:
    """The author answers; who may see nothing sees nothing."""
    client.sign_in(people.carla.user.id)
    page = client.get("/studio/instructor-requests").text
    address = re.search(r"/studio/instructor-requests/\d+", page)
    assert address is not None
    assert "Help &lt;me&gt;" in client.get(address[0]).text
    assert client.post(f"{address[0]}/answer", data={"seen": "0"}).status_code == 422
    assert client.post(f"{address[0]}/answer", data={"seen": "x", "answer": "a"}).status_code == 400
    sent = {"seen": "0", "answer": "Come at noon.", "meet_at": soon}
    assert client.post(f"{address[0]}/answer", data=sent).status_code == 303
    for stranger, status in ((people.otto, 403), (people.hana, 403)):
        client.sign_in(stranger.user.id)
        assert client.get(address[0]).status_code == status
        assert client.post(f"{address[0]}/answer", data=sent).status_code == status
    assert client.get("/studio/instructor-requests").status_code == 403
