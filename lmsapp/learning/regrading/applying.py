"""One attempt scored anew: the entry, what follows for the enrollment, and the line that says it was done (QIZ-4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from lmsapp.courses.catalogue.models import Lesson
from lmsapp.courses.quizzes.models import Quiz
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.held import lock_enrollment
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.quizzes.models import QuizGrading, QuizSubmission
from lmsapp.learning.quizzes.outcome import keep_grading, settle_result
from lmsapp.learning.regrading.keys import Correction
from lmsapp.learning.regrading.models import QuizRegrade, QuizRegradeLine
from lmsapp.learning.regrading.rules import CHANGES, Attempt, Change, Outcome, Policy, change_of, corrected, outcome_of
from lmsapp.people.viewer import Viewer


def held_submission(submission_id: int) -> tuple[QuizSubmission, Enrollment]:
    """The attempt and its enrollment as they are now, locked in the order that handing in locks them."""
    found = select(QuizSubmission).where(QuizSubmission.id == submission_id).with_for_update()
    submission = db.session.scalars(found.execution_options(populate_existing=True)).one()
    enrollment = db.session.get_one(Enrollment, submission.enrollment_id)
    lock_enrollment(enrollment)
    return submission, enrollment


def latest_grading(submission_id: int) -> QuizGrading | None:
    """What counts now; None for an attempt from before gradings were kept."""
    found = select(QuizGrading).where(QuizGrading.submission_id == submission_id).order_by(QuizGrading.number.desc())
    return db.session.scalars(found.limit(1)).one_or_none()


def attempt_of(row: Any, corrections: Mapping[str, Any] | None) -> Attempt:
    """From a submission, or from a row with its columns."""
    points, most, percent = (Decimal(value or 0) for value in (row.points, row.max_points, row.percent))
    outcome = Outcome(points, most, percent, row.passed)
    result: Sequence[Any] = row.result or ()
    return Attempt(row.questions, result, corrections or {}, row.passing_percent, row.negative_percent, outcome)


def apply_to(submission_id: int, regrade: QuizRegrade, *, by: Viewer) -> QuizRegradeLine:
    """Score it anew, once. An attempt of whoever asked is left alone: nobody grades themselves."""
    submission, enrollment = held_submission(submission_id)
    line = db.session.get(QuizRegradeLine, (regrade.id, submission.id))
    if line is not None:
        return line
    line = _scored_anew(submission, enrollment, regrade, by)
    db.session.add(line)
    db.session.flush()
    return line


def _scored_anew(
    submission: QuizSubmission, enrollment: Enrollment, regrade: QuizRegrade, by: Viewer
) -> QuizRegradeLine:
    last = latest_grading(submission.id)
    attempt = attempt_of(submission, last.corrections if last else None)
    made = corrected(attempt, regrade.question_id, Correction.from_json(regrade.correction))
    before = after = attempt.outcome
    change = Change.OWN if enrollment.employee.user_id == by.user_id else Change.SAME
    if made is not None and change is not Change.OWN:
        after = outcome_of(made[1], submission.passing_percent)
        change = change_of(before, after, Policy(regrade.policy))
    line = _line(regrade, submission, change, before, after if change in CHANGES else before)
    if made is not None and change in CHANGES:
        line.stands = change is Change.FAILS and enrollment.complete and submission.cycle == enrollment.cycle
        feedback = last.feedback if last else {}
        grading = keep_grading(
            submission, made[1], "regraded", by=by, feedback=feedback, corrections=made[0], reason=regrade.reason
        )
        line.grading_id = grading.id
        note_regrade(submission, enrollment, before, grading, by=by)
        settle_result(submission, enrollment, grading, first=False)
    return line


def _line(
    regrade: QuizRegrade, submission: QuizSubmission, change: Change, before: Outcome, after: Outcome
) -> QuizRegradeLine:
    return QuizRegradeLine(
        regrade_id=regrade.id,
        submission_id=submission.id,
        change=change.value,
        points_before=before.points,
        points_after=after.points,
        percent_before=before.percent,
        percent_after=after.percent,
        passed_before=before.passed,
        passed_after=after.passed,
    )


def note_regrade(
    submission: QuizSubmission, enrollment: Enrollment, before: Outcome, grading: QuizGrading, *, by: Viewer
) -> None:
    """On the trail of the enrollment, where its timeline finds it."""
    title = db.session.scalar(
        select(Lesson.title).join(Quiz, Quiz.lesson_id == Lesson.id).where(Quiz.id == submission.quiz_id)
    )
    record_change(
        "attempt regraded",
        ("enrollment", enrollment.id),
        by=by,
        before={"points": before.points, "percent": before.percent, "passed": before.passed},
        after={
            "title": title,
            "number": submission.number,
            "points": grading.points,
            "percent": grading.percent,
            "passed": grading.passed,
        },
        reason=grading.reason,
    )
