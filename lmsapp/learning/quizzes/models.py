"""One attempt, its answers, and what was made of them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model

# The ids of the questions an attempt asked; as it stands here it is in the index.
ASKED_IDS = text("jsonb_path_query_array(questions, '$[*].id')")


class QuizSubmission(Model):
    """One attempt. `questions`: as asked, in the order shown, each as `courses.quizzes.rules.Asked` has it; never
    changed, and never sent to the browser whole.

    `result`, filled when handed in: [{'id', 'given': [...], 'points': '1', 'right', 'share': '1/2', 'waits'}]; it, the
    points and `passed` are those of the latest `QuizGrading`. While an answer waits for a person, `passed` and
    `graded_at` are null. `returned`: given back for rework, {'questions': {'<id>': feedback}, 'by', 'at'}.
    `submit_key` and `submit_seen`, what the page had seen, make the same hand-in twice one. `deadline` null: no time
    limit. `number` runs on through the times round (`cycle`), the limit of attempts counts within one.
    `content_version`: the version it was taken in; null: as the enrollment's. `practice`: it counts for nothing.
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
        # Serves how often a question was asked.
        Index("ix_quiz_submission_asked", ASKED_IDS, postgresql_using="gin"),
        # Serves the grading queue.
        Index(
            "ix_quiz_submission_waiting",
            "submitted_at",
            postgresql_where=text("submitted_at IS NOT NULL AND graded_at IS NULL"),
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
    submit_seen: Mapped[str | None]
    submitted_at: Mapped[dt.datetime | None]
    graded_at: Mapped[dt.datetime | None]
    returned: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    practice: Mapped[bool] = mapped_column(default=False, server_default="false")
    negative_percent: Mapped[int] = mapped_column(default=0, server_default="0")
    points: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    max_points: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    percent: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    passed: Mapped[bool | None]
    result: Mapped[list[Any] | None]


class QuizAnswer(Model):
    """The latest answer to one question of an open attempt. `revision` counts up; a late, older one is ignored.

    `given`: a list of strings; shown option keys, in the order given where they are put in order; for a matching
    'option=match' each; otherwise the text alone.
    """

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


class QuizGrading(Model):
    """What was made of an attempt at one time; the latest counts, none is ever changed (QIZ-4).

    `kind`: 'scored' by the rules when handed in, 'graded' by a person, 'regraded' with a `reason`, 'returned' for
    rework. `passed` null: answers wait. `result` as in the submission. `feedback`: {question id: words}.
    `corrections`: {question id: {'options', 'detail'}, what was taken for right instead of what was asked}.
    `by_id` null: the rules.
    """

    __tablename__ = "quiz_grading"
    __table_args__ = (
        UniqueConstraint("submission_id", "number"),
        CheckConstraint("kind IN ('scored', 'graded', 'regraded', 'returned')", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("quiz_submission.id"))
    number: Mapped[int]
    kind: Mapped[str]
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    by_name: Mapped[str] = mapped_column(default="")
    points: Mapped[Decimal] = mapped_column(Numeric(8, 2))
    max_points: Mapped[Decimal] = mapped_column(Numeric(8, 2))
    percent: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    passed: Mapped[bool | None]
    result: Mapped[list[Any]]
    feedback: Mapped[dict[str, Any]] = mapped_column(default=dict)
    corrections: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reason: Mapped[str] = mapped_column(default="")
