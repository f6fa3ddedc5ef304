"""A round asks an audience to sign one text. Who was asked stands in the requests of source ('policy round', id)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class SigningRound(Model):
    """Whom: `everybody`, or the `job_roles` and `departments` (ids), and `picked` employee ids besides.

    `standing`: whoever comes to fit is asked too, to sign within `joiner_days`, or by `due_on` where that is later.
    `anew`: asks those too whose earlier signature still counts. `why`: 'asked' or 'changed text'.
    """

    __tablename__ = "signing_round"
    __table_args__ = (
        CheckConstraint("joiner_days BETWEEN 1 AND 365", name="joiner_days"),
        Index("ix_signing_round_text", "text_id", "id"),
        # Serves every hire and move.
        Index("ix_signing_round_standing", "id", postgresql_where=text("standing AND ended_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    text_id: Mapped[int] = mapped_column(ForeignKey("signing_text.id"))
    why: Mapped[str] = mapped_column(default="asked")
    everybody: Mapped[bool] = mapped_column(default=False)
    job_roles: Mapped[list[Any]] = mapped_column(default=list)
    departments: Mapped[list[Any]] = mapped_column(default=list)
    picked: Mapped[list[Any]] = mapped_column(default=list)
    standing: Mapped[bool] = mapped_column(default=False)
    anew: Mapped[bool] = mapped_column(default=False)
    due_on: Mapped[dt.date]
    joiner_days: Mapped[int] = mapped_column(default=14)
    begun_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    begun_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    begun_by_name: Mapped[str]
    ended_at: Mapped[dt.datetime | None]
    ended_reason: Mapped[str] = mapped_column(default="")
