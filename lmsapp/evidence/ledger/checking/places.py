"""The tree itself: places without gaps, and every checkpoint that was ever signed, recomputed in one pass.

Whatever place is changed, removed or slipped in, all checkpoints after it break; whoever changes those too cannot sign
them anew. What the database alone cannot tell, that its end was cut off with all of its checkpoints, is told by what
was written down elsewhere: `remembered`, roots by size that earlier verifications and exports saw.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any

import psycopg

from lmsapp.evidence.ledger.checking.findings import Finding
from lmsapp.evidence.ledger.rules import checkpoint_text, origin_of
from lmsapp.infra.ledger_keys import ALGORITHM, opened
from lmsapp.infra.merkle import Frontier

AT_A_TIME = 20_000
LEAVES = """
    SELECT l.epoch, l.position, l.event_id, l.leaf, e.id IS NOT NULL FROM ledger_leaf l
    LEFT JOIN ledger_event e ON e.id = l.event_id ORDER BY l.epoch, l.position
"""
CHECKPOINTS = """
    SELECT epoch, size, root, frontier, note, key_id, algorithm, after_size FROM ledger_checkpoint ORDER BY epoch, size
"""
EPOCHS = "SELECT number, ledger_id::text, reason, note FROM ledger_epoch ORDER BY number"
STRAYS = """
    SELECT s.event_id FROM ledger_salt s WHERE NOT EXISTS (SELECT FROM ledger_event e WHERE e.id = s.event_id)
    UNION SELECT p.event_id FROM ledger_pending p WHERE NOT EXISTS (SELECT FROM ledger_event e WHERE e.id = p.event_id)
