"""What was asked when a version was published, and how far that is."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class VersionMove(Model):
    """Asked with the publication of version `number` of a course.

    `moves_learners`: those in progress go on in it. `asks_again`: those who completed take it again by `due_on`.
    `state`: 'waiting', 'running', 'ready', 'failed'. Of `total` people, `moved` go on in the new version (`completed`
    of them thereby completed the course), `asked_again` were asked again.
    """

    __tablename__ = "version_move"
    __table_args__ = (
        ForeignKeyConstraint(["course_id", "number"], ["content_version.course_id", "content_version.number"]),
        CheckConstraint("moves_learners OR asks_again", name="something"),
        CheckConstraint("asks_again = (due_on IS NOT NULL)", name="due"),
        CheckConstraint("state IN ('waiting', 'running', 'ready', 'failed')", name="state"),
        Index("ix_version_move_course", "course_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int]
    number: Mapped[int]
    moves_learners: Mapped[bool]
    asks_again: Mapped[bool]
    due_on: Mapped[dt.date | None]
    reason: Mapped[str] = mapped_column(default="")
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    asked_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    state: Mapped[str] = mapped_column(default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    moved: Mapped[int] = mapped_column(default=0)
    completed: Mapped[int] = mapped_column(default=0)
    asked_again: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[dt.datetime | None]
    finished_at: Mapped[dt.datetime | None]
