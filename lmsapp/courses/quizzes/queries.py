"""What a quiz asks. `questions_as_asked` carries the right answers: it is for the server, never for a page."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select

from lmsapp.courses.quizzes.models import Question, QuestionPool, Quiz, QuizDraw
from lmsapp.infra.db import db

CURRENT = (Question.archived_at.is_(None), Question.replaced_by_id.is_(None))
QUIZ_SAYS = (
    "id",
    "passing_percent",
    "max_attempts",
    "minutes",
    "shuffle",
    "show_answers",
    "wait_minutes",
    "negative_percent",
    "practice",
)


@dataclass(frozen=True, slots=True)
class QuizView:
    """The settings of a quiz. `max_attempts`, `minutes` and `wait_minutes` None: no limit, no wait.

    `question_count` and `points` of one attempt, drawn questions included.
    """

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
    wait_minutes: int | None = None
    negative_percent: int = 0
    practice: bool = False


def quiz_of_lesson(lesson_id: int) -> QuizView | None:
    """The quiz behind a quiz lesson as drafted, or None."""
    quiz = db.session.scalar(select(Quiz).where(Quiz.lesson_id == lesson_id))
    if quiz is None:
        return None
    fixed, points = db.session.execute(
        select(func.count(), func.coalesce(func.sum(Question.points), 0)).where(Question.quiz_id == quiz.id, *CURRENT)
    ).one()
    for draw in draws_of(quiz.id):
        drawn = min(draw["count"], len(draw["questions"]))
        fixed, points = fixed + drawn, points + drawn * Decimal(draw["points"])
    said = {name: getattr(quiz, name) for name in QUIZ_SAYS}
    return QuizView(**said, lesson_id=lesson_id, course_id=quiz.course_id, question_count=fixed, points=points)


AS_ASKED: tuple[Any, ...] = (
    Question.id,
    Question.version,
    Question.kind,
    Question.prompt,
    Question.options,
    Question.detail,
    Question.points,
    Question.explanation,
    Question.source_lesson_id,
    Question.tags,
)


def questions_as_asked(quiz_id: int) -> list[dict[str, Any]]:
    """The current version of every question of its own, in the author's order, as a version of the course keeps it."""
    return _questions(Question.quiz_id == quiz_id)


def questions_of_pool(pool_id: int, tag: str = "") -> list[dict[str, Any]]:
    """The current version of every question of a pool, with the tag where one is asked for."""
    return _questions(Question.pool_id == pool_id, *((Question.tags.contains([tag]),) if tag else ()))


def draws_of(quiz_id: int) -> list[dict[str, Any]]:
    """What the quiz draws, in order: {'id', 'pool_id', 'pool', 'tag', 'count', 'points', 'questions': as asked}."""
    rows = db.session.execute(
        select(QuizDraw, QuestionPool.title)
        .join(QuestionPool, QuestionPool.id == QuizDraw.pool_id)
        .where(QuizDraw.quiz_id == quiz_id)
        .order_by(QuizDraw.position, QuizDraw.id)
    )
    return [
        {
            "id": draw.id,
            "pool_id": draw.pool_id,
            "pool": title,
            "tag": draw.tag,
            "count": draw.count,
            "points": format(draw.points.normalize(), "f"),
            "questions": questions_of_pool(draw.pool_id, draw.tag),
        }
        for draw, title in rows
    ]


def _questions(*conditions: ColumnElement[bool]) -> list[dict[str, Any]]:
    rows = db.session.execute(select(*AS_ASKED).where(*conditions, *CURRENT).order_by(Question.position, Question.id))
    return [as_asked(row) for row in rows]


def as_asked(row: Row[Any]) -> dict[str, Any]:
    """One question with the columns of AS_ASKED, as plain JSON."""
    return {
        "id": row.id,
        "version": row.version,
        "kind": row.kind,
        "prompt": row.prompt,
        "options": row.options,
        "detail": row.detail,
        "points": format(row.points.normalize(), "f"),
        "explanation": row.explanation,
        "lesson_id": row.source_lesson_id,
        "tags": row.tags,
    }