"""
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Remembered:
    """A checkpoint as it was seen before. `what`: the finding to make where the tree does not lead to it."""

    epoch: int
    size: int
    root: bytes
    what: str
    record: tuple[str, int]


@dataclass(slots=True)
class Places:
    """What came of the pass. `sizes`: by epoch; `roots`: of each epoch as it is now."""

    sizes: dict[int, int] = field(default_factory=dict)
    roots: dict[int, bytes] = field(default_factory=dict)
    checkpoints: int = 0
    findings: list[Finding] = field(default_factory=list)


def trees_of(connection: psycopg.Connection) -> dict[int, str]:
    """Number of the epoch -> id of its tree."""
    return {row[0]: row[1] for row in connection.execute(EPOCHS)}


def look_at_places(
    connection: psycopg.Connection, keys: Mapping[str, str], remembered: Sequence[Remembered] = ()
) -> Places:
    """Every place, every checkpoint, every epoch. `keys`: as `ledger_keys.known_keys` gives them."""
    found = Places()
    trees = trees_of(connection)
    checkpoints = {epoch: list(group) for epoch, group in groupby(connection.execute(CHECKPOINTS), key=itemgetter(0))}
    found.checkpoints = sum(map(len, checkpoints.values()))
    with connection.cursor("places", binary=True) as cursor:
        cursor.itersize = AT_A_TIME
        cursor.execute(LEAVES)
        for epoch, leaves in groupby(cursor, key=itemgetter(0)):
            tree = Tree(epoch, trees.get(epoch, ""), keys, checkpoints.pop(epoch, []), remembered)
            found.findings += tree.replay(leaves)
            found.sizes[epoch], found.roots[epoch] = tree.frontier.size, tree.frontier.root()
    for epoch, left in checkpoints.items():
        found.findings += Tree(epoch, trees.get(epoch, ""), keys, left, remembered).replay(iter(()))
    known = {one.epoch for one in remembered} - found.sizes.keys() - checkpoints.keys()
    for epoch in sorted(known):
        found.findings += Tree(epoch, trees.get(epoch, ""), keys, [], remembered).replay(iter(()))
    found.findings += _epochs(connection, keys)
    found.findings += [
        Finding("stray", ("ledger_event", row[0]), {"event": row[0]}) for row in connection.execute(STRAYS)
    ]
    return found


class Tree:
    """One epoch, grown again leaf by leaf; at each size somebody wrote down, held against what was written."""

    def __init__(
        self,
        epoch: int,
        ledger_id: str,
        keys: Mapping[str, str],
        checkpoints: list[Row],
        remembered: Sequence[Remembered],
    ) -> None:
        self.epoch, self.origin, self.keys = epoch, origin_of(ledger_id), dict(keys)  # type: ignore[arg-type]
        self.frontier = Frontier()
        self.told: dict[int, list[Row | Remembered]] = {}
        for row in checkpoints:
            self.told.setdefault(row[1], []).append(row)
        for one in remembered:
            if one.epoch == epoch:
                self.told.setdefault(one.size, []).append(one)
        self.rowed = 0  # size of the last checkpoint that was met
        self.broken = False  # said once: from the first wrong place on, no later checkpoint fits

    def replay(self, leaves: Iterator[Row]) -> Iterator[Finding]:
        add, frontier, told = self.frontier.add, self.frontier, self.told
        yield from self._reached(0)
        for _epoch, position, event_id, leaf, there in leaves:
            if position < 0:  # no place at all: nothing grows from it
                yield Finding("place changed", ("ledger_event", event_id), {"place": position})
                continue
            if position != frontier.size:
                yield Finding("place missing", ("ledger_epoch", self.epoch), self._gap(position))
                frontier.size = position
                frontier.peaks = [b""] * position.bit_count()
                self.broken = True
            if not there:
                yield Finding("place of nothing", ("ledger_event", event_id), {"place": position})
            add(leaf)
            if frontier.size in told:
                yield from self._reached(frontier.size)
        if self.frontier.size > self.rowed and not self.broken:  # places and their checkpoint come together
            record = ("ledger_epoch", self.epoch)
            yield Finding("checkpoint missing", record, {"size": self.frontier.size, "after": self.rowed})
        yield from self._beyond()

    def _gap(self, position: int) -> dict[str, int]:
        return {"place": self.frontier.size, "until": position - 1}

    def _reached(self, size: int) -> Iterator[Finding]:
        told = self.told.pop(size, [])
        if not told:
            return
        root, kept = self.frontier.root(), self.frontier.to_bytes()
        for one in told:
            if isinstance(one, Remembered):
                if one.root != root:
                    yield Finding(one.what, one.record, {"size": size})
            else:
                yield from self._checkpoint(one, root, kept)

    def _checkpoint(self, row: Row, root: bytes, kept: bytes) -> Iterator[Finding]:
        _epoch, size, said, frontier, note, key_id, algorithm, after = row
        record = ("ledger_checkpoint", size)
        if after != self.rowed:
            yield Finding("checkpoint removed", record, {"size": size, "after": after})
        self.rowed = size
        if said != root and not self.broken:
            yield Finding("tree changed", record, {"size": size})
        broken, self.broken = self.broken, said != root
        if broken and not self.broken:
            return  # a checkpoint before this one was changed; the tree itself is well
        if not self.broken and frontier != kept:
            yield Finding("checkpoint changed", record, {"size": size, "column": "frontier"})
        text = checkpoint_text(self.origin, size, base64.b64encode(said).decode())
        if algorithm != ALGORITHM or self._signer(note) != key_id:
            yield Finding("checkpoint changed", record, {"size": size, "column": "key_id"})
        elif (signed := opened(note, self.keys)) is None:
            yield Finding("checkpoint forged", record, {"size": size})
        elif signed != text:
            yield Finding("checkpoint changed", record, {"size": size, "column": "note"})

    @staticmethod
    def _signer(note: str) -> str:
        """The id of the key that the first signature of a note names."""
        coded = note.rpartition(" ")[2].strip()
        try:
            return base64.b64decode(coded, validate=True)[:4].hex()
        except ValueError:
            return ""

    def _beyond(self) -> Iterator[Finding]:
        """Sizes that were written down, and that the tree does not reach."""
        for size, told in sorted(self.told.items()):
            for one in told:
                record = one.record if isinstance(one, Remembered) else ("ledger_checkpoint", size)
                yield Finding("tree shorter", record, {"size": size, "present": self.frontier.size})


def _epochs(connection: psycopg.Connection, keys: Mapping[str, str]) -> Iterator[Finding]:
    """Numbered from 1 without gaps; each after the first begins with a signed statement that names it."""
    for expected, (number, ledger_id, reason, note) in enumerate(connection.execute(EPOCHS), 1):
        signed = number == 1 or ledger_id in (opened(note, dict(keys)) or "")
        if number != expected or not reason or not signed:
            yield Finding("epoch changed", ("ledger_epoch", number), {"number": number})
