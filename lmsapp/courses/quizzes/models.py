"""Quizzes, pools, draws, and questions."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class Quiz(Model):
    """The assessment behind a quiz lesson. `max_attempts` and `minutes` null: no limit.

    `wait_minutes`: between one attempt and the next; null: none. `negative_percent`: of a question's points, taken off
    for a wrong answer. `practice`: it does not count, and answers are shown after each question.
    """

    __tablename__ = "quiz"
    __table_args__ = (
        CheckConstraint("passing_percent BETWEEN 0 AND 100", name="passing"),
        CheckConstraint("max_attempts > 0", name="attempts"),
        CheckConstraint("minutes > 0", name="minutes"),
        CheckConstraint("wait_minutes > 0", name="wait"),
        CheckConstraint("negative_percent BETWEEN 0 AND 100", name="negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"), unique=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    passing_percent: Mapped[int] = mapped_column(default=80)
    max_attempts: Mapped[int | None]
    minutes: Mapped[int | None]
    shuffle: Mapped[bool] = mapped_column(default=True)
    show_answers: Mapped[str] = mapped_column(default="after_pass")  # see `rules.ShowAnswers`
    wait_minutes: Mapped[int | None]
    negative_percent: Mapped[int] = mapped_column(default=0, server_default="0")
    practice: Mapped[bool] = mapped_column(default=False, server_default="false")

    questions: Mapped[list[Question]] = relationship(
        lazy="raise_on_sql", order_by="Question.position", back_populates="quiz"
    )


class QuestionPool(Model):
    """Questions kept together for quizzes to draw from. `course_id` null: for all courses."""

    __tablename__ = "question_pool"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"), index=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    archived_at: Mapped[dt.datetime | None]


class QuizDraw(Model):
    """A quiz draws `count` questions of a pool, each worth `points`. `tag`: only those with it; '': any."""

    __tablename__ = "quiz_draw"
    __table_args__ = (CheckConstraint("count > 0", name="count"), CheckConstraint("points > 0", name="points"))

    id: Mapped[int] = mapped_column(primary_key=True)
    quiz_id: Mapped[int] = mapped_column(ForeignKey("quiz.id"), index=True)
    pool_id: Mapped[int] = mapped_column(ForeignKey("question_pool.id"), index=True)
    tag: Mapped[str] = mapped_column(default="")
    count: Mapped[int]
    points: Mapped[Decimal] = mapped_column(Numeric(6, 2), default=Decimal(1))
    position: Mapped[int] = mapped_column(default=1)


class Question(Model):
    """One version of one question, of a quiz or of a pool.

    `kind`: see `rules.QuestionKind`. `options`: [{'key': 'a', 'text': '...'} and by kind 'correct': true or 'match':
    'm1'], in the right order where they are to be put in order; empty where something is written. `detail` by kind:
    multiple, matching, ordering {'scoring': 'all' or 'each'}; matching also {'matches': [{'key', 'text'}]}; short
    {'accepted': [{'text', 'percent'}], 'case': false}; numeric {'accepted': [{'value', 'tolerance', 'percent'}],
    'unit'}; open {'rubric': [{'key', 'title', 'points', 'levels'}], 'sample', 'min_words', 'max_words'}.
    `tags`: the concepts it is about. The keys are stable, so that an answer names an option whatever the order shown.
    `replaced_by_id` is set when a newer version stands in its place; `archived_at` when it is gone. `written_at` null:
    before that was kept.
    """

    __tablename__ = "question"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('single', 'multiple', 'true_false', 'short', 'numeric', 'matching', 'ordering', 'open')",
            name="kind",
        ),
        CheckConstraint("points > 0", name="points"),
        CheckConstraint("num_nonnulls(quiz_id, pool_id) = 1", name="place"),
        Index("ix_question_quiz", "quiz_id", "position"),
        Index("ix_question_pool", "pool_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    quiz_id: Mapped[int | None] = mapped_column(ForeignKey("quiz.id"))
    pool_id: Mapped[int | None] = mapped_column(ForeignKey("question_pool.id"))
    position: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    kind: Mapped[str]
    prompt: Mapped[str]
    options: Mapped[list[Any]]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    tags: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    explanation: Mapped[str] = mapped_column(default="")
    points: Mapped[Decimal] = mapped_column(Numeric(6, 2), default=Decimal(1))
    source_lesson_id: Mapped[int | None] = mapped_column(ForeignKey("lesson.id"))
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("question.id"))
    copied_from_id: Mapped[int | None] = mapped_column(ForeignKey("question.id"))
    archived_at: Mapped[dt.datetime | None]
    written_at: Mapped[dt.datetime | None] = mapped_column(default=clock.now)
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))

    quiz: Mapped[Quiz | None] = relationship(lazy="raise_on_sql", back_populates="questions")
