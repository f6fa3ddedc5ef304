"""One row per report asked for."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class ReportRequest(Model):
    """`report`: its key. `terms`: `line_only`, and of the completion report its filters, of others `terms`, as asked.
    `asked_by_name`: as it was then, for the print.

    The PDF is the sealed file ('completion_report', id), whichever report it is.
    """

    __tablename__ = "report_request"
    __table_args__ = (Index("ix_report_request_asked_by", "asked_by_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report: Mapped[str] = mapped_column(default="completion", server_default="completion")
    terms: Mapped[dict[str, Any]]
    language: Mapped[str]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    asked_by_name: Mapped[str]
    asked_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
