"""Quizzes and their questions."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lmsapp.infra.db import Model


class Quiz(Model):
    """The assessment behind a quiz lesson. `max_attempts` and `minutes` null: no limit."""

    __tablename__ = "quiz"
    __table_args__ = (
        CheckConstraint("passing_percent BETWEEN 0 AND 100", name="passing"),
        CheckConstraint("max_attempts > 0", name="attempts"),
        CheckConstraint("minutes > 0", name="minutes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"), unique=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    passing_percent: Mapped[int] = mapped_column(default=80)
    max_attempts: Mapped[int | None]
    minutes: Mapped[int | None]
    shuffle: Mapped[bool] = mapped_column(default=True)
    show_answers: Mapped[str] = mapped_column(default="after_pass")  # 'never', 'after_submit', 'after_pass'

    questions: Mapped[list[Question]] = relationship(
        lazy="raise_on_sql", order_by="Question.position", back_populates="quiz"
    )


class Question(Model):
    """One version of one question. `options`: [{'key': 'a', 'text': '...', 'correct': true}, ...].

    `kind`: 'single', 'multiple', 'true_false'. The keys are stable, so that an answer names an option whatever
    the order shown. `replaced_by_id` is set when a newer version stands in its place; `archived_at` when it is gone.
    """

    __tablename__ = "question"
    __table_args__ = (
        CheckConstraint("kind IN ('single', 'multiple', 'true_false')", name="kind"),
        CheckConstraint("points > 0", name="points"),
        Index("ix_question_quiz", "quiz_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    quiz_id: Mapped[int] = mapped_column(ForeignKey("quiz.id"))
    position: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    kind: Mapped[str]
    prompt: Mapped[str]
    options: Mapped[list[Any]]
    explanation: Mapped[str] = mapped_column(default="")
    points: Mapped[Decimal] = mapped_column(Numeric(6, 2), default=Decimal(1))
    source_lesson_id: Mapped[int | None] = mapped_column(ForeignKey("lesson.id"))
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("question.id"))
    archived_at: Mapped[dt.datetime | None]

    quiz: Mapped[Quiz] = relationship(lazy="raise_on_sql", back_populates="questions")
