"""A request for time with the instructor."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lmsapp.infra import clock
from lmsapp.infra.db import Model
from lmsapp.learning.enrollments.models import Enrollment


class InstructorRequest(Model):
    """Asked by a learner; `state` as in `rules.RequestState`. `times`: proposed, ISO instants in UTC.

    `quiz_title` as it was called then. `meet_at`: the time the instructor fixed, where they fixed one.
    """

    __tablename__ = "instructor_request"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'answered', 'done', 'taken back')", name="state"),
        # One under way at a time, whatever tabs race.
        Index(
            "uq_instructor_request_under_way",
            "enrollment_id",
            "cycle",
            unique=True,
            postgresql_where=text("state IN ('open', 'answered')"),
        ),
        # Serves the list in the studio.
        Index("ix_instructor_request_state", "state", "asked_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"))
    cycle: Mapped[int] = mapped_column(default=1)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"))
    quiz_title: Mapped[str]
    failed: Mapped[int]
    words: Mapped[str] = mapped_column(default="")
    times: Mapped[list[Any]] = mapped_column(default=list)
    state: Mapped[str] = mapped_column(default="open")
    asked_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    answers: Mapped[int] = mapped_column(default=0)
    answer: Mapped[str] = mapped_column(default="")
    meet_at: Mapped[dt.datetime | None]
    answered_at: Mapped[dt.datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    answered_by_name: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[dt.datetime | None]
    closed_by_name: Mapped[str] = mapped_column(default="")

    enrollment: Mapped[Enrollment] = relationship(lazy="raise_on_sql")

    @property
    def proposed(self) -> list[dt.datetime]:
        """The proposed times as instants."""
        return [dt.datetime.fromisoformat(one) for one in self.times]
