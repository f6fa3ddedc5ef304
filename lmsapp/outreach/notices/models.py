"""The outbox."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class Notice(Model):
    """A message to one person by one channel.

    `key` is what it stands for ('reminder/assignment/12/30/2026-12-22/email') and unique: a second try writes nothing.
    `channel`: 'email' or 'in_app'. `template` is a folder of `templates/messages`. `about_kind`, `about_id` name the
    object whose timeline shows it. `reason` holds policy and offset.
    `status`: 'queued' -> 'sending' -> 'sent', 'failed', 'suppressed' (with `error` saying why), or 'unknown' when a
    worker died between handing over and marking.
    """

    __tablename__ = "notice"
    __table_args__ = (
        CheckConstraint("channel IN ('email', 'in_app')", name="channel"),
        CheckConstraint("status IN ('queued', 'sending', 'sent', 'failed', 'suppressed', 'unknown')", name="status"),
        # Serves the claim and the sweep.
        Index("ix_notice_open", "next_try_at", postgresql_where=text("status IN ('queued', 'sending')")),
        Index("ix_notice_about", "about_kind", "about_id"),
        # Serves the bell: unread notices of one user.
        Index("ix_notice_unread", "user_id", postgresql_where=text("channel = 'in_app' AND read_at IS NULL")),
        Index("ix_notice_user", "user_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    channel: Mapped[str]
    template: Mapped[str]
    employee_id: Mapped[int | None] = mapped_column(ForeignKey("employee.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    to_name: Mapped[str] = mapped_column(default="")
    address: Mapped[str | None]
    language: Mapped[str] = mapped_column(default="en")
    subject: Mapped[str]
    body_text: Mapped[str]
    body_html: Mapped[str]
    link: Mapped[str | None]
    about_kind: Mapped[str | None]
    about_id: Mapped[int | None]
    reason: Mapped[dict[str, Any]] = mapped_column(default=dict)
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    status: Mapped[str] = mapped_column(default="queued")
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    lease_until: Mapped[dt.datetime | None]
    message_id: Mapped[str | None]
    error: Mapped[str | None]
    queued_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    sent_at: Mapped[dt.datetime | None]
    read_at: Mapped[dt.datetime | None]
