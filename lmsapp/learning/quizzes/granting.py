"""Another attempt at a quiz whose attempts are used up, with a reason (ENR-7, QIZ-2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from lmsapp.courses.catalogue.models import Lesson
from lmsapp.courses.quizzes.models import Quiz
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.learning.enrollments.access import check_moderates, needed
from lmsapp.learning.enrollments.actions import lock_enrollment
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.quizzes.models import QuizAttemptGrant, QuizSubmission
from lmsapp.people.viewer import Viewer


def attempts_granted(enrollment: Enrollment, quiz_id: int) -> int:
    """How many more attempts this learner has than the quiz allows, in the present cycle."""
    counted = select(func.count()).where(
        QuizAttemptGrant.enrollment_id == enrollment.id,
        QuizAttemptGrant.quiz_id == quiz_id,
        QuizAttemptGrant.cycle == enrollment.cycle,
    )
    return db.session.scalar(counted) or 0


def grant_attempt(enrollment: Enrollment, quiz_id: int, *, by: Viewer, reason: str) -> None:
    """One more; a failed enrollment is in progress again. Raises RuleBroken while attempts are left, or once passed."""
    why = needed(reason)
    lock_enrollment(enrollment)
    check_moderates(by)
    quiz = next((one for one in quizzes_used_up(enrollment) if one.quiz_id == quiz_id), None)
    if quiz is None:
        raise RuleBroken(N_("There are attempts left, or the quiz is passed: nothing to grant."))
    grant = QuizAttemptGrant(
        enrollment_id=enrollment.id,
        quiz_id=quiz_id,
        cycle=enrollment.cycle,
        reason=why,
        granted_by_id=by.user_id,
        granted_by_name=by.name,
        granted_at=clock.now(),
    )
    db.session.add(grant)
    before = {"failed_at": enrollment.failed_at}
    enrollment.failed_at = None
    after = {"title": quiz.title, "attempts": quiz.used + 1}
    record_change("attempt granted", ("enrollment", enrollment.id), by=by, before=before, after=after, reason=why)
    db.session.flush()


def quizzes_used_up(enrollment: Enrollment) -> Sequence[Any]:
    """The quizzes of the course where no attempt is left and none was passed: quiz_id, title, used, allowed."""
    granted = (
        select(func.count())
        .where(
            QuizAttemptGrant.enrollment_id == enrollment.id,
            QuizAttemptGrant.quiz_id == Quiz.id,
            QuizAttemptGrant.cycle == enrollment.cycle,
        )
        .scalar_subquery()
    )
    used = func.count(QuizSubmission.id)
    return db.session.execute(
        select(Quiz.id.label("quiz_id"), Lesson.title, used.label("used"), Quiz.max_attempts.label("allowed"))
        .join(Lesson, Lesson.id == Quiz.lesson_id)
        .join(QuizSubmission, QuizSubmission.quiz_id == Quiz.id)
        .where(
            QuizSubmission.enrollment_id == enrollment.id,
            QuizSubmission.cycle == enrollment.cycle,
            Quiz.course_id == enrollment.course_id,
            Quiz.max_attempts.is_not(None),
        )
        .group_by(Quiz.id, Lesson.title)
        .having(func.coalesce(func.bool_or(QuizSubmission.passed), False).is_(False))
        .having(func.count(QuizSubmission.submitted_at) == used)
        .having(used >= Quiz.max_attempts + granted)
    ).all()
