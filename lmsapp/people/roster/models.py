"""One row per roster file tried."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class RosterRun(Model):
    """A roster file and what came of it. `status`: 'planned', 'applied', 'discarded'."""

    __tablename__ = "roster_run"
    __table_args__ = (CheckConstraint("status IN ('planned', 'applied', 'discarded')", name="status"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    file_name: Mapped[str]
    mapping: Mapped[dict[str, Any]]
    counts: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(default="planned")
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    applied_at: Mapped[dt.datetime | None]
