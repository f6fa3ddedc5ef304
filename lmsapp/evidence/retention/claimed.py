"""The columns of work that a worker claims (see `infra.claims`)."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Mapped, mapped_column


class Claimed:
    """`state`: 'idle' -> 'waiting' -> 'running' -> 'ready' or 'failed' (`error` says why)."""

    asked: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="idle")
    tries: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[dt.datetime | None]
    error: Mapped[str | None]
