"""Events of the completion ledger and what proves them: trees, leaves, keys, salts. Reads row by row."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from lmsapp.evidence.ledger.keeping import ledger_keys
from lmsapp.evidence.ledger.models import (
    LedgerCheckpoint,
    LedgerEpoch,
    LedgerEvent,
    LedgerLeaf,
    LedgerPending,
    LedgerSalt,
    LedgerSubject,
)
from lmsapp.evidence.ledger.sources import Source
from lmsapp.infra import clock
from lmsapp.infra.canonical import canonical, instant, plain
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.insight.pack.population import Chosen, among
from lmsapp.insight.pack.scope import rows_in

AT_ONCE = 2000
Row = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Tree:
    """At its newest checkpoint, `note`."""

    epoch: int
    ledger_id: str
    size: int
    note: str
    key_id: str


@dataclass(frozen=True, slots=True)
class Testimony:
    """A row, and the last event about it. `event`: (row id, uuid, salt or None); None: on record before the ledger was.
    `covered`: under a checkpoint."""

    row: Row
    facts: dict[str, Any]
    personal: dict[str, Any]
    event: tuple[int, str, bytes | None] | None
    covered: bool


def trees() -> list[Tree]:
    """Oldest first; those without a checkpoint have nothing to show."""
    newest = (
        select(LedgerCheckpoint.epoch, LedgerCheckpoint.size, LedgerCheckpoint.note, LedgerCheckpoint.key_id)
        .ext(distinct_on(LedgerCheckpoint.epoch))
        .where(LedgerCheckpoint.size > 0)
        .order_by(LedgerCheckpoint.epoch, LedgerCheckpoint.size.desc())
        .subquery()
    )
    rows = db.session.execute(
        select(newest, LedgerEpoch.ledger_id).join(LedgerEpoch, LedgerEpoch.number == newest.c.epoch)
    )
    return sorted(
        (Tree(row.epoch, str(row.ledger_id), row.size, row.note, row.key_id) for row in rows),
        key=lambda tree: tree.epoch,
    )


def some_wait(people: Sequence[int], asked_at: Any) -> bool:
    """Whether an event about one of them, from before it was asked, has no place in the tree yet."""
    waits = exists().where(
        LedgerPending.event_id == LedgerEvent.id,
        LedgerEvent.recorded_at <= asked_at,
        among(LedgerEvent.employee_id, people),
    )
    return bool(db.session.scalar(select(waits)))


def testimonies(source: Source, chosen: Chosen, sizes: Mapping[int, int]) -> Iterator[Testimony]:
    """Rows of one kind with their last events, by id: one statement, so that both are of the same instant."""
    model: Any = source.model
    last = (
        select(LedgerEvent.id, LedgerEvent.event_id, LedgerSalt.salt)
        .outerjoin(LedgerSalt, LedgerSalt.event_id == LedgerEvent.id)
        .where(LedgerEvent.record_kind == source.kind, LedgerEvent.record_id == model.id)
        .order_by(LedgerEvent.id.desc())
        .limit(1)
        .lateral("last")
    )
    names = ("id", *source.facts, *source.personal)
    found = (
        select(
            *(getattr(model, name).label(f"c_{name}") for name in names),
            last.c.id.label("event_row"),
            last.c.event_id,
            last.c.salt,
            LedgerLeaf.epoch,
            LedgerLeaf.position,
        )
        .select_from(model)
        .outerjoin(last, last.c.id.is_not(None))
        .outerjoin(LedgerLeaf, LedgerLeaf.event_id == last.c.id)
        .where(rows_in(source, chosen))
        .order_by(model.id)
    )
    for row in db.session.execute(found, execution_options={"yield_per": AT_ONCE}):
        kept = row._mapping  # noqa: SLF001 - the public name of a row's mapping
        yield Testimony(
            row=(source.kind, row.c_id),
            facts=plain({name: kept[f"c_{name}"] for name in source.facts}),
            personal=plain({name: kept[f"c_{name}"] for name in source.personal}),
            event=(row.event_row, str(row.event_id), row.salt) if row.event_row is not None else None,
            covered=row.position is not None and row.position < sizes.get(row.epoch, 0),
        )


def events(shown: Mapping[Row, int], by_tree: Sequence[Tree]) -> Iterator[tuple[Any, bytes]]:
    """Events about the rows shown, up to the last one of each, in the order of the tree: (row, its line)."""
    ids: dict[str, list[int]] = {}
    for kind, record_id in shown:
        ids.setdefault(kind, []).append(record_id)
    wanted = [and_(LedgerEvent.record_kind == kind, among(LedgerEvent.record_id, some)) for kind, some in ids.items()]
    named = {tree.epoch: tree.ledger_id for tree in by_tree}
    found = (
        select(LedgerEvent, LedgerLeaf.epoch, LedgerLeaf.position)
        .join(LedgerLeaf, LedgerLeaf.event_id == LedgerEvent.id)
        .where(or_(*wanted) if wanted else LedgerEvent.id.is_(None))
        .order_by(LedgerLeaf.epoch, LedgerLeaf.position)
    )
    columns = (
        "id", "event_id", "record_kind", "record_id", "subject", "payload", "signature", "key_id",
    )  # fmt: skip
    found = found.with_only_columns(
        *(getattr(LedgerEvent, name) for name in columns), LedgerLeaf.epoch, LedgerLeaf.position
    )
    for row in db.session.execute(found, execution_options={"yield_per": AT_ONCE}):
        if row.id <= shown[row.record_kind, row.record_id]:
            line = {
                "event": row.event_id,
                "key": row.key_id,
                "payload": bytes(row.payload).decode(),
                "position": row.position,
                "signature": base64.b64encode(row.signature).decode(),
                "tree": named[row.epoch],
            }
            yield row, canonical(line) + b"\n"


def leaves(tree: Tree) -> Iterator[bytes]:
    """The leaf hashes of a tree from place 0 on, many at a time. Raises RuleBroken where some are not there."""
    found = (
        select(LedgerLeaf.leaf)
        .where(LedgerLeaf.epoch == tree.epoch, LedgerLeaf.position < tree.size)
        .order_by(LedgerLeaf.position)
    )
    count = 0
    result = db.session.execute(found, execution_options={"yield_per": 20_000})
    for part in result.scalars().partitions():
        count += len(part)
        yield b"".join(bytes(leaf) for leaf in part)
    if count != tree.size:
        raise RuleBroken(
            N_("Leaves of the completion ledger are missing. Tell your administrator to check the ledger.")
        )


def subjects(people: Sequence[int]) -> dict[int, tuple[str, bytes | None]]:
    """Employee id -> the name they bear in the ledger, and its salt."""
    found = select(LedgerSubject.employee_id, LedgerSubject.commitment, LedgerSubject.salt)
    rows = db.session.execute(found.where(among(LedgerSubject.employee_id, people)))
    return {row.employee_id: (row.commitment, row.salt) for row in rows}


def counted(people: Sequence[int], by_tree: Sequence[Tree]) -> dict[int, int]:
    """Employee id -> how many events about them lie under these checkpoints."""
    under = [and_(LedgerLeaf.epoch == tree.epoch, LedgerLeaf.position < tree.size) for tree in by_tree]
    if not under:
        return {}
    rows = db.session.execute(
        select(LedgerEvent.employee_id, func.count())
        .join(LedgerLeaf, LedgerLeaf.event_id == LedgerEvent.id)
        .where(among(LedgerEvent.employee_id, people), or_(*under))
        .group_by(LedgerEvent.employee_id)
    )
    return {employee_id: count for employee_id, count in rows if employee_id is not None}


def key_lines(used: set[str], now_used: str) -> bytes:
    """`ledger/keys.txt`: each key used, since when and until when. Raises RuleBroken where one is not known."""
    known = ledger_keys()
    times = {
        row.key_id: (row.since, row.until)
        for row in db.session.execute(
            select(
                LedgerEvent.key_id,
                func.min(LedgerEvent.recorded_at).label("since"),
                func.max(LedgerEvent.recorded_at).label("until"),
            ).group_by(LedgerEvent.key_id)
        )
    }
    lines = []
    for key_id in sorted(used | {now_used}):
        if key_id not in known:
            raise RuleBroken(N_("A public key of the completion ledger is missing from the folder of keys."))
        since, until = times.get(key_id) or (clock.now(), clock.now())
        lines.append(f"{known[key_id]}\t{instant(since)}\t{'-' if key_id == now_used else instant(until)}\n")
    return "".join(lines).encode()
