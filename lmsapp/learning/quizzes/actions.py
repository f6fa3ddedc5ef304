"""Begin an attempt and hand it in. Idempotent throughout: a second click changes nothing (QIZ-3)."""

from __future__ import annotations

import secrets

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from lmsapp.courses.catalogue.queries import LessonView
from lmsapp.courses.publishing.reading import QuizContent
from lmsapp.courses.quizzes.drawing import asked_for
from lmsapp.courses.quizzes.models import Quiz
from lmsapp.infra import clock
from lmsapp.infra.db import db, one_or_none
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.learning.enrollments.actions import open_lesson
from lmsapp.learning.enrollments.door import check_open
from lmsapp.learning.enrollments.held import lock_enrollment
from lmsapp.learning.enrollments.locked import check_lesson_open
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.quizzes import rules
from lmsapp.learning.quizzes.events import QuizSubmitted
from lmsapp.learning.quizzes.models import QuizSubmission
from lmsapp.learning.quizzes.outcome import allowed_now, attempts_so_far, keep_grading, score_of, settle_result


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
        so_far = attempts_so_far(enrollment, quiz.view.id)
        if not quiz.view.practice:
            rules.check_may_start(allowed_now(enrollment, quiz.view), so_far, quiz.view.wait_minutes, clock.now())
        started = _insert(enrollment, quiz, number=so_far.last_number + 1)
        if started is not None:
            return started
        # Another tab was faster: look again at what it began.


def submit(submission: QuizSubmission, key: str) -> QuizSubmission:
    """Hand in and score what is saved. Handing in again answers with the first result, whatever the `key`.

    Past its deadline an attempt ends at the deadline. A pass marks the lesson done; the last failed attempt fails the
    enrollment; open answers wait for a person. Raises NotAllowed while the course is locked and the deadline is not
    past.
    """
    db.session.refresh(submission, with_for_update=True)
    if submission.submitted_at is not None:
        return submission
    now = clock.now()
    enrollment, quiz = _context(submission)
    over = rules.is_over(submission.deadline, now)
    if not over:
        check_open(enrollment)
    submission.submit_key = key
    submission.submitted_at = submission.deadline if over else now
    grading = keep_grading(submission, score_of(submission), "scored", by=None)
    emit(QuizSubmitted(submission, enrollment, quiz.lesson_id))
    settle_result(submission, enrollment, grading, first=True)
    return submission


def submit_expired() -> int:
    """Hand in every attempt whose deadline has passed; the number handed in. For the scheduler."""
    due = select(QuizSubmission).where(QuizSubmission.submitted_at.is_(None), QuizSubmission.deadline <= clock.now())
    expired = db.session.scalars(due.order_by(QuizSubmission.id).limit(500)).all()
    for submission in expired:
        submit(submission, "deadline")
    return len(expired)


def _open_submission(enrollment_id: int, quiz_id: int) -> QuizSubmission | None:
    return one_or_none(
        select(QuizSubmission).where(
            QuizSubmission.enrollment_id == enrollment_id,
            QuizSubmission.quiz_id == quiz_id,
            QuizSubmission.submitted_at.is_(None),
        )
    )


def _insert(enrollment: Enrollment, quiz: QuizContent, number: int) -> QuizSubmission | None:
    """None when a unique constraint says that another tab has begun this attempt. The seed is nobody's to guess."""
    questions = asked_for(quiz.questions, quiz.draws, secrets.token_hex(16), shuffle=quiz.view.shuffle)
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
            questions=questions,
            passing_percent=quiz.view.passing_percent,
            negative_percent=quiz.view.negative_percent,
            practice=quiz.view.practice,
            started_at=now,
            deadline=rules.deadline(now, quiz.view.minutes),
        )
        .on_conflict_do_nothing()
        .returning(QuizSubmission)
    )
    return db.session.scalars(statement).one_or_none()


def _context(submission: QuizSubmission) -> tuple[Enrollment, Quiz]:
    enrollment = db.session.get_one(Enrollment, submission.enrollment_id)
    lock_enrollment(enrollment)
    return enrollment, db.session.get_one(Quiz, submission.quiz_id)
