"""Runs of the retrieval test, and what each found, which is only added to."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.evidence.retention.claimed import Claimed
from lmsapp.infra import clock
from lmsapp.infra.db import Model


class RetrievalRun(Claimed, Model):
    """Asked for by the calendar (`asked_by_id` null) or by a person."""

    __tablename__ = "retrieval_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    asked_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    finished_at: Mapped[dt.datetime | None]


class RetrievalTest(Model):
    """What a run found. `lines`: [{'kind', 'record_id', 'year', 'checks': {'record': true, …}, 'words'}]."""

    __tablename__ = "retrieval_test"

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("retrieval_run.id"), unique=True)
    passed: Mapped[bool]
    lines: Mapped[list[Any]]
    finished_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
