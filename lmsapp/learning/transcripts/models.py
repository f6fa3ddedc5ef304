"""One row per transcript asked for."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class Transcript(Model):
    """What was on record when it was asked for. Never changed.

    `number` is printed ('NG-T-2026-00003'), `token` is in the QR code's address. `lines`, newest first: {'kind',
    'title', 'completed_on', 'score', 'minutes', 'certificate', 'valid_until', 'by_hand', 'hand_parts',
    'revoked'}; dates as ISO, numbers as decimal text, absent values null.
    """

    __tablename__ = "transcript"
    __table_args__ = (Index("ix_transcript_employee", "employee_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    token: Mapped[str] = mapped_column(unique=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"))
    holder_name: Mapped[str]
    employee_number: Mapped[str]
    job_role: Mapped[str]
    department: Mapped[str]
    time_zone: Mapped[str]
    language: Mapped[str]
    issued_on: Mapped[dt.date]
    asked_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    asked_by_name: Mapped[str]
    lines: Mapped[list[Any]]
