"""One row per change. A trigger refuses UPDATE and DELETE."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class AuditEntry(Model):
    """`subject_kind` and `subject_id` name the object; `actor_name` is kept as it was at the time."""

    __tablename__ = "audit_entry"
    # Serves the timeline of one object, newest first.
    __table_args__ = (Index("ix_audit_entry_subject", "subject_kind", "subject_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    actor_id: Mapped[int | None]
    actor_name: Mapped[str]
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[int]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    reason: Mapped[str] = mapped_column(default="")
