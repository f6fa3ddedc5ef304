"""One row per person who asked to be erased."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.evidence.retention.claimed import Claimed
from lmsapp.infra import clock
from lmsapp.infra.db import Model


class Erasure(Claimed, Model):
    """`counts`: what went, by kind. `kept`: [{'kind', 'count', 'until', 'law', 'hold'}]. `letter`: what the person is
    told, without their name. From here on only duties keep their records, not the organisation's own rules."""

    __tablename__ = "erasure"

    id: Mapped[int] = mapped_column(primary_key=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"), unique=True)
    asked_on: Mapped[dt.date]
    entered_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    kept: Mapped[list[Any]] = mapped_column(default=list)
    language: Mapped[str] = mapped_column(default="en")
    letter: Mapped[str] = mapped_column(default="")
    finished_at: Mapped[dt.datetime | None]
