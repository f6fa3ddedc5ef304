"""One row per course file that somebody sent."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class CourseImport(Model):
    """A course file, the promise to read it, and what came of it.

    `state`: 'waiting', 'running', 'ready' (`course_id` is the draft), 'failed' (`error` in words says why). The file
    lies as `stored_as` in a folder of its own until it was read or refused; then it is gone. `lease_until` frees the
    claim of a dead worker. `done` of `total` lessons were looked at.
    """

    __tablename__ = "course_import"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'ready', 'failed')", name="state"),
        # Serves the sweep for promises whose doorbell was lost.
        Index("ix_course_import_open", "id", postgresql_where=text("state IN ('waiting', 'running')")),
        # Serves the latest imports of one author.
        Index("ix_course_import_asked_by_id", "asked_by_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str]
    stored_as: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(default="waiting")
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    asked_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    tries: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[dt.datetime | None]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    error_values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"))
