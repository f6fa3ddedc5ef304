"""Message texts of the organisation."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class MessageText(Model):
    """What a kind of message says by one channel in one language, since `changed_at`.

    `template` is a folder of `templates/messages`; `moment` one of the kind's, '' for all of them. The words are never
    changed: a new row takes the place of an old one, which gets `replaced_at` and is kept. No row in force: the folder.
    """

    __tablename__ = "message_text"
    __table_args__ = (
        CheckConstraint("channel IN ('email', 'sms', 'slack', 'in_app')", name="channel"),
        CheckConstraint("language IN ('en', 'es')", name="language"),
        Index(
            "uq_message_text_in_force",
            "template",
            "moment",
            "channel",
            "language",
            unique=True,
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    template: Mapped[str]
    moment: Mapped[str] = mapped_column(default="", server_default="")
    channel: Mapped[str]
    language: Mapped[str]
    subject: Mapped[str] = mapped_column(default="", server_default="")
    body: Mapped[str]
    changed_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    changed_by_name: Mapped[str] = mapped_column(default="", server_default="")
    replaced_at: Mapped[dt.datetime | None]
    replaced_by_name: Mapped[str] = mapped_column(default="", server_default="")
