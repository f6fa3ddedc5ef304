"""Who is on an attempt with open answers, and points given to single answers before all have theirs; both change."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class QuizClaim(Model):
    """Somebody is on it, until then or until it is decided. It keeps nobody else from grading."""

    __tablename__ = "quiz_claim"

    submission_id: Mapped[int] = mapped_column(ForeignKey("quiz_submission.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    name: Mapped[str]
    since: Mapped[dt.datetime]
    until: Mapped[dt.datetime]


class QuizMark(Model):
    """Points and feedback for one open answer, by whoever gave them last; they count once every answer has its points.

    `points` null: feedback only so far. `criteria`: {key: points} where the question has a rubric.
    """

    __tablename__ = "quiz_mark"

    submission_id: Mapped[int] = mapped_column(ForeignKey("quiz_submission.id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), primary_key=True)
    points: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    criteria: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    feedback: Mapped[str] = mapped_column(default="", server_default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    by_name: Mapped[str]
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)
