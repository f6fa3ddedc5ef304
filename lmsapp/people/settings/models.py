"""One row for each setting that differs from its default."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class SettingValue(Model):
    """`name` is one of `rules.SETTINGS`; `value` as its kind says."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSONB)
    changed_at: Mapped[dt.datetime] = mapped_column(default=clock.now, onupdate=clock.now)
