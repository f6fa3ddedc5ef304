"""One row per pack asked for; it stays when its file goes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.claims import Claimed
from lmsapp.infra.db import Model


class EvidencePack(Claimed, Model):
    """Of whom and when: `rules.Terms`. `title`: of the person, course, department or regulation, as it was called then.

    `state`: see `rules.PackState`; `done` of `total`. `counts`: as in the manifest, and what the page says besides.
    `file_name`: in the folder of packs, null before it is made and soon after it was thrown away; `sha256` and
    `size` stay.
    """

    __tablename__ = "evidence_pack"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'ready', 'failed', 'cancelled')", name="state"),
        CheckConstraint("scope IN ('person', 'course', 'department', 'regulation')", name="scope"),
        CheckConstraint("since <= until", name="dates"),
        # Asked for twice while it is being made: one.
        Index(
            "uq_evidence_pack_open",
            "asked_by_id",
            "scope",
            "subject",
            "since",
            "until",
            "personal",
            unique=True,
            postgresql_where=text("state IN ('waiting', 'running')"),
        ),
        # Serves the sweep.
        Index("ix_evidence_pack_open", "id", postgresql_where=text("state IN ('waiting', 'running')")),
        Index("ix_evidence_pack_kept", "finished_at", postgresql_where=text("file_name IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    scope: Mapped[str]
    subject: Mapped[str]
    title: Mapped[str]
    since: Mapped[dt.date]
    until: Mapped[dt.date]
    personal: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str] = mapped_column(default="en")
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    asked_by_name: Mapped[str]
    asked_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    asked: Mapped[str] = mapped_column(default="pack")
    finished_at: Mapped[dt.datetime | None]
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    file_name: Mapped[str | None]
    sha256: Mapped[str] = mapped_column(default="")
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    thrown_away_at: Mapped[dt.datetime | None]
