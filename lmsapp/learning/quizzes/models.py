"""One attempt and its answers."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class QuizSubmission(Model):
    """One attempt. `questions`: as asked, in the order shown, each {'id', 'version', 'kind', 'prompt', 'options':
    [{'key', 'text', 'correct'}], 'points', 'explanation'}; never sent to the browser whole.

    `result`, filled at submission: [{'id', 'given': [...], 'points': '1', 'right': true}]. `submit_key` makes the
    same submission twice one submission. `deadline` null: no time limit. `number` runs on through the times round
    (`cycle`), the limit of attempts counts within one. `content_version`: the version it was taken in; null: as the
    enrollment's.
    """

    __tablename__ = "quiz_submission"
    __table_args__ = (
        UniqueConstraint("enrollment_id", "quiz_id", "number"),
        # One open attempt at a time, whatever tabs race (QIZ-3).
        Index(
            "uq_quiz_submission_open",
            "enrollment_id",
            "quiz_id",
            unique=True,
            postgresql_where=text("submitted_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"))
    quiz_id: Mapped[int] = mapped_column(ForeignKey("quiz.id"), index=True)
    number: Mapped[int]
    cycle: Mapped[int] = mapped_column(default=1, server_default="1")
    content_version: Mapped[int | None]
    questions: Mapped[list[Any]]
    passing_percent: Mapped[int]
    started_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    deadline: Mapped[dt.datetime | None]
    submit_key: Mapped[str | None]
    submitted_at: Mapped[dt.datetime | None]
    points: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    max_points: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    percent: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    passed: Mapped[bool | None]
    result: Mapped[list[Any] | None]


class QuizAnswer(Model):
    """The latest answer to one question of an open attempt. `given`: option keys. `revision` counts up; a late,
    older one is ignored."""

    __tablename__ = "quiz_answer"

    submission_id: Mapped[int] = mapped_column(ForeignKey("quiz_submission.id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), primary_key=True)
    given: Mapped[list[Any]]
    flagged: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int]
    saved_at: Mapped[dt.datetime] = mapped_column(default=clock.now)


class QuizAttemptGrant(Model):
    """One more attempt than the quiz allows, given to one learner with a reason (ENR-7). Counts in its cycle only."""

    __tablename__ = "quiz_attempt_grant"
    __table_args__ = (Index("ix_quiz_attempt_grant_enrollment", "enrollment_id", "quiz_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"))
    quiz_id: Mapped[int] = mapped_column(ForeignKey("quiz.id"))
    cycle: Mapped[int] = mapped_column(default=1)
    reason: Mapped[str]
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    granted_by_name: Mapped[str]
    granted_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
