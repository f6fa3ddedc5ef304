"""Passes that a regrade took away while the course stayed complete: what a person may take back by hand (QIZ-4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from lmsapp.courses.quizzes.models import Quiz
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.quizzes.models import QuizSubmission
from lmsapp.learning.regrading.models import QuizRegradeLine


def lost_passes(enrollment: Enrollment) -> Sequence[Any]:
    """(lesson_id, number of the attempt) of passes lost in this time round that still are; none while not complete."""
    if not enrollment.complete:
        return []
    return db.session.execute(
        select(Quiz.lesson_id, QuizSubmission.number)
        .join(QuizRegradeLine, QuizRegradeLine.submission_id == QuizSubmission.id)
        .join(Quiz, Quiz.id == QuizSubmission.quiz_id)
        .where(
            QuizSubmission.enrollment_id == enrollment.id,
            QuizSubmission.cycle == enrollment.cycle,
            QuizSubmission.passed.is_(False),
            QuizRegradeLine.stands,
        )
        .distinct()
    ).all()
