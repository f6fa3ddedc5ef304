"""Asking for a regrade, of one attempt or of all that were asked the question (QIZ-4)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from lmsapp.courses.quizzes.models import Quiz
from lmsapp.courses.quizzes.rules import Asked
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.queue import ring
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.learning.enrollments.access import needed
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.quizzes.events import QuizGraded
from lmsapp.learning.quizzes.models import QuizSubmission
from lmsapp.learning.regrading.applying import apply_to
from lmsapp.learning.regrading.keys import Correction, check_correction
from lmsapp.learning.regrading.models import QuizRegrade, QuizRegradeLine
from lmsapp.learning.regrading.rules import Policy
from lmsapp.people.employees.models import Employee
from lmsapp.people.viewer import Viewer

REGRADE_JOB = "quiz regrade"


def ask_regrade(
    quiz_id: int, question: Asked, correction: Correction, policy: Policy, reason: str, *, by: Viewer
) -> QuizRegrade:
    """Every attempt that was asked this version of the question; the worker does it. Raises RuleBroken.

    `question`: as some attempt was asked it.
    """
    regrade = _asked(quiz_id, question, correction, policy, reason, by=by)
    ring(REGRADE_JOB, regrade.id, urgent=True)
    return regrade


def regrade_one(
    submission: QuizSubmission, question: Asked, correction: Correction, policy: Policy, reason: str, *, by: Viewer
) -> QuizRegradeLine:
    """This attempt alone, at once. Raises RuleBroken, NotAllowed for one's own."""
    own = select(Employee.id).where(Employee.user_id == by.user_id, Enrollment.employee_id == Employee.id)
    if db.session.scalar(select(Enrollment.id).where(Enrollment.id == submission.enrollment_id, own.exists())):
        raise NotAllowed(N_("Your own work is graded by somebody else."))
    regrade = _asked(submission.quiz_id, question, correction, policy, reason, by=by, submission_id=submission.id)
    regrade.state, regrade.finished_at, regrade.done, regrade.total = "ready", clock.now(), 1, 1
    return apply_to(submission.id, regrade, by=by)


def follow_regrades(event: QuizGraded) -> None:
    """An attempt scored after a regrade, by the same version of the question, is corrected as those before it were."""
    if event.grading.kind == "regraded" or event.submission.practice:
        return
    asked = [one["id"] for one in event.submission.questions]
    earlier = select(QuizRegrade).where(
        QuizRegrade.quiz_id == event.submission.quiz_id,
        QuizRegrade.submission_id.is_(None),
        QuizRegrade.question_id.in_(asked),
    )
    for regrade in db.session.scalars(earlier.order_by(QuizRegrade.id)).all():
        apply_to(event.submission.id, regrade, by=asker_of(regrade))


def try_regrade_again(regrade: QuizRegrade, *, by: Viewer) -> None:
    """Once more what failed; attempts that were done stay done. Raises RuleBroken."""
    if regrade.state != "failed":
        raise RuleBroken(N_("This regrade is not waiting for another try."))
    regrade.state, regrade.tries = "waiting", 0
    _note("regrade asked once more", regrade, by)
    ring(REGRADE_JOB, regrade.id, urgent=True)


def asker_of(regrade: QuizRegrade) -> Viewer:
    """In whose name the worker does it."""
    return Viewer(user_id=regrade.asked_by_id, employee_id=None, name=regrade.asked_by_name, email="")


def _asked(
    quiz_id: int,
    question: Asked,
    correction: Correction,
    policy: Policy,
    reason: str,
    *,
    by: Viewer,
    submission_id: int | None = None,
) -> QuizRegrade:
    check_correction(question, correction)
    regrade = QuizRegrade(
        quiz_id=quiz_id,
        question_id=question["id"],
        submission_id=submission_id,
        prompt=question["prompt"],
        correction=correction.as_json(),
        policy=policy.value,
        reason=needed(reason)[:1000],
        asked_by_id=by.user_id,
        asked_by_name=by.name,
        asked_at=clock.now(),
    )
    db.session.add(regrade)
    db.session.flush()
    _note("regrade asked", regrade, by)
    return regrade


def _note(action: str, regrade: QuizRegrade, by: Viewer) -> None:
    course_id = db.session.scalars(select(Quiz.course_id).where(Quiz.id == regrade.quiz_id)).one()
    after: dict[str, Any] = {
        "question": regrade.prompt,
        "correction": regrade.correction,
        "policy": regrade.policy,
        "attempt": regrade.submission_id,
    }
    record_change(action, ("course", course_id), by=by, after=after, reason=regrade.reason)
