"""One row for each person on a path."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lmsapp.courses.paths.models import LearningPath
from lmsapp.infra import clock
from lmsapp.infra.db import Model
from lmsapp.people.employees.models import Employee


class PathEnrollment(Model):
    """Somebody on a path (one each, guarded here). `due_on` is a date where the employee is.

    `progress` (0 to 100) changes with the completion that causes it. `version` is the one they completed; null: not
    completed, the path's newest holds. `record_id` is the completion record. `source` as of an enrollment.
    """

    __tablename__ = "path_enrollment"
    __table_args__ = (
        UniqueConstraint("employee_id", "path_id"),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
        # Serves the people of a path.
        Index("ix_path_enrollment_path", "path_id", "completed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"))
    path_id: Mapped[int] = mapped_column(ForeignKey("learning_path.id"))
    source: Mapped[str] = mapped_column(default="staff")
    enrolled_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    enrolled_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    due_on: Mapped[dt.date | None]
    progress: Mapped[int] = mapped_column(default=0)
    version: Mapped[int | None]
    completed_at: Mapped[dt.datetime | None]
    record_id: Mapped[int | None] = mapped_column(ForeignKey("completion_record.id"))
    withdrawn_at: Mapped[dt.datetime | None]

    employee: Mapped[Employee] = relationship(lazy="raise_on_sql")
    path: Mapped[LearningPath] = relationship(lazy="raise_on_sql")
