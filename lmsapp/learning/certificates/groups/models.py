"""What was asked, and how far it is."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lmsapp.infra import clock
from lmsapp.infra.db import Model
from lmsapp.infra.files import StoredFile


class CertificateGroup(Model):
    """Certificates of one course or path, for those `asked_for` names: see `groups.rules.Wanted`.

    `asked`: 'zip', 'print' or 'both'. `state`: 'waiting', 'running', 'ready', 'failed'; `done` of `total` people.
    `missing`: who has none, [{'name', 'number', 'why'}]. The files go after `rules.KEPT`.
    """

    __tablename__ = "certificate_group"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'ready', 'failed')", name="state"),
        CheckConstraint("asked IN ('zip', 'print', 'both')", name="asked"),
        Index("ix_certificate_group_asker", "asked_by_id", "id"),
        Index("ix_certificate_group_open", "id", postgresql_where=text("state IN ('waiting', 'running')")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    asked: Mapped[str]
    asked_for: Mapped[dict[str, Any]]
    title: Mapped[str]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    asked_by_name: Mapped[str]
    asked_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    state: Mapped[str] = mapped_column(default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[dt.datetime | None]
    finished_at: Mapped[dt.datetime | None]
    error: Mapped[str | None]
    held: Mapped[int] = mapped_column(default=0)
    missing: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    zip_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    print_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))

    zip_file: Mapped[StoredFile | None] = relationship(lazy="raise_on_sql", foreign_keys=[zip_id])
    print_file: Mapped[StoredFile | None] = relationship(lazy="raise_on_sql", foreign_keys=[print_id])
