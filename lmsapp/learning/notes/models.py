"""A learner's own note beside a lesson."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class LessonNote(Model):
    """As typed. `revision` counts up; a late, older save is ignored. Emptied, the row stays with its revision."""

    __tablename__ = "lesson_note"

    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"), primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"), primary_key=True)
    text: Mapped[str]
    revision: Mapped[int]
    saved_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
