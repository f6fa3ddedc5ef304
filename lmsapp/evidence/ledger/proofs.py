"""Proofs that an event stands in the tree, and that a tree is the beginning of a later one (RFC 6962). Read only.

Each is made against a signed checkpoint and held against its root before it is given out. Many at once share what they
read: proofs of 10,000 events scattered over a million read every leaf once, 64 tiles of 256 at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any, TypeVar

from sqlalchemy import bindparam, func, select, text

from lmsapp.evidence.ledger.models import LedgerCheckpoint, LedgerLeaf, LedgerNode
from lmsapp.infra.db import db
from lmsapp.infra.merkle import TILE, WIDTH, root_by
from lmsapp.infra.merkle_paths import Paths, TreeBroken, consistent

One = TypeVar("One")
IDS_AT_ONCE = 5000
TILES_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Proof:
    """That `leaf` is number `position` (from 0) of the `size` leaves whose root the signed `checkpoint` states.

    `path`: RFC 6962 audit path, from the leaf up. `epoch`: which tree.
    """

    event_id: int
    epoch: int
    position: int
    leaf: bytes
    size: int
    path: tuple[bytes, ...]
    checkpoint: str


def inclusion_of(event_id: int) -> Proof | None:
    """Of the event with this row id (`LedgerEvent.id`), in the latest tree; None while it waits for its place."""
    return inclusions_of([event_id]).get(event_id)


def inclusions_of(event_ids: Iterable[int]) -> dict[int, Proof]:
    """By event row id; those without a place are missing. All of one epoch are against the same checkpoint.

    Raises TreeBroken when leaves and signed root do not fit.
    """
    places: list[Any] = []
    for ids in _some(event_ids, IDS_AT_ONCE):
        places += db.session.execute(PLACES, {"ids": ids}).all()
    places.sort(key=lambda one: (one.epoch, one.position))
    found: dict[int, Proof] = {}
    for epoch, rows in groupby(places, key=lambda one: one.epoch):
        found |= _of_epoch(epoch, list(rows))
    return found


PLACES = select(LedgerLeaf.event_id, LedgerLeaf.epoch, LedgerLeaf.position, LedgerLeaf.leaf).where(
    LedgerLeaf.event_id.in_(bindparam("ids", expanding=True))
)


def latest_checkpoint(epoch: int) -> LedgerCheckpoint | None:
    """The largest signed tree of this epoch."""
    latest = select(LedgerCheckpoint).where(LedgerCheckpoint.epoch == epoch)
    return db.session.scalars(latest.order_by(LedgerCheckpoint.size.desc()).limit(1)).one_or_none()


def consistency(epoch: int, old_size: int, new_size: int) -> list[bytes]:
    """RFC 6962 proof that the tree of `old_size` leaves is the beginning of that of `new_size`, both checkpoints of
    the epoch. Raises TreeBroken when it is not, LookupError for a size that was never signed."""
    roots = {row.size: row.root for row in db.session.execute(SIGNED, {"epoch": epoch, "sizes": [old_size, new_size]})}
    path = Paths(Tiles(epoch, new_size)).consistency(old_size, new_size)
    if not consistent(old_size, roots[old_size], new_size, roots[new_size], path):
        raise TreeBroken(f"the trees of {old_size} and {new_size} leaves do not fit")
    return path


SIGNED = select(LedgerCheckpoint.size, LedgerCheckpoint.root).where(
    LedgerCheckpoint.epoch == bindparam("epoch"), LedgerCheckpoint.size.in_(bindparam("sizes", expanding=True))
)


def root_at(epoch: int, size: int) -> bytes | None:
    """Of the first `size` leaves, computed from the leaves and subtrees kept; None when there are not so many."""
    if size < 1 or size > tree_size(epoch):
        return None
    return Paths(Tiles(epoch, size)).root(0, size)


def tree_size(epoch: int) -> int:
    """How many leaves it has."""
    last = db.session.scalar(select(func.max(LedgerLeaf.position)).where(LedgerLeaf.epoch == epoch))
    return 0 if last is None else last + 1


def _of_epoch(epoch: int, places: Sequence[Any]) -> dict[int, Proof]:
    checkpoint = latest_checkpoint(epoch)
    if checkpoint is None:
        raise TreeBroken(f"epoch {epoch} has leaves and no checkpoint")
    tiles = Tiles(epoch, checkpoint.size)
    paths, found = Paths(tiles), {}
    for some in _by_tiles(places):
        tiles.read_ahead(sorted({one.position // TILE for one in some}))
        for one in some:
            path = tuple(paths.inclusion(one.position, checkpoint.size)) if one.position < checkpoint.size else ()
            if root_by(one.leaf, one.position, checkpoint.size, path) != checkpoint.root:
                raise TreeBroken(f"leaf {one.position} does not lead to the root of {checkpoint.size}")
            found[one.event_id] = Proof(
                one.event_id, epoch, one.position, one.leaf, checkpoint.size, path, checkpoint.note
            )
    return found


def _by_tiles(places: Sequence[Any]) -> Iterable[list[Any]]:
    """Those of up to 64 tiles at a time, in order."""
    groups = (list(rows) for _tile, rows in groupby(places, key=lambda one: one.position // TILE))
    for some in _some(groups, TILES_AT_ONCE):
        yield [one for rows in some for one in rows]


class Tiles:
    """Reads tiles of one tree as `merkle_paths` asks for them; leaves from `size` on are not there."""

    def __init__(self, epoch: int, size: int) -> None:
        self.epoch, self.size = epoch, size
        self._ahead: dict[int, list[bytes]] = {}

    def __call__(self, layer: int, number: int) -> Sequence[bytes]:
        if layer:
            return self._nodes(layer, number)
        return self._ahead.get(number) or self._leaves([number]).get(number, [])

    def read_ahead(self, numbers: Sequence[int]) -> None:
        """Leaves of these tiles, in place of those read before."""
        self._ahead = self._leaves(numbers)

    def _leaves(self, numbers: Sequence[int]) -> dict[int, list[bytes]]:
        rows = db.session.execute(LEAVES, {"epoch": self.epoch, "size": self.size, "numbers": list(numbers)})
        return {row.number: _cut(bytes(row.leaves)) for row in rows}

    def _nodes(self, layer: int, number: int) -> Sequence[bytes]:
        first, last = number * TILE, (number + 1) * TILE
        mine = LedgerNode.epoch == self.epoch, LedgerNode.layer == layer
        kept = select(LedgerNode.hash).where(*mine, LedgerNode.position >= first, LedgerNode.position < last)
        return list(db.session.scalars(kept.order_by(LedgerNode.position)))


def _some(things: Iterable[One], at_once: int) -> Iterator[list[One]]:
    rest = iter(things)
    while some := list(islice(rest, at_once)):
        yield some


def _cut(row: bytes) -> list[bytes]:
    return [row[at : at + WIDTH] for at in range(0, len(row), WIDTH)]


# One row a tile: a row a leaf took several times as long to fetch.
LEAVES = text(
    "SELECT n.number, t.leaves FROM unnest(CAST(:numbers AS bigint[])) AS n (number) CROSS JOIN LATERAL ("  # noqa: S608
    " SELECT string_agg(leaf, ''::bytea ORDER BY position) AS leaves FROM ledger_leaf WHERE epoch = :epoch"
    f" AND position >= n.number * {TILE} AND position < least((n.number + 1) * {TILE}, :size)"
    ") AS t WHERE t.leaves IS NOT NULL"
)
