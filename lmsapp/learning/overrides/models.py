"""One row for each decision asked for."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lmsapp.infra import clock
from lmsapp.infra.db import Model
from lmsapp.infra.files import StoredFile
from lmsapp.learning.enrollments.models import Enrollment


class CompletionOverride(Model):
    """`kind`: 'completion', 'exemption', one 'lesson' done, or 'revocation' of what an earlier one set.

    `state`: 'waiting' for a second person, 'applied', 'declined' or 'dropped' (by whoever asked). `decided_by` is empty
    where one person was enough.

    `file`: proof the learner showed. `record_id`: the completion record it made, or took back. `lesson_id`: the one
    that was set done, or whose setting was taken back; null: it is about the course.
    """

    __tablename__ = "completion_override"
    __table_args__ = (
        CheckConstraint("kind IN ('completion', 'exemption', 'lesson', 'revocation')", name="kind"),
        CheckConstraint("state IN ('waiting', 'applied', 'declined', 'dropped')", name="state"),
        CheckConstraint("kind <> 'lesson' OR lesson_id IS NOT NULL", name="lesson"),
        CheckConstraint("decided_by_id <> asked_by_id OR state = 'dropped'", name="two_people"),
        # One question at a time about an enrollment; serves the queue too.
        Index(
            "uq_completion_override_waiting",
            "enrollment_id",
            unique=True,
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_completion_override_enrollment", "enrollment_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"))
    kind: Mapped[str]
    lesson_id: Mapped[int | None] = mapped_column(ForeignKey("lesson.id"))
    reason: Mapped[str]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    asked_by_name: Mapped[str]
    asked_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    state: Mapped[str] = mapped_column(default="waiting")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    decided_by_name: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[dt.datetime | None]
    decision_reason: Mapped[str] = mapped_column(default="")
    record_id: Mapped[int | None] = mapped_column(ForeignKey("completion_record.id"))

    enrollment: Mapped[Enrollment] = relationship(lazy="raise_on_sql")
    file: Mapped[StoredFile | None] = relationship(lazy="raise_on_sql")
