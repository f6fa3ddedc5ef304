"""An audience, and who has belonged to it from when until when."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model

PRESENT = text("left_at IS NULL")


class Audience(Model):
    """`rule` as `rules.AudienceRule` keeps it. Archived: nobody belongs to it any more, its history stays."""

    __tablename__ = "audience"
    __table_args__ = (
        Index("uq_audience_name", text("lower(name)"), unique=True, postgresql_where=text("archived_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    rule: Mapped[dict[str, Any]]
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    archived_at: Mapped[dt.datetime | None]


class AudienceMember(Model):
    """Somebody belonged from `since` until `left_at`; null: does so now. Coming back is a row of its own."""

    __tablename__ = "audience_member"
    __table_args__ = (
        # One present membership each; serves counting and paging through them.
        Index("uq_audience_member_present", "audience_id", "employee_id", unique=True, postgresql_where=PRESENT),
        # Serves every change of a record.
        Index("ix_audience_member_employee", "employee_id", "audience_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    audience_id: Mapped[int] = mapped_column(ForeignKey("audience.id"))
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"))
    since: Mapped[dt.datetime] = mapped_column(default=clock.now)
    left_at: Mapped[dt.datetime | None]
