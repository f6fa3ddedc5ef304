"""A batch, and its lines."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.claims import Claimed
from lmsapp.infra.db import Model


class ComplianceBatch(Claimed, Model):
    """`asked`: 'file', 'mark', 'waive', 'take out' (undoes `after_id`), 'treat' (what waited when a policy was switched
    on) or 'settle' (duties; no lines). `terms`: what was chosen, as `rules` says for each.

    `state`: 'waiting', 'running', 'ready', 'failed'; `lease_until` frees the claim of a dead worker, `tries` says whose
    claim it is. `done` of `total` lines or people.
    """

    __tablename__ = "compliance_batch"
    __table_args__ = (
        CheckConstraint("asked IN ('file', 'mark', 'waive', 'take out', 'treat', 'settle')", name="asked"),
        CheckConstraint("state IN ('waiting', 'running', 'ready', 'failed')", name="state"),
        # Serves the sweep for promises whose doorbell was lost.
        Index("ix_compliance_batch_open", "id", postgresql_where=text("state IN ('waiting', 'running')")),
        # One undoing of a batch.
        Index("uq_compliance_batch_after", "after_id", unique=True, postgresql_where=text("after_id IS NOT NULL")),
        Index("ix_compliance_batch_type", "type_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    asked: Mapped[str]
    type_id: Mapped[int | None] = mapped_column(ForeignKey("compliance_type.id"))
    after_id: Mapped[int | None] = mapped_column(ForeignKey("compliance_batch.id"))
    terms: Mapped[dict[str, Any]] = mapped_column(default=dict)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    asked_by_name: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    finished_at: Mapped[dt.datetime | None]


class ComplianceBatchLine(Model):
    """One thing of a batch. `state`: 'waiting', 'done', 'refused', or 'undone' (by a later batch).

    `said`: what there is to say, as messages with their values. `marked`: the decisions it made, each with type_id,
    decision_id, type, renewal_on.
    """

    __tablename__ = "compliance_batch_line"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'done', 'refused', 'undone')", name="state"),
        Index("ix_compliance_batch_line_batch", "batch_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("compliance_batch.id"))
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"))
    sealed_id: Mapped[int | None] = mapped_column(ForeignKey("sealed_file.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("employee_document.id"))
    state: Mapped[str] = mapped_column(default="waiting", server_default="waiting")
    said: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'::jsonb"))
    marked: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'::jsonb"))
