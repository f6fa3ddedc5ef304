"""The days on which nobody is expected to work."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra.db import Model


class Holiday(Model):
    """A day of the whole organisation. One row a day; a day that returns every year has a row for each year."""

    __tablename__ = "holiday"

    day: Mapped[dt.date] = mapped_column(primary_key=True)
    name: Mapped[str]
