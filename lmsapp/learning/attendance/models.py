"""Sessions, and who attended."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lmsapp.courses.catalogue.models import Course
from lmsapp.infra import clock
from lmsapp.infra.db import Model


class AttendanceSession(Model):
    """A session of a course that was held."""

    __tablename__ = "attendance_session"
    __table_args__ = (
        CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes"),
        Index("ix_attendance_session_course", "course_id", "held_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    title: Mapped[str]
    held_on: Mapped[dt.date]
    minutes: Mapped[int]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    recorded_by_name: Mapped[str]
    recorded_at: Mapped[dt.datetime] = mapped_column(default=clock.now)

    course: Mapped[Course] = relationship(lazy="raise_on_sql")


class Attendance(Model):
    """Somebody attended; `taken_back_at`: it was recorded wrongly, for `taken_back_reason`. One each a session."""

    __tablename__ = "attendance"
    __table_args__ = (
        UniqueConstraint("session_id", "enrollment_id"),
        # Serves the judgement of a completion rule.
        Index("ix_attendance_enrollment", "enrollment_id", "cycle"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("attendance_session.id"))
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"))
    cycle: Mapped[int] = mapped_column(default=1)
    recorded_by_name: Mapped[str]
    recorded_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    taken_back_at: Mapped[dt.datetime | None]
    taken_back_by_name: Mapped[str] = mapped_column(default="")
    taken_back_reason: Mapped[str] = mapped_column(default="")
