"""Rules and single records kept longer. Both are only added to."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class RetentionPolicy(Model):
    """`part`: a part of the kind ('certificate' of sealed files), '' for all. `months` null: for ever.

    `start`: counted from the day it was 'made', from its last 'effect', or from the end of 'employment'. `duty`: a law
    asks for it (`law`), so it stands against a request to be erased too. A change is a row that replaces the former;
    `withdrawn`: from then on there is no such rule.
    """

    __tablename__ = "retention_policy"
    __table_args__ = (
        CheckConstraint("start IN ('made', 'effect', 'employment')", name="start"),
        CheckConstraint("months BETWEEN 1 AND 1200", name="months"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    part: Mapped[str] = mapped_column(default="")
    months: Mapped[int | None]
    start: Mapped[str]
    duty: Mapped[bool]
    law: Mapped[str] = mapped_column(default="")
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("retention_policy.id"), unique=True)
    withdrawn: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str]
    made_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))


class KeptLonger(Model):
    """One record, kept until a later day than its rules say; of several rows the latest day counts."""

    __tablename__ = "retention_longer"
    __table_args__ = (Index("ix_retention_longer_record", "kind", "record_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    record_id: Mapped[int] = mapped_column(BigInteger)
    until: Mapped[dt.date]
    reason: Mapped[str]
    decided_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
