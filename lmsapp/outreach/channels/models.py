"""Channels as they are set up."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class Channel(Model):
    """One way out. E-mail is set up by the environment and has no row; in-app notices need none.

    `config` holds what may be shown; `secret` the rest, encrypted (`infra.secrets`). `department_id`: for people of
    that department and those below it; null: for everybody else. `tested_at`, `error`: what the last try said.
    """

    __tablename__ = "outreach_channel"
    __table_args__ = (CheckConstraint("kind IN ('sms', 'slack', 'apprise')", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str] = mapped_column(unique=True)
    enabled: Mapped[bool] = mapped_column(default=False)
    config: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    secret: Mapped[str] = mapped_column(default="")
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    tested_at: Mapped[dt.datetime | None]
    error: Mapped[str] = mapped_column(default="")
    changed_at: Mapped[dt.datetime] = mapped_column(default=clock.now, onupdate=clock.now)


class ChannelTrouble(Model):
    """How a way out has done of late, mail included; without a row all was well.

    `way` is 'email' or 'channel/<id>'. `failures` in a row, `failing_since` the first of them, `error` what the last
    one said. After `rules.DOWN_AFTER` of them nothing is sent by it before `wait_until`; then one message tries.
    """

    __tablename__ = "outreach_channel_trouble"

    way: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[dt.datetime]
    wait_until: Mapped[dt.datetime]
    error: Mapped[str] = mapped_column(default="", server_default="")
