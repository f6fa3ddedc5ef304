"""Who is told when an assignment of a course is completed."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class CompletionNews(Model):
    """Of a course; without a row nobody but the learner is told. `manager`: the learner's line manager is."""

    __tablename__ = "completion_news"

    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), primary_key=True)
    manager: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[dt.datetime] = mapped_column(default=clock.now)


class CompletionListener(Model):
    """An employee who is told of every completion of an assignment of the course."""

    __tablename__ = "completion_listener"

    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), primary_key=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"), primary_key=True, index=True)
