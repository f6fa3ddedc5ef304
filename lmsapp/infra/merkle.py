"""The tree of RFC 6962 (section 2.1): leaves and nodes hashed apart, so that neither can be passed off as the other.

A `Frontier` holds the roots of the full subtrees of a tree that only grows: 32 bytes each, at most one for every bit of
its size. With it a leaf is added, and the root told, without reading any leaf before it.

Proofs ask for roots of subtrees in the middle. `add_noting` tells of each subtree of 256, 65,536, ... leaves as it
fills (the tiles of C2SP tlog-tiles); with those a proof hashes a few hundred nodes, however large the tree.
`merkle_paths` makes the proofs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

EMPTY = hashlib.sha256().digest()
WIDTH = 32
TILE_BITS = 8
TILE = 1 << TILE_BITS


def leaf_hash(payload: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + payload).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class Node(NamedTuple):
    """The root of leaves [position, position + 1) x 256 ** layer."""

    layer: int
    position: int
    hash: bytes


@dataclass(slots=True)
class Frontier:
    """`peaks`: roots of the full subtrees, the largest first, as many as `size` has bits set."""

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    @classmethod
    def from_bytes(cls, size: int, kept: bytes) -> Frontier:
        """Raises ValueError when `kept` is not as long as a tree of that size asks for."""
        if len(kept) != WIDTH * size.bit_count():
            raise ValueError("this is not the frontier of a tree of that size")
        return cls(size, [kept[at : at + WIDTH] for at in range(0, len(kept), WIDTH)])

    def to_bytes(self) -> bytes:
        return b"".join(self.peaks)

    def add(self, leaf: bytes) -> None:
        """One leaf (its hash) at the end."""
        peaks, size = self.peaks, self.size
        while size & 1:
            leaf = hashlib.sha256(b"\x01" + peaks.pop() + leaf).digest()
            size >>= 1
        peaks.append(leaf)
        self.size += 1

    def add_noting(self, leaves: Iterable[bytes]) -> list[Node]:
        """As `add_all`; the subtrees of a power of 256 leaves that are full now."""
        full: list[Node] = []
        for leaf in leaves:
            if (self.size + 1) % TILE:
                self.add(leaf)
                continue
            found, rest, level = leaf, self.size, 0
            while rest & 1:
                found, rest, level = node_hash(self.peaks.pop(), found), rest >> 1, level + 1
                if not level % TILE_BITS:
                    full.append(Node(level // TILE_BITS, rest, found))
            self.peaks.append(found)
            self.size += 1
        return full

    def add_all(self, leaves: Iterable[bytes]) -> None:
        for leaf in leaves:
            self.add(leaf)

    def root(self) -> bytes:
        if not self.peaks:
            return EMPTY
        found = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            found = node_hash(peak, found)
        return found


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Of leaf hashes, in order."""
    frontier = Frontier()
    frontier.add_all(leaves)
    return frontier.root()


def split(size: int) -> int:
    """The largest power of two below `size`, which is at least 2: where RFC 6962 parts a tree."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of leaf `index` in the tree of all `leaves`, from the leaf up (RFC 6962, 2.1.1)."""
    if len(leaves) <= 1:
        return []
    at = split(len(leaves))
    if index < at:
        return [*inclusion(leaves[:at], index), root_of(leaves[at:])]
    return [*inclusion(leaves[at:], index - at), root_of(leaves[:at])]


def root_by(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that leaf and audit path lead to (RFC 9162, 2.1.3.2); None when the path has not the right length."""
    if not 0 <= index < size:
        return None
    at, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return None
        if at & 1 or at == last:
            found = node_hash(step, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, step)
        at, last = at >> 1, last >> 1
    return found if last == 0 else None
