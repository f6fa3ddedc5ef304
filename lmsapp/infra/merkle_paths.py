"""Audit paths and consistency proofs of a tree too large to read (RFC 6962, 2.1.1 and 2.1.2).

A tile is a row of up to 256 nodes side by side: leaves (layer 0), or the roots of 256, 65,536, ... leaves each. A
proof asks for one tile of each layer and hashes what lies between; tiles asked for lately are kept, so that many proofs
in the order of their leaves read each tile once.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence

from lmsapp.infra.merkle import TILE, TILE_BITS, node_hash, split

# Layer and number of a tile -> its nodes, in order; fewer than 256 at the right edge of the tree.
ReadTile = Callable[[int, int], Sequence[bytes]]
Pyramid = list[list[bytes]]
KEPT_TILES = 64  # half a megabyte with all that lies above their nodes


class TreeBroken(Exception):
    """What the tree is made of is not all there."""


class Paths:
    """Proofs in trees of any size up to what `read` knows."""

    def __init__(self, read: ReadTile) -> None:
        self._read = read
        self._tiles: OrderedDict[tuple[int, int], Pyramid] = OrderedDict()

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """From the leaf up. Raises TreeBroken; ValueError for a leaf outside."""
        if not 0 <= index < size:
            raise ValueError("no such leaf")
        path: list[bytes] = []
        low, high = 0, size
        while high - low > 1:
            middle = low + split(high - low)
            if index < middle:
                path.append(self.root(middle, high))
                high = middle
            else:
                path.append(self.root(low, middle))
                low = middle
        return path[::-1]

    def consistency(self, old: int, new: int) -> list[bytes]:
        """That the tree of `old` leaves is the beginning of the one of `new`. Raises TreeBroken, ValueError."""
        if not 0 <= old <= new:
            raise ValueError("the older tree is the smaller one")
        path: list[bytes] = []
        low, high, whole = 0, new, True
        while 0 < old < high:
            middle = low + split(high - low)
            if old <= middle:
                path.append(self.root(middle, high))
                high = middle
            else:
                path.append(self.root(low, middle))
                low, whole = middle, False
        if old and not whole:
            path.append(self.root(low, high))
        return path[::-1]

    def root(self, low: int, high: int) -> bytes:
        """Of leaves [low, high), as RFC 6962 parts a tree: `low` is a multiple of the power of two that holds it."""
        found: bytes | None = None
        for part_low, part_high in reversed(_full_parts(low, high)):
            level = (part_high - part_low).bit_length() - 1
            part = self._node(level, part_low >> level)
            found = part if found is None else node_hash(part, found)
        if found is None:
            raise ValueError("no leaves")
        return found

    def _node(self, level: int, position: int) -> bytes:
        """The root of 2 ** level leaves."""
        layer, above = divmod(level, TILE_BITS)
        number, within = divmod(position << above, TILE)
        rows = self._tile(layer, number)
        try:
            return rows[above][within >> above]
        except IndexError:
            raise TreeBroken(f"tile {number} of layer {layer} is not whole") from None

    def _tile(self, layer: int, number: int) -> Pyramid:
        kept = self._tiles.get((layer, number))
        if kept is None:
            kept = self._tiles[layer, number] = _pyramid(self._read(layer, number))
            if len(self._tiles) > KEPT_TILES:
                self._tiles.popitem(last=False)
        else:
            self._tiles.move_to_end((layer, number))
        return kept


def _full_parts(low: int, high: int) -> list[tuple[int, int]]:
    parts = []
    while low < high:
        width = 1 << ((high - low).bit_length() - 1)
        parts.append((low, low + width))
        low += width
    return parts


def _pyramid(nodes: Sequence[bytes]) -> Pyramid:
    """A row for each level below the next layer; an odd one at the end has no parent."""
    rows = [list(nodes)]
    while len(rows) < TILE_BITS and len(rows[-1]) > 1:
        row = rows[-1]
        rows.append([node_hash(row[at], row[at + 1]) for at in range(0, len(row) - 1, 2)])
    return rows


def consistent(old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether `path` shows that one tree is the beginning of the other (RFC 9162, 2.1.4.2)."""
    if old == new:
        return not path and old_root == new_root
    if not 0 < old < new or not path:
        return old == 0 and not path
    steps = [old_root, *path] if old & (old - 1) == 0 else list(path)
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            first, second = node_hash(step, first), node_hash(step, second)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            second = node_hash(second, step)
        at, last = at >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root
