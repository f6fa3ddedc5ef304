"""PDFs that somebody asked for, and what exactly they show."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class QuizPaper(Model):
    """`kind`: 'course' (all attempts of an enrollment) or 'analysis' (the questions of a quiz).

    `shows`: of 'course' [[submission id, id of the grading it shows or null, right answers shown], ...] under
    'attempts'; of 'analysis' the filters. `state_sha256`: digest of all that decides what the PDF shows; asked again
    while nothing has changed, the PDF that is there is answered.
    """

    __tablename__ = "quiz_paper"
    __table_args__ = (
        UniqueConstraint("state_sha256"),
        CheckConstraint("kind IN ('course', 'analysis')", name="kind"),
        CheckConstraint("num_nonnulls(enrollment_id, quiz_id) = 1", name="subject"),
        Index("ix_quiz_paper_enrollment", "enrollment_id"),
        Index("ix_quiz_paper_quiz", "quiz_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    enrollment_id: Mapped[int | None] = mapped_column(ForeignKey("enrollment.id"))
    quiz_id: Mapped[int | None] = mapped_column(ForeignKey("quiz.id"))
    language: Mapped[str]
    state_sha256: Mapped[str]
    shows: Mapped[dict[str, Any]]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    asked_by_name: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
