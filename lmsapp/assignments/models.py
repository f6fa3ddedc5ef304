"""Assigned training, and when to remind."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import Integer

from lmsapp.courses.catalogue.models import Course
from lmsapp.infra import clock
from lmsapp.infra.db import Model
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.employees.models import Employee

OPEN = text("completed_at IS NULL AND closed_as IS NULL")
BEGUN = text("completed_at IS NULL AND closed_as IS NULL AND started_at IS NOT NULL")
LIVE = ("id", "enrollment_id", "due_at", "started_at", "closed_as", "completed_at", "active_on")
NEVER_LOOKED = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


class TrainingAssignment(Model):
    """Training somebody was told to take (ASG-1). `id` is its number: 12 is shown as TA-0012.

    `due_on` is a date in the assignee's zone; `due_at` the first instant after it, kept beside it so that lists can
    ask the database what is overdue now. `started_at` copies the enrollment's start. `closed_as`: 'cancelled',
    'exempt', 'left', 'withdrawn' (by the training rule that made it). `next_reminder_on` is the next date the reminder
    policy names, so that the daily job reads only what is due, and `reminded_through` the last day through which its
    steps were looked at; `overdue_noted_at` keeps the overdue event to one. `training_rule_id`: made
    by that rule, whose letters go out in batches; `told_at`: when. `path_id`: it came with that learning path.
    `stall_look_at`: when to look next whether it stands still (`escalation.stalled`). `active_on`: while it is open,
    the day (UTC) of the enrollment's `last_active_at`, kept by triggers, so that what stands still is counted here.
    """

    __tablename__ = "training_assignment"
    __table_args__ = (
        CheckConstraint("closed_as IN ('cancelled', 'exempt', 'left', 'withdrawn')", name="closed_as"),
        # ASG-3: one active assignment per employee and course, Overdue included.
        # It carries what status needs, so that the team dashboard finds and counts without touching the table.
        Index(
            "uq_training_assignment_active",
            "employee_id",
            "course_id",
            unique=True,
            postgresql_where=OPEN,
            postgresql_include=["id", "due_at", "started_at"],
        ),
        Index("ix_training_assignment_employee", "employee_id", "due_on"),
        # Holds what the dashboard asks of completed ones, so that whose certificate ends is found without the table.
        Index(
            "ix_training_assignment_enrollment",
            "enrollment_id",
            postgresql_include=["id", "employee_id", "course_id", "due_on", "due_at", "completed_at"],
        ),
        # Serve the dashboards. Counts: what is not completed, by person. Pages: what is open, by due date.
        Index(
            "ix_training_assignment_live",
            "employee_id",
            "course_id",
            postgresql_where=text("completed_at IS NULL"),
            postgresql_include=[*LIVE],
        ),
        Index(
            "ix_training_assignment_open_due",
            "due_on",
            "id",
            postgresql_where=OPEN,
            postgresql_include=["employee_id", "course_id", "due_at", "started_at"],
        ),
        # Serves the page in the order of progress: what was begun and is not completed.
        Index(
            "ix_training_assignment_begun",
            "enrollment_id",
            postgresql_where=BEGUN,
            postgresql_include=["id", "employee_id", "course_id", "due_on", "due_at"],
        ),
        # Serves the completions of the last weeks.
        Index(
            "ix_training_assignment_completed_on",
            "completed_on",
            "employee_id",
            postgresql_where=text("completed_on IS NOT NULL"),
            postgresql_include=["due_on"],
        ),
        Index("ix_training_assignment_due", "due_on", "id"),
        Index("ix_training_assignment_course", "course_id", "due_on"),
        # Serve training rules: what one of them made, and whom nobody has told of it yet.
        Index(
            "ix_training_assignment_rule",
            "training_rule_id",
            "employee_id",
            postgresql_where=text("training_rule_id IS NOT NULL"),
        ),
        Index(
            "ix_training_assignment_untold",
            "id",
            postgresql_where=text(
                "training_rule_id IS NOT NULL AND told_at IS NULL AND completed_at IS NULL AND closed_as IS NULL"
            ),
        ),
        # Serve the statistics, which read no table: what is or was late; what fell due; what was completed.
        Index(
            "ix_training_assignment_late",
            "due_at",
            postgresql_where=text("closed_as IS NULL AND (completed_on IS NULL OR completed_on > due_on)"),
            postgresql_include=["employee_id", "course_id", "due_on", "completed_on"],
        ),
        Index(
            "ix_training_assignment_fell_due",
            "due_on",
            postgresql_where=text("closed_as IS NULL"),
            postgresql_include=["employee_id", "course_id", "due_at", "completed_on"],
        ),
        Index(
            "ix_training_assignment_completed",
            "completed_on",
            postgresql_where=text("closed_as IS NULL AND completed_on IS NOT NULL"),
            postgresql_include=["employee_id", "course_id", "due_on"],
        ),
        # Serve the daily job: it reads what is due and nothing else.
        Index("ix_training_assignment_remind", "next_reminder_on", postgresql_where=OPEN),
        # Serves telling of what stands still: the looks that are due, by course.
        Index(
            "ix_training_assignment_stall",
            "course_id",
            "stall_look_at",
            postgresql_where=BEGUN,
        ),
        # Serves finding what was looked at while the clock stood wrong.
        Index("ix_training_assignment_looked", "reminded_through", postgresql_where=OPEN),
        Index(
            "ix_training_assignment_overdue",
            "due_at",
            postgresql_where=text("completed_at IS NULL AND closed_as IS NULL AND overdue_noted_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"))
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"))
    due_on: Mapped[dt.date]
    due_at: Mapped[dt.datetime]
    assigned_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    assigned_by_name: Mapped[str] = mapped_column(default="")
    assigned_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    source: Mapped[str] = mapped_column(default="staff")
    note: Mapped[str] = mapped_column(default="")
    path_id: Mapped[int | None] = mapped_column(ForeignKey("learning_path.id"))
    started_at: Mapped[dt.datetime | None]
    completed_at: Mapped[dt.datetime | None]
    completed_on: Mapped[dt.date | None]
    closed_as: Mapped[str | None]
    closed_at: Mapped[dt.datetime | None]
    close_reason: Mapped[str] = mapped_column(default="")
    next_reminder_on: Mapped[dt.date | None]
    reminded_through: Mapped[dt.date | None]
    reminders_sent: Mapped[int] = mapped_column(default=0)
    overdue_noted_at: Mapped[dt.datetime | None]
    training_rule_id: Mapped[int | None] = mapped_column(ForeignKey("training_rule.id"))
    told_at: Mapped[dt.datetime | None]
    active_on: Mapped[dt.date | None]
    stall_look_at: Mapped[dt.datetime] = mapped_column(server_default=text("'2000-01-01 00:00:00+00'"))

    employee: Mapped[Employee] = relationship(lazy="raise_on_sql")
    course: Mapped[Course] = relationship(lazy="raise_on_sql")
    enrollment: Mapped[Enrollment] = relationship(lazy="raise_on_sql")


class AssignmentPause(Model):
    """Days added to a due date because of a pause (ENR-10): once a pause, and given back when it ends early."""

    __tablename__ = "assignment_pause"

    pause_id: Mapped[int] = mapped_column(ForeignKey("enrollment_pause.id"), primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("training_assignment.id"), primary_key=True, index=True)
    days: Mapped[int]
