"""What was made of an attempt, and what follows: the one place where a result acts on the enrollment (QIZ-4)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from lmsapp.courses.quizzes.marking import Score, score
from lmsapp.courses.quizzes.models import Quiz
from lmsapp.courses.quizzes.queries import QuizView
from lmsapp.courses.quizzes.rules import QuestionKind
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.learning.enrollments.actions import attempts_used_up, practice_done, quiz_passed
from lmsapp.learning.enrollments.facts import quiz_of
from lmsapp.learning.enrollments.handed_in import quiz_not_passed_after_all
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.quizzes import rules
from lmsapp.learning.quizzes.allowed import attempts_allowed
from lmsapp.learning.quizzes.events import QuizGraded
from lmsapp.learning.quizzes.models import QuizAnswer, QuizGrading, QuizSubmission
from lmsapp.people.viewer import Viewer


def score_of(
    submission: QuizSubmission,
    graded: Mapping[int, Decimal] | None = None,
    corrections: Mapping[str, Mapping[str, Any]] | None = None,
) -> Score:
    """The saved answers against the questions as asked. `graded`: points by hand, by question id.

    `corrections`: by question id as text, what of the question is taken instead ({'options', 'detail', 'points'}).
    """
    answers = select(QuizAnswer.question_id, QuizAnswer.given).where(QuizAnswer.submission_id == submission.id)
    given = {row.question_id: list(row.given) for row in db.session.execute(answers)}
    instead = corrections or {}
    if submission.practice:  # nobody grades what does not count
        graded = {one["id"]: Decimal(0) for one in submission.questions if one["kind"] == QuestionKind.OPEN}
    asked = [{**one, **instead.get(str(one["id"]), {})} for one in submission.questions]
    return score(asked, given, graded, submission.negative_percent)


def keep_grading(
    submission: QuizSubmission,
    scored: Score,
    kind: str,
    *,
    by: Viewer | None,
    feedback: Mapping[str, str] | None = None,
    corrections: Mapping[str, Any] | None = None,
    reason: str = "",
) -> QuizGrading:
    """A new row, and the submission says the same; nothing follows from it yet. The submission is held."""
    last = db.session.scalar(select(func.max(QuizGrading.number)).where(QuizGrading.submission_id == submission.id))
    now = clock.now()
    passed = None if scored.waiting else scored.passes(submission.passing_percent)
    left_out = {key for key, instead in (corrections or {}).items() if instead.get("points") == "0"}
    result = [
        one.as_json() | ({"left_out": True} if str(one.question_id) in left_out else {}) for one in scored.results
    ]
    grading = QuizGrading(
        submission_id=submission.id,
        number=(last or 0) + 1,
        kind=kind,
        at=now,
        by_id=by.user_id if by else None,
        by_name=by.name if by else "",
        points=scored.points,
        max_points=scored.max_points,
        percent=scored.percent,
        passed=passed,
        result=result,
        feedback=dict(feedback or {}),
        corrections=dict(corrections or {}),
        reason=reason,
    )
    db.session.add(grading)
    for name in ("points", "max_points", "percent", "passed", "result"):
        setattr(submission, name, getattr(grading, name))
    submission.graded_at = None if passed is None else now
    db.session.flush()
    return grading


def settle_result(submission: QuizSubmission, enrollment: Enrollment, grading: QuizGrading, *, first: bool) -> None:
    """A pass finishes the lesson, the last failed attempt fails the enrollment; while answers wait, nothing follows.

    Of an earlier time round, or of somebody withdrawn, the result is kept and counts for nothing. The enrollment is
    held. `first`: no result stood before.
    """
    if grading.passed is None:
        return
    quiz = db.session.get_one(Quiz, submission.quiz_id)
    if submission.cycle == enrollment.cycle and enrollment.withdrawn_at is None:
        _act(submission, enrollment, quiz)
    emit(QuizGraded(submission, enrollment, quiz.lesson_id, grading, first))


def _act(submission: QuizSubmission, enrollment: Enrollment, quiz: Quiz) -> None:
    if submission.practice:
        practice_done(enrollment, quiz.lesson_id)
    elif submission.passed:
        quiz_passed(enrollment, quiz.lesson_id, submission.percent or 0, attempt=submission.number)
    else:
        _not_passed(submission, enrollment, quiz)


def _not_passed(submission: QuizSubmission, enrollment: Enrollment, quiz: Quiz) -> None:
    """A pass that a regrade took away opens the lesson again; a course that is complete stays so."""
    if not enrollment.complete and not attempts_so_far(enrollment, quiz.id).passed:
        quiz_not_passed_after_all(enrollment, quiz.lesson_id, attempt=submission.number)
    if enrollment.failed_at is None and _none_left(enrollment, quiz):
        attempts_used_up(enrollment)


def _none_left(enrollment: Enrollment, quiz: Quiz) -> bool:
    """No attempt may begin any more, none passed, and none waits to be graded."""
    asked = quiz_of(enrollment, quiz.lesson_id)
    so_far = attempts_so_far(enrollment, quiz.id)
    if asked is None or so_far.passed or so_far.waiting:
        return False
    return rules.attempts_left(allowed_now(enrollment, asked.view), so_far.used) == 0


def allowed_now(enrollment: Enrollment, quiz: QuizView) -> int | None:
    """How many attempts the learner has in this time round; None: no limit. Practice has none."""
    if quiz.practice:
        return None
    return attempts_allowed(quiz.max_attempts, enrollment_id=enrollment.id, cycle=enrollment.cycle, quiz_id=quiz.id)


def attempts_so_far(enrollment: Enrollment, quiz_id: int) -> rules.SoFar:
    """Attempts at a quiz in the current time round."""
    now = (QuizSubmission.cycle == enrollment.cycle) & ~QuizSubmission.practice
    row = db.session.execute(
        select(
            func.count().filter(now),
            func.coalesce(func.bool_or(QuizSubmission.passed).filter(now), False),
            func.coalesce(func.max(QuizSubmission.number), 0),
            func.coalesce(
                func.bool_or(QuizSubmission.submitted_at.is_not(None) & QuizSubmission.graded_at.is_(None)).filter(now),
                False,
            ),
            func.max(QuizSubmission.submitted_at).filter(now),
        ).where(QuizSubmission.enrollment_id == enrollment.id, QuizSubmission.quiz_id == quiz_id)
    ).one()
    return rules.SoFar(*row)
