"""Events, their places in the tree, signed checkpoints. All but salts and what waits is only ever added to."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock
from lmsapp.infra.db import Model


class LedgerEpoch(Model):
    """A tree from its first leaf on. Another is begun only when the database came back shorter than what was exported;
    `note` is then the signed statement of it. `ledger_id` names the tree to the world."""

    __tablename__ = "ledger_epoch"

    number: Mapped[int] = mapped_column(primary_key=True)
    ledger_id: Mapped[UUID] = mapped_column(unique=True)
    began_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    reason: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")


class LedgerEvent(Model):
    """`payload`: the bytes that are hashed, canonical JSON as `rules.payload_of` makes it; `leaf`: their hash.

    The other columns repeat what stands in it, for finding. `record_kind` and `record_id`: the row it testifies of
    ('completion_record', 12). `subject`: the commitment of `LedgerSubject`, hex; empty when it is about nobody.
    `signature`: by the application's key `key_id`, of the payload: nothing is slipped in before a checkpoint.
    """

    __tablename__ = "ledger_event"
    __table_args__ = (
        # What was said of one row, the latest last.
        Index("ix_ledger_event_record", "record_kind", "record_id", "id"),
        # What is on record about somebody.
        Index("ix_ledger_event_employee", "employee_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    event_id: Mapped[UUID] = mapped_column(unique=True)
    what: Mapped[str]
    record_kind: Mapped[str]
    record_id: Mapped[int] = mapped_column(BigInteger)
    employee_id: Mapped[int | None] = mapped_column(ForeignKey("employee.id"))
    subject: Mapped[str]
    occurred_at: Mapped[dt.datetime]
    recorded_at: Mapped[dt.datetime]
    payload: Mapped[bytes]
    leaf: Mapped[bytes]
    signature: Mapped[bytes]
    key_id: Mapped[str]


class LedgerSalt(Model):
    """What hides the personal facts of an event. Gone: they can no longer be told from the tree (erasure)."""

    __tablename__ = "ledger_salt"

    event_id: Mapped[int] = mapped_column(ForeignKey("ledger_event.id"), primary_key=True)
    salt: Mapped[bytes]


class LedgerSubject(Model):
    """The name somebody bears in the ledger: SHA-256 of a salt and their employee id, hex. `salt` null: erased."""

    __tablename__ = "ledger_subject"

    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"), primary_key=True)
    salt: Mapped[bytes | None]
    commitment: Mapped[str] = mapped_column(unique=True)


class LedgerPending(Model):
    """Has no place in the tree yet."""

    __tablename__ = "ledger_pending"

    event_id: Mapped[int] = mapped_column(ForeignKey("ledger_event.id"), primary_key=True)


class LedgerLeaf(Model):
    """The place of an event, from 0, without gaps."""

    __tablename__ = "ledger_leaf"

    epoch: Mapped[int] = mapped_column(ForeignKey("ledger_epoch.number"), primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("ledger_event.id"), unique=True)
    leaf: Mapped[bytes]


class LedgerNode(Model):
    """The root of a full subtree of 256 ** `layer` leaves, the `position`-th: so that a proof need not read all leaves.

    Nothing is believed because it stands here: a proof that does not lead to the signed root is not given out.
    """

    __tablename__ = "ledger_node"

    epoch: Mapped[int] = mapped_column(ForeignKey("ledger_epoch.number"), primary_key=True)
    layer: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    hash: Mapped[bytes]


class LedgerCheckpoint(Model):
    """The tree at one size. `after_size`: that of the checkpoint before it, 0 for the first. `frontier`: as
    `merkle.Frontier` keeps it. `note`: origin, size and root, signed (C2SP tlog-checkpoint)."""

    __tablename__ = "ledger_checkpoint"

    epoch: Mapped[int] = mapped_column(ForeignKey("ledger_epoch.number"), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    root: Mapped[bytes]
    frontier: Mapped[bytes]
    note: Mapped[str]
    key_id: Mapped[str]
    algorithm: Mapped[str]
    made_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    after_size: Mapped[int] = mapped_column(BigInteger)


class LedgerExport(Model):
    """A checkpoint to be written to `place` (the folder) as `name`. `done_at` null: `error` says why it was not."""

    __tablename__ = "ledger_export"
    __table_args__ = (UniqueConstraint("place", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    epoch: Mapped[int] = mapped_column(ForeignKey("ledger_epoch.number"))
    size: Mapped[int] = mapped_column(BigInteger)
    place: Mapped[str]
    name: Mapped[str]
    asked_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    done_at: Mapped[dt.datetime | None]
    error: Mapped[str] = mapped_column(default="")


class LedgerTrouble(Model):
    """Why nothing is signed, exported or adopted as it should be; `until` null: it is so now. `words`: English with
    %(name)s places, `facts` what stands in them."""

    __tablename__ = "ledger_trouble"
    __table_args__ = (Index("uq_ledger_trouble_present", "kind", unique=True, postgresql_where=text("until IS NULL")),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    words: Mapped[str]
    facts: Mapped[dict[str, Any]]
    since: Mapped[dt.datetime] = mapped_column(default=clock.now)
    until: Mapped[dt.datetime | None]


class LedgerAdoption(Model):
    """Rows of `kind` up to `through_id` were there before the ledger: they are put on record as they were found then.

    Once for each kind, and itself on record: a row slipped in later is never taken for an old one.
    """

    __tablename__ = "ledger_adoption"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(unique=True)
    through_id: Mapped[int] = mapped_column(BigInteger)
    began_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
