"""What somebody said of a course without taking it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class LearnerChoice(Model):
    """`kind`: 'not interested' (do not suggest it), 'no review' (do not ask for one). One's own, undone by deleting."""

    __tablename__ = "learner_choice"
    __table_args__ = (CheckConstraint("kind IN ('not interested', 'no review')", name="kind"),)

    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    chosen_at: Mapped[dt.datetime] = mapped_column(default=clock.now)


class SuggestionCount(Model):
    """`took` of `people` in a group completed the course; who, is kept nowhere. `why`: 'department' (`group` is its
    id), 'job role' (its words) or 'together' (the id of a course that these people completed as well)."""

    __tablename__ = "suggestion_count"
    __table_args__ = (CheckConstraint("why IN ('department', 'job role', 'together')", name="why"),)

    why: Mapped[str] = mapped_column(primary_key=True)
    group: Mapped[str] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id", ondelete="CASCADE"), primary_key=True)
    took: Mapped[int]
    people: Mapped[int]
