"""One row per promised PDF."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lmsapp.infra import clock
from lmsapp.infra.db import Model
from lmsapp.infra.files import StoredFile


class SealedFile(Model):
    """`kind` and `subject_id` say what it shows ('certificate', 12). `employee_id`: whose evidence it is; null: of
    nobody in particular, as a report over many.

    `status`: 'waiting' -> 'running' -> 'ready' or 'failed' (after the last try). `lease_until` frees a claim whose
    worker died.
    """

    __tablename__ = "sealed_file"
    __table_args__ = (
        UniqueConstraint("kind", "subject_id"),
        CheckConstraint("status IN ('waiting', 'running', 'ready', 'failed')", name="status"),
        CheckConstraint("(status = 'ready') = (file_id IS NOT NULL)", name="ready_has_file"),
        # Serves the sweep for promises whose doorbell was lost.
        Index("ix_sealed_file_open", "id", postgresql_where=text("status IN ('waiting', 'running')")),
        Index("ix_sealed_file_employee", "employee_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject_id: Mapped[int]
    employee_id: Mapped[int | None] = mapped_column(ForeignKey("employee.id"))
    title: Mapped[str]
    language: Mapped[str] = mapped_column(default="en")
    status: Mapped[str] = mapped_column(default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    lease_until: Mapped[dt.datetime | None]
    error: Mapped[str | None]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    ready_at: Mapped[dt.datetime | None]

    file: Mapped[StoredFile | None] = relationship(lazy="raise_on_sql")
