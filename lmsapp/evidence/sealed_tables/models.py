"""One row per sealed stretch. A trigger refuses UPDATE and DELETE."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.evidence.ledger.sources import Source
from lmsapp.infra import clock
from lmsapp.infra.db import Model


class TableSeal(Model):
    """Rows `first` to `last` (numbers, both included) of `table_name`, of which `count` are there.

    `marks`: 40 bytes for each, in order: its number (8, big-endian) and SHA-256 of its `columns` (`rules.mark_sql`).
    `sha256`: of the marks, hex; this is what stands in the ledger.
    """

    __tablename__ = "table_seal"
    __table_args__ = (UniqueConstraint("table_name", "first"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    table_name: Mapped[str]
    columns: Mapped[list[Any]]
    first: Mapped[int] = mapped_column(BigInteger)
    last: Mapped[int] = mapped_column(BigInteger)
    count: Mapped[int]
    sha256: Mapped[str]
    marks: Mapped[bytes]
    sealed_at: Mapped[dt.datetime] = mapped_column(default=clock.now)


TABLE_SEALS = Source(
    TableSeal,
    facts=("table_name", "columns", "first", "last", "count", "sha256", "sealed_at"),
    personal=(),
    occurred="sealed_at",
    employee="",
    left_out=("marks",),  # their SHA-256 is a fact
)
