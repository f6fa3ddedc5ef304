"""Another attempt at a quiz whose attempts are used up, with a reason (ENR-7, QIZ-2)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.learning.enrollments.access import check_moderates, needed
from lmsapp.learning.enrollments.facts import version_taken
from lmsapp.learning.enrollments.held import lock_enrollment
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.quizzes.allowed import attempts_allowed
from lmsapp.learning.quizzes.models import QuizAttemptGrant, QuizSubmission
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class UsedUp:
    """A quiz of which all `used` attempts failed."""

    quiz_id: int
    title: str
    used: int


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


def quizzes_used_up(enrollment: Enrollment) -> list[UsedUp]:
    """The quizzes where no attempt is left, none is open and none was passed; course loaded, in its order.

    As the version has them that is taken.
    """
    counted = select(
        QuizSubmission.quiz_id,
        func.count().label("used"),
        func.count(QuizSubmission.submitted_at).label("handed_in"),
        func.coalesce(func.bool_or(QuizSubmission.passed), False).label("passed"),
    ).where(QuizSubmission.enrollment_id == enrollment.id, QuizSubmission.cycle == enrollment.cycle)
    rows = {row.quiz_id: row for row in db.session.execute(counted.group_by(QuizSubmission.quiz_id))}
    version = version_taken(enrollment) if rows else None
    found = []
    for lesson_id, quiz in (version.quizzes if version else {}).items():
        row = rows.get(quiz.view.id)
        if version is None or row is None or row.passed or row.handed_in < row.used:
            continue
        allowed = attempts_allowed(
            quiz.view.max_attempts, enrollment_id=enrollment.id, cycle=enrollment.cycle, quiz_id=quiz.view.id
        )
        if allowed is not None and row.used >= allowed:
            found.append(UsedUp(quiz.view.id, version.lessons[lesson_id].title, row.used))
    return found
