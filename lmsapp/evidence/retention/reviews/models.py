"""Lists of what became due, their items, and what is left of a record once it went."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.evidence.retention.claimed import Claimed
from lmsapp.infra import clock
from lmsapp.infra.db import Model


class RetentionReview(Claimed, Model):
    """`status`: 'open' to be looked at, 'reviewed' and waiting for a second person, 'approved', 'closed'.

    `asked`: 'list' or 'dispose', which the worker does.
    """

    __tablename__ = "retention_review"
    __table_args__ = (
        CheckConstraint("why IN ('monthly', 'by hand', 'erasure')", name="why"),
        CheckConstraint("status IN ('open', 'reviewed', 'approved', 'closed')", name="status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    why: Mapped[str]
    erasure_id: Mapped[int | None] = mapped_column(ForeignKey("erasure.id"))
    status: Mapped[str] = mapped_column(default="open")
    opened_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    reviewed_at: Mapped[dt.datetime | None]
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    approved_at: Mapped[dt.datetime | None]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    closed_at: Mapped[dt.datetime | None]


class RetentionItem(Model):
    """A record on a list. `state`: 'open', 'approved', 'done'; 'longer': a person keeps it; 'kept': the database
    refused when its turn came, `words` say why. Whose it was is forgotten once it went."""

    __tablename__ = "retention_item"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'longer', 'approved', 'done', 'kept')", name="state"),
        # Serves the page of a review and the worker's next batch.
        Index("ix_retention_item_review", "review_id", "state", "id"),
        # A record waits on one list at a time.
        Index(
            "uq_retention_item_waits",
            "kind",
            "record_id",
            unique=True,
            postgresql_where=text("state IN ('open', 'approved')"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("retention_review.id"))
    kind: Mapped[str]
    record_id: Mapped[int] = mapped_column(BigInteger)
    employee_id: Mapped[int | None] = mapped_column(ForeignKey("employee.id"))
    made_on: Mapped[dt.date | None]
    due_on: Mapped[dt.date | None]
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("retention_policy.id"))
    state: Mapped[str] = mapped_column(default="open")
    words: Mapped[str] = mapped_column(default="")


class Disposal(Model):
    """What is left of a record that went: nothing personal. Written by the database's door only, never by hand.

    `subject`: the name its person bears in the ledger. `sha256`: of the row as PostgreSQL writes it as text; `files`:
    of the files it named. `why`: 'disposed' or 'erased'. `txid`: the transaction it went in.
    """

    __tablename__ = "disposal"
    __table_args__ = (
        Index("ix_disposal_record", "kind", "record_id"),
        # Serves the guards, which ask what went in this transaction.
        Index("ix_disposal_txid", "txid"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    kind: Mapped[str]
    record_id: Mapped[int] = mapped_column(BigInteger)
    subject: Mapped[str]
    why: Mapped[str]
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("retention_policy.id"))
    law: Mapped[str]
    due_on: Mapped[dt.date]
    item_id: Mapped[int] = mapped_column(ForeignKey("retention_item.id"), unique=True)
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    sha256: Mapped[str]
    files: Mapped[list[Any]]
    disposed_at: Mapped[dt.datetime] = mapped_column(server_default=text("now()"))
    txid: Mapped[str]


class FileGoing(Model):
    """Bytes that no row names since then; the sweep takes them away once nobody can be storing the same."""

    __tablename__ = "file_going"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[dt.datetime] = mapped_column(server_default=text("now()"))
