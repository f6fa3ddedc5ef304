"""Handing in what its learner has looked at, once; and once more what was given back for rework (QIZ-3, QIZ-5).

The page says with which key it hands in, and what it had seen. The same again answers the same; the same key with
something else is refused; answers that another window gave meanwhile are looked at first.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from lmsapp.courses.quizzes.marking import score
from lmsapp.courses.quizzes.models import Quiz
from lmsapp.courses.quizzes.rules import QuestionKind
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.learning.enrollments.door import check_open
from lmsapp.learning.enrollments.held import lock_enrollment
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.quizzes import rules
from lmsapp.learning.quizzes.actions import submit
from lmsapp.learning.quizzes.events import QuizSubmitted
from lmsapp.learning.quizzes.models import QuizAnswer, QuizGrading, QuizSubmission
from lmsapp.learning.quizzes.outcome import keep_grading, score_of, settle_result
from lmsapp.people.viewer import Viewer

LONGEST_KEY = 64


class LookAgain(RuleBroken):
    """Answers changed since the page was made: nothing was handed in, and the newest are to be shown."""


def hand_in(submission: QuizSubmission, key: str, seen: str) -> QuizSubmission:
    """Hand in what the page has seen. Again with the same `key` and `seen`: the same attempt as it stands.

    Past the deadline whatever is saved is handed in. Raises LookAgain, RuleBroken; NotAllowed while the course is
    locked.
    """
    db.session.refresh(submission, with_for_update=True)
    if submission.submitted_at is not None:
        _check_same(submission, key, seen)
        return submission
    if not rules.is_over(submission.deadline, clock.now()):
        _check_seen(submission, seen)
    submit(submission, key[:LONGEST_KEY])
    submission.submit_seen = seen[:LONGEST_KEY]
    db.session.flush()
    return submission


def hand_in_again(submission: QuizSubmission, key: str, seen: str, *, by: Viewer) -> QuizSubmission:
    """What was given back, reworked: it waits for the grader again, and what was graded before stays on record.

    Answers not given back keep their points. Raises LookAgain, RuleBroken.
    """
    db.session.refresh(submission, with_for_update=True)
    if submission.returned is None:
        if submission.submit_key == key:
            _check_same(submission, key, seen)
            return submission
        raise RuleBroken(N_("Nothing waits to be reworked here. What you handed in is with the grader."))
    _check_seen(submission, seen)
    enrollment = db.session.get_one(Enrollment, submission.enrollment_id)
    lock_enrollment(enrollment)
    check_open(enrollment)
    back = {int(one) for one in submission.returned["questions"]}
    last = db.session.scalars(
        select(QuizGrading).where(QuizGrading.submission_id == submission.id).order_by(QuizGrading.number.desc())
    ).first()
    corrections = last.corrections if last else {}
    scored = score_of(submission, _by_hand(submission, back, corrections), corrections)
    submission.returned = None
    submission.submit_key, submission.submit_seen = key[:LONGEST_KEY], seen[:LONGEST_KEY]
    grading = keep_grading(submission, scored, "scored", by=by, corrections=corrections)
    emit(QuizSubmitted(submission, enrollment, db.session.get_one(Quiz, submission.quiz_id).lesson_id))
    settle_result(submission, enrollment, grading, first=True)  # while it was given back, no result stood
    return submission


def seen_now(submission: QuizSubmission) -> str:
    """What a page would have seen that was made this instant."""
    rows = db.session.execute(
        select(QuizAnswer.question_id, QuizAnswer.revision, QuizAnswer.given).where(
            QuizAnswer.submission_id == submission.id
        )
    )
    return rules.digest_of((row.question_id, row.revision, row.given) for row in rows)


def _check_same(submission: QuizSubmission, key: str, seen: str) -> None:
    if submission.submit_key == key[:LONGEST_KEY] and submission.submit_seen != seen[:LONGEST_KEY]:
        raise RuleBroken(N_("This was handed in already, with other answers than this page shows. Look at the result."))


def _check_seen(submission: QuizSubmission, seen: str) -> None:
    if seen != seen_now(submission):
        raise LookAgain(
            N_("Some answers were changed in another window since this page was made. Look again, then hand in.")
        )


def _by_hand(submission: QuizSubmission, back: set[int], corrections: Mapping[str, Any]) -> dict[int, Decimal]:
    """The points a person gave, by question id, but for what was given back: what the rules would not have given."""
    held = {one["id"]: one for one in submission.result or () if one["id"] not in back}
    by_hand: dict[int, Decimal] = {}
    for question in submission.questions:
        made = held.get(question["id"])
        if made is None or made.get("waits"):
            continue
        asked = {**question, **corrections.get(str(question["id"]), {})}
        rules_say = score([asked], {question["id"]: made["given"]}, None, submission.negative_percent).results[0]
        given = Decimal(str(made["points"]))
        if (question["kind"] == QuestionKind.OPEN and made["given"]) or rules_say.points != given:
            by_hand[question["id"]] = given
    return by_hand
