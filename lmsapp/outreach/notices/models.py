"""The outbox."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lmsapp.infra import clock
from lmsapp.infra.db import Model
from lmsapp.outreach.channels.models import Channel


class Notice(Model):
    """A message to one person by one channel.

    `key` is what it stands for ('reminder/assignment/12/30/2026-12-22/email') and unique: a second try writes nothing.
    `channel`: 'email', 'in_app', 'sms', 'slack' or 'apprise'. `template` is a folder of `templates/messages`.
    `about_kind`, `about_id` name the object whose timeline shows it. `reason` holds policy and offset.
    `status`: 'queued' -> 'sending' -> 'sent', 'failed', 'suppressed' (with `error` saying why), or 'unknown' when a
    worker died between handing over and marking. 'gathered' -> 'carried': part of another notice (`carried_by_id`), a
    digest, whose fate is its own. An empty `subject`: promised, and worded when it is sent (`worded_at`), by what is
    true then. `suppressed_as`: why nothing was sent, of `rules.Suppressed`. `mandatory`: goes beyond the cap of
    messages for one person. `message_id` is the key by which its receiver knows a second copy, whatever the channel;
    `provider_id` what the gateway calls it. `passed_at`: since when it counts against the cap. `given_up_at`: somebody
    looked at a failed or unknown one and left it so.
    """

    __tablename__ = "notice"
    __table_args__ = (
        CheckConstraint("channel IN ('email', 'in_app', 'sms', 'slack', 'apprise')", name="channel"),
        CheckConstraint(
            "status IN ('queued', 'gathered', 'sending', 'sent', 'carried', 'failed', 'suppressed', 'unknown')",
            name="status",
        ),
        # Serves the claim and the sweep.
        Index("ix_notice_open", "next_try_at", postgresql_where=text("status IN ('queued', 'sending')")),
        Index("ix_notice_about", "about_kind", "about_id"),
        # Serves the statistics: reminders that were sent, by assignment.
        Index(
            "ix_notice_reminder",
            "about_id",
            "employee_id",
            postgresql_where=text(
                "about_kind = 'assignment' AND template = 'training_reminder' AND status IN ('sent', 'carried')"
            ),
            postgresql_include=["sent_at", "queued_at"],
        ),
        # Serves the bell: unread notices of one user.
        Index("ix_notice_unread", "user_id", postgresql_where=text("channel = 'in_app' AND read_at IS NULL")),
        Index("ix_notice_user", "user_id", "id"),
        # Serves a person's messages, and counting them against the cap.
        Index("ix_notice_employee", "employee_id", "id"),
        # Serve the digest: what waits for one, by reader; what one carried.
        Index("ix_notice_gathered", "employee_id", postgresql_where=text("status = 'gathered'")),
        Index("ix_notice_carried", "carried_by_id", postgresql_where=text("carried_by_id IS NOT NULL")),
        # Serves the list of what somebody has to look at.
        Index(
            "ix_notice_stuck", "id", postgresql_where=text("status IN ('failed', 'unknown') AND given_up_at IS NULL")
        ),
        # Serves the cap: what one person was sent of late.
        Index("ix_notice_passed", "employee_id", "passed_at", postgresql_where=text("passed_at IS NOT NULL")),
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
    subject: Mapped[str] = mapped_column(default="")
    body_text: Mapped[str] = mapped_column(default="")
    body_html: Mapped[str] = mapped_column(default="")
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
    worded_at: Mapped[dt.datetime | None]
    mandatory: Mapped[bool] = mapped_column(default=False, server_default="false")
    suppressed_as: Mapped[str | None]
    carried_by_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id"))
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("outreach_channel.id"))
    provider_id: Mapped[str | None]
    given_up_at: Mapped[dt.datetime | None]
    passed_at: Mapped[dt.datetime | None]

    taken_by: Mapped[Channel | None] = relationship(lazy="raise_on_sql")
