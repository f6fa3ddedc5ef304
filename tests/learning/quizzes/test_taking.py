"""Attempts on a real database: begun once, saved always, handed in once."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from lmsapp.infra.db import db
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.quizzes.actions import submit, submit_expired
from lmsapp.learning.quizzes.answers import save_answer
from lmsapp.learning.quizzes.models import QuizAnswer, QuizSubmission
from lmsapp.learning.quizzes.queries import intro_for, submissions_of, taking
from lmsapp.learning.quizzes.results import result_for
from tests.cast import Person, employee
from tests.clock import Clock
from tests.conftest import Statements
from tests.learning.quizzes.ward import SECRET, Ward, keys


@pytest.fixture
def ward() -> Ward:
    return Ward()


@pytest.fixture
def lena() -> Person:
    return employee("Lena Fischer", "E-101", department="Cardiology", job_role="RN")


@pytest.fixture
def enrollment(ward: Ward, lena: Person) -> Enrollment:
    return ward.unlock(ward.enroll(lena))


def held(submission: QuizSubmission, question_id: int) -> QuizAnswer:
    db.session.expire_all()
    return db.session.get_one(QuizAnswer, (submission.id, question_id))


def test_the_check_waits_for_the_lessons_before_it(ward: Ward, lena: Person) -> None:
    """QIZ-3, ENR-5: a locked quiz cannot be started by its address either."""
    with pytest.raises(NotAllowed, match="lessons before it are done"):
        ward.start(ward.enroll(lena))


def test_an_open_attempt_is_carried_on_and_never_doubled(ward: Ward, enrollment: Enrollment) -> None:
    """QIZ-3: a second Start is the same attempt, with the same order of questions and options."""
    first = ward.start(enrollment)
    asked = [(one["id"], [option["key"] for option in one["options"]]) for one in first.questions]
    again = ward.start(enrollment)
    assert again.id == first.id
    assert [(one["id"], [option["key"] for option in one["options"]]) for one in again.questions] == asked
    assert db.session.scalar(select(func.count(QuizSubmission.id))) == 1


def test_whatever_order_saves_arrive_in_the_newest_stays(ward: Ward, lena: Person, enrollment: Enrollment) -> None:
    """QIZ-3: for any order of arrival, and any repetition, the answer with the highest revision is held."""
    submission = ward.start(enrollment)
    question = next(one for one in submission.questions if one["kind"] == "single")
    options = [one["key"] for one in question["options"]]
    rolls = random.Random(7)
    base = 0
    for _round in range(60):
        sent = [
            (base + revision, rolls.choice(options), rolls.random() < 0.3) for revision in range(1, rolls.randint(2, 7))
        ]
        arriving = [*sent, *rolls.sample(sent, k=rolls.randint(0, len(sent)))]
        rolls.shuffle(arriving)
        newest = base
        for revision, key, flagged in arriving:
            saved = save_answer(submission.id, question["id"], [key], revision, flagged, by=lena.viewer)
            assert saved is not None
            assert saved.kept is (revision >= newest), "the newest once more is as it was"
            newest = max(newest, revision)
            assert saved.revision == newest
        answer = held(submission, question["id"])
        assert (answer.revision, answer.given, answer.flagged) == (sent[-1][0], [sent[-1][1]], sent[-1][2])
        base = newest


def test_a_form_without_script_is_always_the_newest(ward: Ward, lena: Person, enrollment: Enrollment) -> None:
    """QIZ-3: it carries no revision; a beat from before that arrives late changes nothing."""
    submission = ward.start(enrollment)
    question = submission.questions[0]
    wrong, right = keys(question, right=False), keys(question, right=True)
    save_answer(submission.id, question["id"], wrong, 4, by=lena.viewer)
    saved = save_answer(submission.id, question["id"], right, None, by=lena.viewer)
    assert saved is not None
    assert saved.revision == 5
    late = save_answer(submission.id, question["id"], wrong, 5, by=lena.viewer)
    assert late is not None
    assert not late.kept
    assert held(submission, question["id"]).given == right


def test_saving_is_one_statement(ward: Ward, lena: Person, enrollment: Enrollment, statements: Statements) -> None:
    """QIZ-3: the guard, the write and the reason for a refusal together."""
    submission = ward.start(enrollment)
    submission_id, question_id = submission.id, submission.questions[0]["id"]
    given, viewer = keys(submission.questions[0], right=True), lena.viewer
    statements.clear()
    save_answer(submission_id, question_id, given, 1, by=viewer)
    assert len(statements) == 1


@pytest.mark.parametrize("given", [["no-such-key"], ["a", "b"]])
def test_what_was_not_asked_is_not_taken(ward: Ward, lena: Person, enrollment: Enrollment, given: list[str]) -> None:
    """QIZ-3: foreign options, two options in a single choice, and other quizzes' questions are refused."""
    submission = ward.start(enrollment)
    question = next(one for one in submission.questions if one["kind"] == "single")
    with pytest.raises(RuleBroken, match="does not belong"):
        save_answer(submission.id, question["id"], given, 1, by=lena.viewer)
    with pytest.raises(RuleBroken, match="does not belong"):
        save_answer(submission.id, 999_999, [], 1, by=lena.viewer)
    assert db.session.scalar(select(func.count()).select_from(QuizAnswer)) == 0


