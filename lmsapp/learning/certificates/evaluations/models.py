"""A completion whose certificate waits for somebody's verdict."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.infra import clock
from lmsapp.infra.db import Model
from lmsapp.learning.enrollments.models import Enrollment


class CertificateEvaluation(Model):
    """One for each completion record, guarded here. `state`: 'waiting', 'awarded', 'not awarded', 'closed'.

    'closed': the completion was taken back meanwhile. Each verdict stands on the trail; the row has the latest.
    """

    __tablename__ = "certificate_evaluation"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'awarded', 'not awarded', 'closed')", name="state"),
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided"),
        # Serves the queue, oldest first.
        Index("ix_certificate_evaluation_waiting", "asked_at", "id", postgresql_where=text("state = 'waiting'")),
        Index("ix_certificate_evaluation_enrollment", "enrollment_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("completion_record.id"), unique=True)
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"))
    state: Mapped[str] = mapped_column(default="waiting")
    asked_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    decided_at: Mapped[dt.datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    decided_by_name: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")

    enrollment: Mapped[Enrollment] = relationship(lazy="raise_on_sql")
    record: Mapped[CompletionRecord] = relationship(lazy="raise_on_sql")
