"""What is sent when, and to whom by name."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class ReportSchedule(Model):
    """`report`, `terms`, `form`: as a run has them; `days`: of `reports.windows.Window`, what is filled in each time.

    `every`: 'week' (on `weekday`, 0 is Monday) or 'month' (on `month_day`, 0 is the last), at `hour` where the
    organisation is; `working_days`: from a day off it moves to the next working day. `readers`: of `rules.Readers`;
    people by name stand in ReportSchedulePerson. `next_at`: when its next turn comes, null while paused and once it
    was ended. `last_turn`: the day of the latest one that was sent. `error`: why the latest could not be, in words.
    """

    __tablename__ = "report_schedule"
    __table_args__ = (
        CheckConstraint("every IN ('week', 'month')", name="every"),
        CheckConstraint("form IN ('csv', 'xlsx', 'pdf')", name="form"),
        CheckConstraint(
            "weekday BETWEEN 0 AND 6 AND month_day BETWEEN 0 AND 31 AND hour BETWEEN 0 AND 23", name="when"
        ),
        # Serves the look at the clock.
        Index("ix_report_schedule_next", "next_at", postgresql_where=text("next_at IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    report: Mapped[str]
    terms: Mapped[dict[str, Any]] = mapped_column(default=dict)
    days: Mapped[str] = mapped_column(default="")
    form: Mapped[str] = mapped_column(default="csv")
    every: Mapped[str]
    weekday: Mapped[int] = mapped_column(default=0)
    month_day: Mapped[int] = mapped_column(default=1)
    hour: Mapped[int] = mapped_column(default=7)
    working_days: Mapped[bool] = mapped_column(default=True)
    readers: Mapped[list[Any]] = mapped_column(default=list)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    made_by_name: Mapped[str]
    made_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    paused_at: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]
    next_at: Mapped[dt.datetime | None]
    last_turn: Mapped[dt.date | None]
    error: Mapped[str | None]


class ReportSchedulePerson(Model):
    """Somebody who gets it by name."""

    __tablename__ = "report_schedule_person"

    schedule_id: Mapped[int] = mapped_column(ForeignKey("report_schedule.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="CASCADE"), primary_key=True)
