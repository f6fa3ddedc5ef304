"""Hand-ins and their gradings, only added to; the draft being written, and who is on it, which change."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lmsapp.infra import clock
from lmsapp.infra.db import Model
from lmsapp.learning.enrollments.models import Enrollment


class HandIn(Model):
    """What a learner gave, as it was given. `number` runs on through the cycles of an enrollment.

    `task`: the settings as asked (`courses.tasks.rules.Task`), `title` the lesson's, `content_version` where the rest
    of the task stands. `files`: [{'id': stored file, 'name', 'size', 'media_type', 'sha256'}]. `text_html` is rendered
    and sanitised once. `submit_key` makes the same hand-in twice one.
    """

    __tablename__ = "hand_in"
    __table_args__ = (
        UniqueConstraint("enrollment_id", "lesson_id", "number"),
        UniqueConstraint("enrollment_id", "lesson_id", "submit_key"),
        # Serves the queue, oldest first.
        Index("ix_hand_in_handed_in_at", "handed_in_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"))
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"), index=True)
    cycle: Mapped[int]
    number: Mapped[int]
    content_version: Mapped[int]
    title: Mapped[str]
    task: Mapped[dict[str, Any]]
    text: Mapped[str]
    text_html: Mapped[str]
    link: Mapped[str]
    files: Mapped[list[Any]]
    submit_key: Mapped[str]
    handed_in_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    handed_in_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))

    enrollment: Mapped[Enrollment] = relationship(lazy="raise_on_sql")


class Grading(Model):
    """One judgement of a hand-in; the newest counts. From the second on, `reason` says why it was judged anew.

    `points`: {criterion's key: '2.5'}. `percent` is null where the rubric gave none.
    """

    __tablename__ = "grading"
    __table_args__ = (
        # Two graders at once: one of them is told.
        UniqueConstraint("hand_in_id", "number"),
        CheckConstraint("decision IN ('pass', 'rework', 'fail')", name="decision"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    hand_in_id: Mapped[int] = mapped_column(ForeignKey("hand_in.id"))
    number: Mapped[int]
    decision: Mapped[str]
    points: Mapped[dict[str, Any]]
    total: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    max_points: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    percent: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    feedback: Mapped[str]
    feedback_html: Mapped[str]
    reason: Mapped[str]
    graded_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    graded_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    graded_by_name: Mapped[str]


class HandInDraft(Model):
    """What is being written, as typed. `revision` counts up; a late, older save is ignored. `files` as in HandIn.

    `uploads`: files sent since the last hand-in.
    """

    __tablename__ = "hand_in_draft"

    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"), primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"), primary_key=True)
    cycle: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(default="", server_default="")
    link: Mapped[str] = mapped_column(default="", server_default="")
    files: Mapped[list[Any]] = mapped_column(default=list, server_default=sql("'[]'"))
    uploads: Mapped[int] = mapped_column(default=0, server_default="0")
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    saved_at: Mapped[dt.datetime | None]


class HandInClaim(Model):
    """Somebody is on it, until then or until it is decided. It keeps nobody else from grading."""

    __tablename__ = "hand_in_claim"

    hand_in_id: Mapped[int] = mapped_column(ForeignKey("hand_in.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    name: Mapped[str]
    since: Mapped[dt.datetime]
    until: Mapped[dt.datetime]
