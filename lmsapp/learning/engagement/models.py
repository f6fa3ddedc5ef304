"""What was measured, visit by visit."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class LessonVisit(Model):
    """One visit of a lesson's page, its beats summed; what staff read when something does not add up (ENR-8).

    `beats`: number of the last one. `claimed`: active seconds the page said; `credited`: what counted of them; `spent`:
    seconds of the wall clock that took, watching and pages included; `gained`: new seconds of a video, or new pages.
    The last row of a lesson sums every later visit: `visits` how many it stands for, `earlier` what was credited in
    those before the latest.
    """

    __tablename__ = "lesson_visit"

    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"), primary_key=True)
    cycle: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    opened_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    last_at: Mapped[dt.datetime | None]
    beats: Mapped[int] = mapped_column(default=0, server_default="0")
    claimed: Mapped[int] = mapped_column(default=0, server_default="0")
    credited: Mapped[int] = mapped_column(default=0, server_default="0")
    spent: Mapped[float] = mapped_column(default=0, server_default="0")
    gained: Mapped[float] = mapped_column(default=0, server_default="0")
    visits: Mapped[int] = mapped_column(default=1, server_default="1")
    earlier: Mapped[int] = mapped_column(default=0, server_default="0")
