"""One row per report asked for."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class ReportRequest(Model):
    """`terms`: the filters of the report and `line_only`, as asked. `asked_by_name`: as it was then, for the print.

    The PDF is the sealed file ('completion_report', id).
    """

    __tablename__ = "report_request"
    __table_args__ = (Index("ix_report_request_asked_by", "asked_by_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    terms: Mapped[dict[str, Any]]
    language: Mapped[str]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    asked_by_name: Mapped[str]
    asked_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
