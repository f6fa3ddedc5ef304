"""Enrollment, and what was done in each lesson."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lmsapp.courses.catalogue.models import Course
from lmsapp.infra import clock
from lmsapp.infra.db import Model
from lmsapp.people.employees.models import Employee


class Enrollment(Model):
    """Links an employee to a course (ENR-2: one each, guarded here).

    `progress` is 0 to 100, `done_lessons` how many; both change with the fact that causes them. `source`:
    'self', 'staff', 'assignment', 'onboarding', 'audience', 'path', 'import', 'demo'. `failed_at`: attempts used up.

    `cycle` counts the times round: a renewal begins the next (CRS-6). Progress, current lesson, start and failure are
    of the current one; `completed_at` is of the latest one completed, and `renewal_started_at` is set while a further
    one is being taken. `content_version`: the version this time round is taken in; null: not begun, the newest counts.
    `valid_until` and `renewal_from` are copied from the newest period of validity. `locks`: why the content is
    closed, see `door.py`; empty: it is open. `counted_until`: the wall clock before it is spent on active time, in
    whichever lesson, so that no second counts twice.

    `completed_by_hand`: the completion that counts was set by a person (ENR-9), so that lists need no record to say so.
    `exempted_at`: need not be taken, by a decision of staff.
    """

    __tablename__ = "enrollment"
    __table_args__ = (
        UniqueConstraint("employee_id", "course_id"),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
        # Serves the completion report and the course dashboard.
        Index("ix_enrollment_course", "course_id", "completed_at"),
        # Serve the statistics: how long it took; scores.
        Index(
            "ix_enrollment_took",
            "course_id",
            postgresql_where=text("completed_at IS NOT NULL AND NOT completed_by_hand AND withdrawn_at IS NULL"),
            postgresql_include=["employee_id", "enrolled_at", "completed_at", "cycle"],
        ),
        Index(
            "ix_enrollment_scored",
            "course_id",
            postgresql_where=text("best_score IS NOT NULL AND withdrawn_at IS NULL"),
            postgresql_include=["employee_id", "best_score"],
        ),
        # Serves the report of what ends, soonest first.
        Index(
            "ix_enrollment_until",
            "valid_until",
            postgresql_where=text("valid_until IS NOT NULL AND withdrawn_at IS NULL"),
            postgresql_include=["id", "employee_id", "course_id"],
        ),
        # Serves the statistics: whose certification ends nothing, for they were withdrawn.
        Index("ix_enrollment_withdrawn", "id", postgresql_where=text("withdrawn_at IS NOT NULL")),
        # Serves counting what stands still: what is in a pause does not.
        Index("ix_enrollment_paused", "id", postgresql_where=text("paused_until IS NOT NULL")),
        # Serves the dashboard in the order of progress.
        Index(
            "ix_enrollment_part_way",
            "id",
            postgresql_where=text("progress BETWEEN 1 AND 99"),
            postgresql_include=["progress"],
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"))
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    source: Mapped[str] = mapped_column(default="self")
    enrolled_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    enrolled_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    progress: Mapped[int] = mapped_column(default=0)
    done_lessons: Mapped[int] = mapped_column(default=0)
    current_lesson_id: Mapped[int | None] = mapped_column(ForeignKey("lesson.id"))
    started_at: Mapped[dt.datetime | None]
    last_active_at: Mapped[dt.datetime | None]
    completed_at: Mapped[dt.datetime | None]
    failed_at: Mapped[dt.datetime | None]
    withdrawn_at: Mapped[dt.datetime | None]
    best_score: Mapped[int | None]
    cycle: Mapped[int] = mapped_column(default=1, server_default="1")
    content_version: Mapped[int | None]
    renewal_started_at: Mapped[dt.datetime | None]
    valid_until: Mapped[dt.date | None]
    renewal_from: Mapped[dt.date | None]
    paused_at: Mapped[dt.datetime | None]
    paused_until: Mapped[dt.date | None]
    locks: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    counted_until: Mapped[dt.datetime | None]

    completed_by_hand: Mapped[bool] = mapped_column(default=False, server_default=false())
    exempted_at: Mapped[dt.datetime | None]

    employee: Mapped[Employee] = relationship(lazy="raise_on_sql")
    course: Mapped[Course] = relationship(lazy="raise_on_sql")

    @property
    def complete(self) -> bool:
        """Whether the current time round is completed."""
        return self.completed_at is not None and self.renewal_started_at is None


class LessonProgress(Model):
    """What one learner did in one lesson, in one time round (`cycle`).

    `seen`: merged video intervals [[0, 12.5], ...] or PDF page numbers [1, 2]. `detail`: a quiz's best
    {'percent', 'attempt'}, who passed an assignment (`handed_in.py`), what a package 'reported' {'said', ...} with
    its 'percent' and 'attempt', who set it done 'by_hand' {'by', 'by_id', 'at', 'reason'}, or the 'signature' of an
    acknowledgement {'id', 'text_sha256'} (before signatures asked for the password: name, time and text).
    `minutes_at`: when each full active minute was reached here; `course_minutes`: which full minute of the whole course
    was reached here, and when; both in seconds since 1970. Without `last_beat_at`, `active_seconds` was not measured
    but counted from opening.
    """

    __tablename__ = "lesson_progress"

    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"), primary_key=True)
    cycle: Mapped[int] = mapped_column(primary_key=True, default=1, server_default="1")
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"), primary_key=True)
    opened_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    last_beat_at: Mapped[dt.datetime | None]
    active_seconds: Mapped[int] = mapped_column(default=0)
    seen: Mapped[list[Any]] = mapped_column(default=list)
    done_at: Mapped[dt.datetime | None]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    minutes_at: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    course_minutes: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
