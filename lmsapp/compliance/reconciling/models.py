"""Runs, what the last one found, and what somebody said is right as it is."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class ReconciliationRun(Model):
    """One look at everybody. `month`: its first day, where it is the look of that month; one each, guarded here.

    `counts`: kind -> rows, those said to be right left out; kept for good, so that twelve months can be compared.
    `state`, `asked`, `tries`, `done`, `total`, `lease_until`: see `infra.claims`. One is open at a time.
    """

    __tablename__ = "reconciliation_run"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'ready', 'failed')", name="state"),
        UniqueConstraint("month"),
        Index(
            "uq_reconciliation_run_open",
            text("(true)"),
            unique=True,
            postgresql_where=text("state IN ('waiting', 'running')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[dt.date | None]
    state: Mapped[str] = mapped_column(default="waiting")
    asked: Mapped[str] = mapped_column(default="look")
    asked_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    asked_by_name: Mapped[str]
    lease_until: Mapped[dt.datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[dt.datetime | None]
    people: Mapped[int] = mapped_column(default=0)
    types: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)


class ReconciliationFinding(Model):
    """One row of the report. `mark` names everything it follows from; `facts` are dates and ids to mend it with.

    `found_at`: first found, as long as it was found at each look since. `look`: by which found last: a
    number of its own and no time, because clocks are set back."""

    __tablename__ = "reconciliation_finding"
    __table_args__ = (Index("ix_reconciliation_finding_employee", "employee_id"),)

    kind: Mapped[str] = mapped_column(primary_key=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"), primary_key=True)
    type_id: Mapped[int] = mapped_column(ForeignKey("compliance_type.id"), primary_key=True)
    mark: Mapped[str]
    facts: Mapped[dict[str, Any]]
    found_at: Mapped[dt.datetime]
    look: Mapped[int] = mapped_column(BigInteger)


class ReconciliationRight(Model):
    """Somebody said that a row is right as it is; it holds while the finding bears the same `mark`."""

    __tablename__ = "reconciliation_right"
    __table_args__ = (UniqueConstraint("kind", "employee_id", "type_id", name="uq_reconciliation_right_kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"))
    type_id: Mapped[int] = mapped_column(ForeignKey("compliance_type.id"))
    mark: Mapped[str]
    reason: Mapped[str]
    said_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    said_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    said_by_name: Mapped[str]
