"""Begin an attempt, save an answer, hand in. Idempotent throughout: a second click changes nothing (QIZ-3)."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert

from lmsapp.courses.catalogue.queries import LessonView
from lmsapp.courses.publishing.reading import QuizContent
from lmsapp.courses.quizzes.models import Quiz
from lmsapp.courses.quizzes.queries import QuizView
from lmsapp.courses.quizzes.rules import order, score
from lmsapp.infra import clock
from lmsapp.infra.db import db, one_or_none
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.learning.enrollments.actions import attempts_used_up, open_lesson, quiz_passed
from lmsapp.learning.enrollments.door import check_open, refuse_locks
from lmsapp.learning.enrollments.facts import quiz_of
from lmsapp.learning.enrollments.held import lock_enrollment
from lmsapp.learning.enrollments.locked import check_lesson_open
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.quizzes import rules
from lmsapp.learning.quizzes.allowed import attempts_allowed
from lmsapp.learning.quizzes.events import QuizSubmitted
from lmsapp.learning.quizzes.models import QuizAnswer, QuizSubmission
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of an answer. `kept` is false when a newer one was there already; `revision` is the one now held."""

    kept: bool
    revision: int
    at: dt.datetime


def start_submission(enrollment: Enrollment, quiz: QuizContent, lesson: LessonView) -> QuizSubmission:
    """The open attempt, or a new one with its questions fixed as asked. Raises RuleBroken when none may begin.

    `quiz` and `lesson` are as the enrollment's version has them. Raises NotAllowed while the course is locked.
    """
    check_lesson_open(enrollment, lesson.id)
    open_lesson(enrollment, lesson)
    while True:
        going_on = _open_submission(enrollment.id, quiz.view.id)
        begun_now = going_on is not None and going_on.cycle == enrollment.cycle
        if going_on is not None and begun_now and not rules.is_over(going_on.deadline, clock.now()):
            return going_on
        if going_on is not None:
            submit(going_on, "deadline")
        used, passed, last = _attempts(enrollment, quiz.view.id)
        rules.check_may_start(_allowed(enrollment, quiz.view), used, passed=passed)
        started = _insert(enrollment, quiz, number=last + 1)
        if started is not None:
            return started
        # Another tab was faster: look again at what it began.


def save_answer(
    submission_id: int,
    question_id: int,
    given: Sequence[str],
    revision: int | None = None,
    flagged: bool = False,
    *,
    by: Viewer | None,
) -> Saved | None:
    """Keep the answer if nothing newer is held, in one statement. None when `by` has no such attempt.

    `revision` counts up with each change at the page; None means 'this is the newest', as a form without script does.
    `by` None is a job or a command. Raises RuleBroken after the deadline, after handing in, or for another question;
    NotAllowed while the course is locked.
    """
    now = clock.now()
    row = db.session.execute(
        SAVE,
        {
            "submission": submission_id,
            "question": question_id,
            "asked": json.dumps([_pattern(question_id, given)]),
            "given": json.dumps(list(given)),
            "flagged": flagged,
            "revision": revision,
            "now": now,
            "anyone": by is None,
            "employee": by.employee_id if by else None,
        },
    ).one_or_none()
    if row is None:
        return None
    refuse_locks(row.locks)
    if row.submitted_at is not None:
        raise RuleBroken(N_("You have handed this check in. Its answers can no longer change."))
    if rules.is_over(row.deadline, now):
        raise RuleBroken(N_("Time is up. What you had saved by then counts."))
    if not row.asked:
        raise RuleBroken(N_("This answer does not belong to this question. Load the page again."))
    if row.revision is None:
        return Saved(kept=False, revision=row.held or 0, at=row.held_at or now)
    return Saved(kept=True, revision=row.revision, at=now)


def submit(submission: QuizSubmission, key: str) -> QuizSubmission:
    """Hand in and score what is saved. Handing in again answers with the first result, whatever the `key`.

    Past its deadline an attempt ends at the deadline. A pass marks the lesson done; the last failed attempt fails the
    enrollment. Raises NotAllowed while the course is locked and the deadline is not past.
    """
    db.session.refresh(submission, with_for_update=True)
    if submission.submitted_at is not None:
        return submission
    now = clock.now()
    enrollment, quiz = _context(submission)
    over = rules.is_over(submission.deadline, now)
    if not over:
        check_open(enrollment)
    ended = submission.deadline if over else now
    _score(submission)
    submission.submit_key = key
    submission.submitted_at = ended
    db.session.flush()
    # Of an earlier time round, or of somebody withdrawn: the result is kept, and counts for nothing now.
    if submission.cycle == enrollment.cycle and enrollment.withdrawn_at is None:
        _take_result(submission, enrollment, quiz)
    emit(QuizSubmitted(submission, enrollment, quiz.lesson_id))
    return submission


def _take_result(submission: QuizSubmission, enrollment: Enrollment, quiz: Quiz) -> None:
    if submission.passed:
        quiz_passed(enrollment, quiz.lesson_id, submission.percent or 0, attempt=submission.number)
    elif _none_left(enrollment, quiz):
        attempts_used_up(enrollment)


def submit_expired() -> int:
    """Hand in every attempt whose deadline has passed; the number handed in. For the scheduler."""
    due = select(QuizSubmission).where(QuizSubmission.submitted_at.is_(None), QuizSubmission.deadline <= clock.now())
    expired = db.session.scalars(due.order_by(QuizSubmission.id).limit(500)).all()
    for submission in expired:
        submit(submission, "deadline")
    return len(expired)


