"""One row per file asked for, or due to somebody by a schedule."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.claims import Claimed
from lmsapp.infra.db import Model


class ReportRun(Claimed, Model):
    """A file for `asked_by_id`, in their language. `report`: its key; `terms`: the parameters, name -> values.

    `reach`: of `reports.reach.Reach`, '' until it is made: the widest they may have; `heads`: the departments it was
    made of, without those below. `form`: 'csv', 'xlsx', 'pdf'. `same`: digest of all that, by which a second click is
    known. `state`: see `rules.RunState`; `done` of `total` rows. `rows` null: not made; 0: there is no file, and
    `why_empty` says why (English). `file_id` null: not made, or gone; `sha256` and `size` stay. `schedule_id`,
    `period`: sent by that schedule, for its turn of that day; once to each.
    """

    __tablename__ = "report_run"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'ready', 'failed', 'cancelled', 'skipped')", name="state"),
        CheckConstraint("form IN ('csv', 'xlsx', 'pdf')", name="form"),
        CheckConstraint("reach IN ('', 'everybody', 'line and departments', 'line', 'departments')", name="reach"),
        # However often a schedule is run for a turn.
        UniqueConstraint("schedule_id", "period", "asked_by_id"),
        # Asked for twice while it is being made: one.
        Index(
            "uq_report_run_open",
            "asked_by_id",
            "same",
            unique=True,
            postgresql_where=text("state IN ('waiting', 'running') AND schedule_id IS NULL"),
        ),
        # Serves the sweep.
        Index("ix_report_run_open", "id", postgresql_where=text("state IN ('waiting', 'running')")),
        Index("ix_report_run_kept", "finished_at", postgresql_where=text("file_id IS NOT NULL")),
        # Serves 'what I made lately'.
        Index("ix_report_run_asked_by", "asked_by_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report: Mapped[str]
    terms: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reach: Mapped[str] = mapped_column(default="")
    heads: Mapped[list[Any]] = mapped_column(default=list)
    form: Mapped[str] = mapped_column(default="csv")
    same: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="en")
    asked: Mapped[str] = mapped_column(default="file")
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    asked_by_name: Mapped[str]
    asked_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    finished_at: Mapped[dt.datetime | None]
    rows: Mapped[int | None]
    why_empty: Mapped[str] = mapped_column(default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    sha256: Mapped[str] = mapped_column(default="")
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    schedule_id: Mapped[int | None] = mapped_column(ForeignKey("report_schedule.id"))
    period: Mapped[dt.date | None]
