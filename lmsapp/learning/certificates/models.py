"""One row per certificate."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class Certificate(Model):
    """The credential for one completion record (one each, guarded here). Names are as printed.

    `number` is printed ('NG-2026-00012'); `token` (128 random bits) is in the QR code's address.
    """

    __tablename__ = "certificate"
    __table_args__ = (Index("ix_certificate_employee", "employee_id", "issued_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    token: Mapped[str] = mapped_column(unique=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("completion_record.id"), unique=True)
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"), index=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"))
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    holder_name: Mapped[str]
    title: Mapped[str]
    issued_on: Mapped[dt.date]
    valid_until: Mapped[dt.date | None]
    issued_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    revoked_at: Mapped[dt.datetime | None]
    revoke_reason: Mapped[str] = mapped_column(default="")
