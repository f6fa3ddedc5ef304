"""What was asked to be regraded, and what became of each attempt."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class QuizRegrade(Model):
    """Attempts at a quiz in which `question_id` was asked are scored anew.

    `correction`: {'kind', 'options': [keys of the bank], 'texts': [...]}, see `rules.Correction`. `policy`: 'good' or
    'both'. `submission_id`: this attempt alone. `asked`: what the worker is to do ('apply'). `state`: 'waiting',
    'running', 'ready', 'failed'. Counts are of the lines. `prompt`: the question as it was called when this was asked.
    """

    __tablename__ = "quiz_regrade"
    __table_args__ = (
        CheckConstraint("policy IN ('good', 'both')", name="policy"),
        CheckConstraint("state IN ('waiting', 'running', 'ready', 'failed')", name="state"),
        # Serves attempts that were open when it was asked, and the page of the quiz.
        Index("ix_quiz_regrade_quiz", "quiz_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    quiz_id: Mapped[int] = mapped_column(ForeignKey("quiz.id"))
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"))
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("quiz_submission.id"))
    prompt: Mapped[str]
    correction: Mapped[dict[str, Any]]
    policy: Mapped[str]
    reason: Mapped[str]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    asked_by_name: Mapped[str]
    asked_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    asked: Mapped[str] = mapped_column(default="apply")
    state: Mapped[str] = mapped_column(default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[dt.datetime | None]
    finished_at: Mapped[dt.datetime | None]


class QuizRegradeLine(Model):
    """What became of one attempt, once. `change`: see `rules.Change`. `grading_id`: the new entry, where there is one.

    `stands`: the completion that stood when the pass was lost stays.
    """

    __tablename__ = "quiz_regrade_line"
    __table_args__ = (Index("ix_quiz_regrade_line_submission", "submission_id"),)

    regrade_id: Mapped[int] = mapped_column(ForeignKey("quiz_regrade.id"), primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("quiz_submission.id"), primary_key=True)
    change: Mapped[str]
    points_before: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    points_after: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    percent_before: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    percent_after: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    passed_before: Mapped[bool | None]
    passed_after: Mapped[bool | None]
    stands: Mapped[bool] = mapped_column(default=False, server_default="false")
    grading_id: Mapped[int | None] = mapped_column(ForeignKey("quiz_grading.id"))
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)
