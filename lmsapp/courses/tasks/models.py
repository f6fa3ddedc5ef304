"""Who grades a course."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra.db import Model


class CourseEvaluator(Model):
    """An evaluator named for a course. Where none is named, every evaluator grades it."""

    __tablename__ = "course_evaluator"

    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), primary_key=True, index=True)
