"""One row a pause of one course."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lmsapp.infra import clock
from lmsapp.infra.db import Model
from lmsapp.learning.enrollments.models import Enrollment


class EnrollmentPause(Model):
    """`until_on` is its last day, a date where the employee is. `kind`: see `rules.PauseKind`.

    `ended_how`: 'over' (its last day passed), 'resumed' (ended by somebody before), 'closed' (completed, withdrawn or
    exempt meanwhile). While it runs, `enrollment.paused_until` holds the day after.
    """

    __tablename__ = "enrollment_pause"
    __table_args__ = (
        CheckConstraint("until_on >= from_on", name="dates"),
        CheckConstraint("ended_how IN ('over', 'resumed', 'closed')", name="ended_how"),
        # One at a time for each enrollment; serves the job that ends them.
        Index("uq_enrollment_pause_running", "enrollment_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("ix_enrollment_pause_until", "until_on", postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"), index=True)
    kind: Mapped[str]
    reason: Mapped[str]
    from_on: Mapped[dt.date]
    until_on: Mapped[dt.date]
    paused_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    paused_by_name: Mapped[str]
    paused_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[dt.datetime | None]
    ended_how: Mapped[str | None]
    ended_by_name: Mapped[str] = mapped_column(default="")

    enrollment: Mapped[Enrollment] = relationship(lazy="raise_on_sql")
