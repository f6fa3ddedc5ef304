"""Reviews, and what they come to for a course."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lmsapp.courses.catalogue.models import Course
from lmsapp.infra import clock
from lmsapp.infra.db import Model
from lmsapp.people.employees.models import Employee


class CourseReview(Model):
    """One person's word on one course. `stars` 1 to 5; `text` may be empty. Hidden by a moderator: when, who, why."""

    __tablename__ = "course_review"
    __table_args__ = (
        UniqueConstraint("course_id", "employee_id"),
        CheckConstraint("stars BETWEEN 1 AND 5", name="stars"),
        # Serves the reviews of a course, newest first.
        Index("ix_course_review_course", "course_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"))
    stars: Mapped[int]
    text: Mapped[str] = mapped_column(default="")
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    edited_at: Mapped[dt.datetime | None]
    hidden_at: Mapped[dt.datetime | None]
    hidden_by_name: Mapped[str] = mapped_column(default="")
    hidden_reason: Mapped[str] = mapped_column(default="")

    course: Mapped[Course] = relationship(lazy="raise_on_sql")
    employee: Mapped[Employee] = relationship(lazy="raise_on_sql")


class CourseRating(Model):
    """How many reviews of a course are shown, and the sum of their stars."""

    __tablename__ = "course_rating"

    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), primary_key=True)
    reviews: Mapped[int] = mapped_column(default=0)
    stars: Mapped[int] = mapped_column(default=0)
