"""One row per completion; corrections are new rows that point at the old one. A trigger refuses UPDATE and DELETE."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class CompletionRecord(Model):
    """Who, what, which version, when, by which rule, with which values.

    Names, job title and department are copied as at the event. `subject_kind`: 'course' or 'path'; `subject_id` its id.
    `criteria` lists each criterion with its value; `score` is a percentage or null; `how` is 'rule' or 'by hand'
    (then `actor` set it, for `reason`, and `approved_by` is the second person where one was asked), or 'taken back':
    such a row withdraws the one it supersedes. `employee_id` null: disposed of, whose it was stands nowhere (EVD-6).
    """

    __tablename__ = "completion_record"
    __table_args__ = (
        Index("ix_completion_record_employee", "employee_id", "occurred_at"),
        # Serves reports of a subject; which rows one has is known without reading the table.
        Index(
            "ix_completion_record_listed",
            "subject_kind",
            "subject_id",
            "occurred_at",
            postgresql_include=["id", "employee_id", "how", "time_zone", "score"],
        ),
        # Serves the question which records still count; few are ever superseded.
        Index("ix_completion_record_supersedes", "supersedes_id", postgresql_where=text("supersedes_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    employee_id: Mapped[int | None] = mapped_column(ForeignKey("employee.id"))
    employee_number: Mapped[str]
    employee_name: Mapped[str]
    job_role: Mapped[str]
    department: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[int]
    title: Mapped[str]
    content_version: Mapped[int]
    content_sha256: Mapped[str]
    rule_version: Mapped[int]
    criteria: Mapped[list[Any]]
    score: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    attempt: Mapped[int | None]
    occurred_at: Mapped[dt.datetime]
    local_time: Mapped[str]  # ISO 8601 with offset, in the learner's zone
    time_zone: Mapped[str]
    recorded_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    actor_id: Mapped[int | None]
    actor_name: Mapped[str]
    how: Mapped[str] = mapped_column(default="rule")
    reason: Mapped[str] = mapped_column(default="")
    approved_by_id: Mapped[int | None]
    approved_by_name: Mapped[str | None]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("completion_record.id"))
