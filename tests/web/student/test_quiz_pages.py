"""Taking a quiz through its pages, with and without script."""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask

from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.quizzes.models import QuizAnswer, QuizSubmission
from tests.cast import Cast, make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.learning.quizzes.ward import SECRET, Ward, keys

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def people() -> Cast:
    return make_cast()


@pytest.fixture
def client(app: Flask, people: Cast) -> PageClient:
    client = PageClient(app)
    client.sign_in(people.lena.user.id)
    return client


def ready(people: Cast, **settings: object) -> tuple[Ward, Enrollment]:
    ward = Ward(**settings)  # type: ignore[arg-type]
    return ward, ward.unlock(ward.enroll(people.lena))


def begin(client: PageClient, ward: Ward) -> QuizSubmission:
    response = client.post(f"/learn/courses/{ward.course.id}/lessons/{ward.check.id}/quiz")
    assert response.status_code == 303
    number = int(response.location.split("/quiz/")[1].split("/")[0])
    return db.session.get_one(QuizSubmission, number)


def handed_in(review: str) -> dict[str, str]:
    """What the form of a review page sends."""
    form = review[review.index('id="hand-in"') :]
    return dict(re.findall(r'<input type="hidden" name="(key|seen|again)" value="([^"]*)"', form))


def test_without_script_a_quiz_is_taken_by_forms_alone(client: PageClient, people: Cast) -> None:
    """QIZ-3, UX: Next saves and goes on, the flag stays, review counts what is open, handing in shows the result."""
    ward, _enrollment = ready(people)
    submission = begin(client, ward)
    address = f"/learn/quiz/{submission.id}"
    for number, question in enumerate(submission.questions, start=1):
        page = client.get(f"{address}/questions/{number}").text
        assert f"Question {number} of 4" in page
        answered = client.post(
            f"{address}/questions/{number}", data={"answer": keys(question, right=True), "flagged": "0", "go": "next"}
        )
        assert answered.location == (f"{address}/questions/{number + 1}" if number < 4 else f"{address}/review")
    flagged = client.post(
        f"{address}/questions/2",
        data={"answer": keys(submission.questions[1], right=True), "flagged": "0", "go": "flag"},
    )
    assert flagged.location == f"{address}/questions/2"
    assert 'aria-pressed="true"' in client.get(flagged.location).text
    review = client.get(f"{address}/review").text
    assert "1 question is flagged" in review
    sent = handed_in(review)
    done = client.post(f"{address}/hand-in", data=sent)
    result = client.get(done.location).text
    assert "You passed with 100" in result
    assert "You have completed" in result
    assert client.post(f"{address}/hand-in", data=sent).location == done.location, "the same again answers the same"
    assert client.post(f"{address}/hand-in", data={**sent, "key": "another tab"}).location == done.location
    other = client.post(f"{address}/hand-in", data={**sent, "seen": "something else"})
    assert other.status_code == 422
    assert "with other answers than this page shows" in other.text


def test_saved_is_said_only_when_it_is_saved(client: PageClient, people: Cast, clock: Clock) -> None:
    """QIZ-3: 200 with the time and the revision held; refused in words once handed in."""
    ward, _enrollment = ready(people)
    submission = begin(client, ward)
    question = submission.questions[0]
    address = f"/learn/quiz/{submission.id}/answers/{question['id']}"
    right = keys(question, right=True)
    saved = client.post(address, data={"answer": right, "revision": "2", "flagged": "1"}, headers=FRAGMENT)
    held = {"revision": 2, "given": right, "flagged": True, "said": "Saved at 06:00"}
    assert saved.json == {"kept": True, **held}
    assert client.post(address, data={"answer": right, "revision": "2", "flagged": "1"}, headers=FRAGMENT).json == {
        "kept": True,
        **held,
    }, "the same once more, because its answer was lost on the way"
    older = client.post(address, data={"answer": [], "revision": "1"}, headers=FRAGMENT)
    assert older.json == {"kept": False, **held}, "and what is held, to be shown"
    assert client.get(address).json == held
    row = db.session.get_one(QuizAnswer, (submission.id, question["id"]))
    assert (row.given, row.flagged) == (right, True)
    early = client.post(f"/learn/quiz/{submission.id}/hand-in", data={"key": "k", "seen": "before that answer"})
    assert early.status_code == 422
    assert "Look again, then hand in" in early.text
    client.post(f"/learn/quiz/{submission.id}/hand-in", data=handed_in(early.text))
    late = client.post(address, data={"answer": right, "revision": "3"}, headers=FRAGMENT)
    assert late.status_code == 422
    assert "handed this check in" in late.json["said"]
    assert late.json["over"] == f"/learn/quiz/{submission.id}/result"


