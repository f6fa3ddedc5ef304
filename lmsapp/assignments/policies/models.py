"""Reminder policies and where they hold."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import Text

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class ReminderPolicy(Model):
    """A named list of steps. One may be the organisation's; without it `rules.STANDARD` holds.

    `working_days`: a step that falls on a day off goes to the working day before, one after the due date to the next.
    `digest_allowed`: learners may have its reminders in one letter a day.
    """

    __tablename__ = "reminder_policy"
    __table_args__ = (
        Index(
            "uq_reminder_policy_organisation", "is_organisation", unique=True, postgresql_where=text("is_organisation")
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    is_organisation: Mapped[bool] = mapped_column(default=False, server_default="false")
    working_days: Mapped[bool] = mapped_column(default=False, server_default="false")
    digest_allowed: Mapped[bool] = mapped_column(default=True, server_default="true")
    changed_at: Mapped[dt.datetime] = mapped_column(default=clock.now, onupdate=clock.now)

    steps: Mapped[list[ReminderStep]] = relationship(
        cascade="all, delete-orphan", order_by="ReminderStep.position", lazy="raise_on_sql"
    )


class ReminderStep(Model):
    """One step; the fields are those of `rules.Step`. Never changed, only replaced with their policy's list."""

    __tablename__ = "reminder_step"
    __table_args__ = (
        CheckConstraint("moment IN ('before due', 'on due', 'after due', 'before expiry', 'stalled')", name="moment"),
        CheckConstraint("to_whom IN ('learner', 'manager', 'second manager', 'hr partner')", name="to_whom"),
        CheckConstraint("days >= 0 AND every >= 0 AND most >= 1 AND hours >= 0", name="numbers"),
        Index("ix_reminder_step_policy", "policy_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("reminder_policy.id", ondelete="CASCADE"))
    position: Mapped[int]
    moment: Mapped[str]
    days: Mapped[int] = mapped_column(default=0)
    every: Mapped[int] = mapped_column(default=0)
    most: Mapped[int] = mapped_column(default=1)
    hours: Mapped[int] = mapped_column(default=0)
    to_whom: Mapped[str] = mapped_column(default="learner")
    channels: Mapped[list[str]] = mapped_column(ARRAY(Text))
    mandatory: Mapped[bool] = mapped_column(default=False)


class CourseReminderPolicy(Model):
    """The policy of one course. `because`: 'course', or 'compliance type' where that named it for its training."""

    __tablename__ = "course_reminder_policy"
    __table_args__ = (CheckConstraint("because IN ('course', 'compliance type')", name="because"),)

    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("reminder_policy.id"), index=True)
    because: Mapped[str] = mapped_column(default="course")
    changed_at: Mapped[dt.datetime] = mapped_column(default=clock.now, onupdate=clock.now)


class LookAgain(Model):
    """The open assignments of this course, from the one after `after_id` on, are to follow a changed policy: a promise
    that the daily job keeps, since there may be hundreds of thousands."""

    __tablename__ = "reminder_look_again"

    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), primary_key=True)
    after_id: Mapped[int] = mapped_column(default=0, server_default="0")
    asked_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