# FOR SHARE waits for a hand-in that is under way and then sees it; the hand-in waits for answers under way. Only an
# option that was asked is taken: the pattern must be contained in the questions as asked.
SAVE = text(
    """
    WITH attempt AS (
      SELECT s.id, s.submitted_at, s.deadline, s.questions @> CAST(:asked AS jsonb) AS asked, e.locks
      FROM quiz_submission s JOIN enrollment e ON e.id = s.enrollment_id
      WHERE s.id = :submission AND e.withdrawn_at IS NULL AND (:anyone OR e.employee_id = CAST(:employee AS integer))
      FOR SHARE OF s
    ), written AS (
      INSERT INTO quiz_answer AS a (submission_id, question_id, given, flagged, revision, saved_at)
      SELECT id, :question, CAST(:given AS jsonb), :flagged, COALESCE(CAST(:revision AS integer), 1), :now
      FROM attempt WHERE submitted_at IS NULL AND asked AND locks = '[]' AND (deadline IS NULL OR deadline > :now)
      ON CONFLICT (submission_id, question_id) DO UPDATE
      SET given = EXCLUDED.given, flagged = EXCLUDED.flagged, saved_at = EXCLUDED.saved_at,
          revision = COALESCE(CAST(:revision AS integer), a.revision + 1)
      WHERE CAST(:revision AS integer) IS NULL OR a.revision < CAST(:revision AS integer)
      RETURNING revision
    )
    SELECT attempt.submitted_at, attempt.deadline, attempt.asked, attempt.locks, written.revision,
           held.revision AS held, held.saved_at AS held_at
    FROM attempt LEFT JOIN written ON true
    LEFT JOIN quiz_answer held ON held.submission_id = attempt.id AND held.question_id = :question
    """
)


def _pattern(question_id: int, given: Sequence[str]) -> dict[str, Any]:
    """What the questions as asked must contain for this answer to be one of theirs."""
    pattern: dict[str, Any] = {"id": question_id}
    if given:
        pattern["options"] = [{"key": key} for key in given]
    if len(given) > 1:
        pattern["kind"] = "multiple"
    return pattern


def _open_submission(enrollment_id: int, quiz_id: int) -> QuizSubmission | None:
    return one_or_none(
        select(QuizSubmission).where(
            QuizSubmission.enrollment_id == enrollment_id,
            QuizSubmission.quiz_id == quiz_id,
            QuizSubmission.submitted_at.is_(None),
        )
    )


def _attempts(enrollment: Enrollment, quiz_id: int) -> tuple[int, bool, int]:
    """How many were begun in the current time round, whether one passed, and the last number of all."""
    now = QuizSubmission.cycle == enrollment.cycle
    row = db.session.execute(
        select(
            func.count().filter(now),
            func.coalesce(func.bool_or(QuizSubmission.passed).filter(now), False),
            func.coalesce(func.max(QuizSubmission.number), 0),
        ).where(QuizSubmission.enrollment_id == enrollment.id, QuizSubmission.quiz_id == quiz_id)
    ).one()
    return row[0], row[1], row[2]


def _none_left(enrollment: Enrollment, quiz: Quiz) -> bool:
    asked = quiz_of(enrollment, quiz.lesson_id)
    used, _passed, _last = _attempts(enrollment, quiz.id)
    return asked is not None and rules.attempts_left(_allowed(enrollment, asked.view), used) == 0


def _allowed(enrollment: Enrollment, quiz: QuizView) -> int | None:
    return attempts_allowed(quiz.max_attempts, enrollment_id=enrollment.id, cycle=enrollment.cycle, quiz_id=quiz.id)


def _insert(enrollment: Enrollment, quiz: QuizContent, number: int) -> QuizSubmission | None:
    """None when a unique constraint says that another tab has begun this attempt."""
    questions = [dict(one) for one in quiz.questions]
    if not questions:
        raise RuleBroken(N_("This check has no questions yet. Your training team can tell you when it is ready."))
    now = clock.now()
    statement = (
        insert(QuizSubmission)
        .values(
            enrollment_id=enrollment.id,
            quiz_id=quiz.view.id,
            number=number,
            cycle=enrollment.cycle,
            content_version=enrollment.content_version,
            questions=order(questions, enrollment.id * 1000 + number) if quiz.view.shuffle else questions,
            passing_percent=quiz.view.passing_percent,
            started_at=now,
            deadline=rules.deadline(now, quiz.view.minutes),
        )
        .on_conflict_do_nothing()
        .returning(QuizSubmission)
    )
    return db.session.scalars(statement).one_or_none()


def _score(submission: QuizSubmission) -> None:
    answers = select(QuizAnswer.question_id, QuizAnswer.given).where(QuizAnswer.submission_id == submission.id)
    given = {row.question_id: list(row.given) for row in db.session.execute(answers)}
    scored = score(submission.questions, given)
    submission.points = scored.points
    submission.max_points = scored.max_points
    submission.percent = scored.percent
    submission.passed = scored.passes(submission.passing_percent)
    submission.result = [one.as_json() for one in scored.results]


def _context(submission: QuizSubmission) -> tuple[Enrollment, Quiz]:
    enrollment = db.session.get_one(Enrollment, submission.enrollment_id)
    lock_enrollment(enrollment)
    return enrollment, db.session.get_one(Quiz, submission.quiz_id)