@pytest.mark.parametrize(
    "data", [{"revision": "x"}, {"revision": "9" * 10}, {"answer": ["a" * 22_001]}, {"answer": ["a"] * 21}]
)
def test_an_answer_of_another_shape_is_a_bad_request(client: PageClient, people: Cast, data: dict[str, object]) -> None:
    """SEC-6: nothing is stored of it."""
    ward, _enrollment = ready(people)
    submission = begin(client, ward)
    address = f"/learn/quiz/{submission.id}/answers/{submission.questions[0]['id']}"
    assert client.post(address, data=data, headers=FRAGMENT).status_code == 400


def test_somebody_elses_attempt_is_nowhere(client: PageClient, people: Cast) -> None:
    """SEC-4: Otto, and Lena's manager too, get 404 on every address of her attempt, and change nothing."""
    ward, _enrollment = ready(people)
    submission = begin(client, ward)
    question = submission.questions[0]["id"]
    for stranger in (people.otto, people.mark):
        client.sign_in(stranger.user.id)
        for path in ("questions/1", "review", "result"):
            assert client.get(f"/learn/quiz/{submission.id}/{path}", follow_redirects=True).status_code == 404
        for path in ("questions/1", f"answers/{question}", "hand-in"):
            assert client.post(f"/learn/quiz/{submission.id}/{path}", data={"answer": "a"}).status_code == 404
        assert client.get(f"/learn/papers/quiz_report/{submission.id}").status_code == 404
        assert client.get(f"/learn/papers/quiz_report/{submission.id}.pdf").status_code == 404
    db.session.refresh(submission)
    assert submission.submitted_at is None


def test_no_byte_gives_an_answer_away(client: PageClient, people: Cast) -> None:
    """QIZ-3: neither 'correct' nor an explanation is in any response before they may be seen."""
    ward, _enrollment = ready(people, show_answers="after_pass")
    submission = begin(client, ward)
    base, lesson = f"/learn/quiz/{submission.id}", f"/learn/courses/{ward.course.id}/lessons/{ward.check.id}"
    for number in range(1, 5):
        assert_silent(client.get(f"{base}/questions/{number}").text)
        assert_silent(client.get(f"{base}/questions/{number}", headers=FRAGMENT).text)
    question = submission.questions[0]
    wrong = keys(question, right=False)
    sent = client.post(f"{base}/answers/{question['id']}", data={"answer": wrong, "revision": 1}, headers=FRAGMENT)
    assert_silent(json.dumps(sent.json))
    assert_silent(client.get(f"{base}/review").text)
    assert_silent(client.post(f"{base}/hand-in", follow_redirects=True).text)
    for path in (
        f"{base}/result",
        lesson,
        f"/learn/courses/{ward.course.id}",
        f"/learn/courses/{ward.course.id}/why",
        "/learn",
    ):
        assert_silent(client.get(path).text)


def assert_silent(body: str) -> None:
    assert SECRET not in body
    assert "correct" not in body
    assert "option-right" not in body


def test_a_pass_may_show_the_answers(client: PageClient, people: Cast) -> None:
    """QIZ-2: with 'after a pass', what was silent before is shown after it."""
    ward, enrollment = ready(people)
    submission = ward.take(people.lena, enrollment, right=3)
    page = client.get(f"/learn/quiz/{submission.id}/result").text
    assert SECRET in page
    assert "option-right" in page


def test_after_failing_the_lessons_to_look_at_are_named(client: PageClient, people: Cast) -> None:
    """QIZ-7: the concepts missed, links to their lessons, how many attempts are left."""
    ward, enrollment = ready(people)
    submission = ward.take(people.lena, enrollment, right=1)
    page = client.get(f"/learn/quiz/{submission.id}/result").text
    assert "2 attempts left" in page
    assert f'/learn/courses/{ward.course.id}/lessons/{ward.text.id}"' in page
    assert "Try again" in page


def test_time_up_hands_in_what_was_saved(client: PageClient, people: Cast, clock: Clock) -> None:
    """QIZ-3: a page's fast clock cannot end the time early; after the deadline only the result is left."""
    ward, _enrollment = ready(people, minutes=10)
    submission = begin(client, ward)
    base = f"/learn/quiz/{submission.id}"
    assert 'role="timer"' in client.get(f"{base}/questions/1").text
    early = client.post(f"{base}/hand-in", data={"timeup": "1"})
    assert early.location == f"{base}/questions/1"
    clock.move(minutes=11)
    assert "Time is up" in client.get(f"{base}/questions/2").text
    assert client.post(f"{base}/hand-in", data={"timeup": "1"}).location == f"{base}/result"
    assert "time was up" in client.get(f"{base}/result").text
