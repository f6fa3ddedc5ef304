"""What a quiz asks. `questions_as_asked` carries the right answers: it is for the server, never for a page."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from lmsapp.courses.quizzes.models import Question, Quiz
from lmsapp.infra.db import db

CURRENT = (Question.archived_at.is_(None), Question.replaced_by_id.is_(None))


@dataclass(frozen=True, slots=True)
class QuizView:
    """The settings of a quiz. `max_attempts` and `minutes` None: no limit."""

    id: int
    lesson_id: int
    course_id: int
    passing_percent: int
    max_attempts: int | None
    minutes: int | None
    shuffle: bool
    show_answers: str
    question_count: int
    points: Decimal


def quiz_of_lesson(lesson_id: int) -> QuizView | None:
    """The quiz behind a quiz lesson, or None."""
    row: Any = db.session.execute(
        select(
            Quiz.id,
            Quiz.lesson_id,
            Quiz.course_id,
            Quiz.passing_percent,
            Quiz.max_attempts,
            Quiz.minutes,
            Quiz.shuffle,
            Quiz.show_answers,
            func.count(Question.id),
            func.coalesce(func.sum(Question.points), 0),
        )
        .outerjoin(Question, (Question.quiz_id == Quiz.id) & CURRENT[0] & CURRENT[1])
        .where(Quiz.lesson_id == lesson_id)
        .group_by(Quiz.id)
    ).one_or_none()
    return QuizView(*row) if row else None


def questions_as_asked(quiz_id: int) -> list[dict[str, Any]]:
    """The current version of every question, in the author's order, as `quiz_submission.questions` keeps it."""
    rows = db.session.execute(
        select(
            Question.id,
            Question.version,
            Question.kind,
            Question.prompt,
            Question.options,
            Question.points,
            Question.explanation,
            Question.source_lesson_id,
        )
        .where(Question.quiz_id == quiz_id, *CURRENT)
        .order_by(Question.position, Question.id)
    )
    return [
        {
            "id": row.id,
            "version": row.version,
            "kind": row.kind,
            "prompt": row.prompt,
            "options": row.options,
            "points": format(row.points.normalize(), "f"),
            "explanation": row.explanation,
            "lesson_id": row.source_lesson_id,
        }
        for row in rows
    ]