def test_somebody_elses_attempt_does_not_exist(ward: Ward, lena: Person, enrollment: Enrollment) -> None:
    """SEC-4, QIZ-3: to others the attempt is nowhere: not to save into, not to look at."""
    otto = employee("Otto Nobody", "E-102", department="Facilities", job_role="Technician").viewer
    submission = ward.take(lena, enrollment, right=1)
    still_open = ward.start(enrollment)
    assert save_answer(still_open.id, still_open.questions[0]["id"], [], 1, by=otto) is None
    assert taking(otto, still_open.id) is None
    assert result_for(otto, submission.id) is None
    assert submissions_of(otto, enrollment.id) == ()
    assert intro_for(otto, ward.course.id, ward.check.id) is None


def test_handing_in_twice_scores_once(ward: Ward, lena: Person, enrollment: Enrollment) -> None:
    """QIZ-3, QIZ-4: the second click answers with the first result; no answer changes after it."""
    submission = ward.start(enrollment)
    for question in submission.questions:
        save_answer(submission.id, question["id"], keys(question, right=True), 1, by=lena.viewer)
    first = submit(submission, "one")
    at, result = first.submitted_at, first.result
    second = submit(submission, "two")
    assert (second.submitted_at, second.result, second.submit_key) == (at, result, "one")
    assert (first.percent, first.passed) == (Decimal(100), True)
    with pytest.raises(RuleBroken, match="handed this check in"):
        save_answer(submission.id, submission.questions[0]["id"], [], 9, by=lena.viewer)


def test_a_pass_finishes_the_lesson_and_the_course_at_once(ward: Ward, lena: Person, enrollment: Enrollment) -> None:
    """QIZ-4, ENR-3: in the request that hands it in."""
    ward.take(lena, enrollment, right=3)
    db.session.refresh(enrollment)
    assert (enrollment.progress, enrollment.best_score) == (100, 75)
    assert enrollment.completed_at is not None


def test_the_attempt_limit_holds(ward: Ward, lena: Person, enrollment: Enrollment) -> None:
    """QIZ-2, ENR-3: after the last failed attempt the enrollment has failed, and no other begins."""
    for number in (1, 2, 3):
        assert enrollment.failed_at is None
        assert ward.take(lena, enrollment, right=0).number == number
        db.session.refresh(enrollment)
    assert enrollment.failed_at is not None
    with pytest.raises(RuleBroken, match="all 3 attempts"):
        ward.start(enrollment)


def test_nobody_takes_what_they_have_passed(ward: Ward, lena: Person, enrollment: Enrollment) -> None:
    """QIZ-2: a pass stays a pass."""
    ward.take(lena, enrollment, right=4)
    with pytest.raises(RuleBroken, match="passed this check"):
        ward.start(enrollment)


def test_time_is_the_servers(lena: Person, clock: Clock) -> None:
    """QIZ-3: at the deadline nothing more is taken, and what was saved is scored as of the deadline."""
    ward = Ward(minutes=10)
    enrollment = ward.unlock(ward.enroll(lena))
    submission = ward.start(enrollment)
    first, second = submission.questions[:2]
    save_answer(submission.id, first["id"], keys(first, right=True), 1, by=lena.viewer)
    clock.move(minutes=10)
    with pytest.raises(RuleBroken, match="Time is up"):
        save_answer(submission.id, second["id"], keys(second, right=True), 1, by=lena.viewer)
    clock.move(hours=5)
    assert submit_expired() == 1
    assert submit_expired() == 0
    assert (submission.submitted_at, submission.percent) == (submission.deadline, Decimal(25))
    assert ward.start(enrollment).number == 2


def test_later_edits_never_change_an_attempt(ward: Ward, lena: Person, enrollment: Enrollment) -> None:
    """QIZ-4: the questions are kept as asked, with their version."""
    submission = ward.take(lena, enrollment, right=4)
    before = [(one["id"], one["version"], one["prompt"]) for one in submission.questions]
    ward.quiz.passing_percent = 100
    db.session.commit()
    db.session.expire_all()
    kept = db.session.get_one(QuizSubmission, submission.id)
    assert [(one["id"], one["version"], one["prompt"]) for one in kept.questions] == before
    assert kept.passing_percent == 75


@pytest.mark.parametrize(
    ("policy", "right", "shown"),
    [("never", 4, False), ("after_submit", 0, True), ("after_pass", 0, False), ("after_pass", 4, True)],
)
def test_right_answers_wait_for_the_quizs_own_setting(lena: Person, policy: str, right: int, shown: bool) -> None:
    """QIZ-2, QIZ-7: what was missed is named by its prompt and lesson, never by its answer."""
    ward = Ward(show_answers=policy)
    enrollment = ward.unlock(ward.enroll(lena))
    submission = ward.take(lena, enrollment, right)
    result = result_for(lena.viewer, submission.id)
    assert result is not None
    assert bool(result.review) is shown
    assert (SECRET in repr(result)) is shown
    if right == 0:
        assert [title for _id, title in result.missed] == ["Why it matters"]
