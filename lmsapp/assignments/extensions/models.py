"""A request for more time."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.infra import clock
from lmsapp.infra.db import Model


class ExtensionRequest(Model):
    """Asked by the assignee; `state` as in `rules.ExtensionState`. Days are where the assignee is.

    `due_on`: the due date when it was asked. `granted_on`: the one that was given, maybe another than `wanted_on`.
    """

    __tablename__ = "extension_request"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'granted', 'declined', 'taken back', 'over')", name="state"),
        # One open at a time, whatever tabs race.
        Index("uq_extension_request_open", "assignment_id", unique=True, postgresql_where=text("state = 'open'")),
        Index("ix_extension_request_assignment_id", "assignment_id", "id"),
        # Serves the lists of what waits.
        Index("ix_extension_request_state", "state", "asked_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("training_assignment.id"))
    due_on: Mapped[dt.date]
    wanted_on: Mapped[dt.date]
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
    asked_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    granted_on: Mapped[dt.date | None]
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[dt.datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    answered_by_name: Mapped[str] = mapped_column(default="")

    assignment: Mapped[TrainingAssignment] = relationship(lazy="raise_on_sql")
