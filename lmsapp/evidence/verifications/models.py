"""Promises of a verification, results that are never changed, and findings."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.evidence.ledger.sources import Source
from lmsapp.infra import clock
from lmsapp.infra.claims import Claimed
from lmsapp.infra.db import Model


class LedgerVerification(Model):
    """What one verification saw, never changed. `how`: 'daily', 'asked' or 'command'; `files` null: not looked at.

    `epoch`, `size`, `root`: the tree as it was then; the next verification asks it to lead there still. `wrong`: all
    findings; `newly` of them had not been found before.
    """

    __tablename__ = "ledger_verification"
    __table_args__ = (CheckConstraint("how IN ('daily', 'asked', 'command')", name="how"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    how: Mapped[str]
    by_id: Mapped[int | None]
    by_name: Mapped[str]
    began_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    seconds: Mapped[int]
    events: Mapped[int] = mapped_column(BigInteger)
    entries: Mapped[int] = mapped_column(BigInteger)
    checkpoints: Mapped[int] = mapped_column(BigInteger)
    files: Mapped[int | None]
    epoch: Mapped[int]
    size: Mapped[int] = mapped_column(BigInteger)
    root: Mapped[bytes]
    wrong: Mapped[int]
    newly: Mapped[int]


class VerificationRun(Claimed, Model):
    """Work for the worker (`infra.claims`): `state` 'waiting', 'running', 'ready' or 'failed', `done` of `total` parts.

    `verification_id`: what came of it. One at a time is open, guarded here.
    """

    __tablename__ = "ledger_verification_run"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'ready', 'failed')", name="state"),
        Index(
            "uq_ledger_verification_run_open",
            text("(true)"),
            unique=True,
            postgresql_where=text("state IN ('waiting', 'running')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    asked: Mapped[str] = mapped_column(default="verify")
    how: Mapped[str]
    with_files: Mapped[bool] = mapped_column(default=True)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    asked_by_name: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    verification_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_verification.id"))


class LedgerFinding(Model):
    """One thing that does not fit. `what`, `words` and `facts` as `Finding`; `key`: the same trouble, whenever found.

    `first_id`, `last_id`: the verifications that found it first and last; it lasts while `last_id` is the last
    verification that looked for it. Who acknowledged it says why; it is shown all the same.
    """

    __tablename__ = "ledger_finding"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    what: Mapped[str]
    record_kind: Mapped[str]
    record_id: Mapped[int] = mapped_column(BigInteger)
    words: Mapped[str]
    facts: Mapped[dict[str, Any]]
    found_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    first_id: Mapped[int] = mapped_column(ForeignKey("ledger_verification.id"))
    last_id: Mapped[int] = mapped_column(ForeignKey("ledger_verification.id"), index=True)
    over_at: Mapped[dt.datetime | None]
    acknowledged_at: Mapped[dt.datetime | None]
    acknowledged_by_name: Mapped[str] = mapped_column(default="")
    acknowledged_reason: Mapped[str] = mapped_column(default="")


VERIFICATIONS = Source(
    LedgerVerification,
    facts=(
        "how", "by_id", "began_at", "ended_at", "seconds", "events", "entries", "checkpoints", "files", "epoch", "size",
        "root", "wrong", "newly",
    ),
    personal=("by_name",),
    occurred="ended_at",
    employee="",
)  # fmt: skip
