"""How wide the columns of a table are, how large its letters, and where a text in a column is broken (EVD-7).

A word, a day or a number is broken only where even the smallest letters leave no room for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lmsapp.infra.printing.scripts import width

SIZES = (7.5, 7.0, 6.5, 6.0)  # points; the first at which every column has room for its words
PAD = 3.0
WIDEST = 12.0  # times the size: what is longer, as an address, is broken rather than making room for
MEASURED, SHORT = 500, 12  # rows that are looked at; characters of a day or a number, which stays on one line
MOST_LINES = 12  # of one cell; what is longer ends in an ellipsis
PARTS = re.compile(r"[^-/@–]+[-/@–]*|[-/@–]+")


@dataclass(frozen=True, slots=True)
class Columns:
    """`widths` in points, beside each other as wide as the page leaves; `size` of the letters."""

    size: float
    widths: Sequence[float]


def fitted(room: float, shares: Sequence[float], heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Columns:
    """Columns by their shares of `room`; one that would break a word grows, and the others give what they can spare."""
    for size in SIZES:
        least = _least(size, heads, rows[:MEASURED])
        if sum(least) <= room:
            break
    wished = [room * share / sum(shares) for share in shares]
    lacks = sum(max(0.0, few - have) for few, have in zip(least, wished, strict=True))
    spare = sum(max(0.0, have - few) for few, have in zip(least, wished, strict=True))
    part = min(1.0, lacks / spare) if spare else 0.0
    widths = [few if few >= have else have - (have - few) * part for few, have in zip(least, wished, strict=True)]
    return Columns(size, [one * room / sum(widths) for one in widths])


def _least(size: float, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[float]:
    """What each column needs for its longest word."""
    found = []
    for place, head in enumerate(heads):
        words = {piece for row in rows for piece in _together(row[place])}
        wide = max([width(one, size, True) for one in _together(head)] + [width(one, size) for one in words], default=0)
        found.append(min(wide, WIDEST * size) + 2 * PAD + 0.1)
    return found


def _together(cell: str) -> list[str]:
    """What stands on one line: a day or a number whole, of others each part of a word."""
    cell = " ".join(cell.split())
    return (
        [cell] if len(cell) <= SHORT and cell[:1].isdigit() else [one for word in cell.split() for one in parts(word)]
    )


def parts(word: str) -> list[str]:
    """Where it may be broken: after a hyphen or a stroke, but not in a number ('NH-2026-00392')."""
    return [word] if any(map(str.isdigit, word)) else PARTS.findall(word)


def broken(text: str, room: float, size: float, strong: bool = False) -> list[str]:
    """The lines of a text in a column; a part of a word that is wider than the column is broken anywhere."""
    text = " ".join(text.split())
    if width(text, size, strong) <= room:
        return [text]
    lines, line = [], ""
    for word in text.split():
        for number, part in enumerate(parts(word)):
            longer = f"{line} {part}" if line and not number else line + part
            if width(longer, size, strong) <= room:
                line = longer
                continue
            lines += [line] if line else []
            line = part
            while width(line, size, strong) > room and len(line) > 1:
                fits = _fitting(line, lambda piece: width(piece, size, strong) <= room)
                lines.append(line[:fits])
                line = line[fits:]
    lines.append(line)
    return lines if len(lines) <= MOST_LINES else [*lines[: MOST_LINES - 1], lines[MOST_LINES - 1][:-1] + "…"]


def _fitting(word: str, fits: Callable[[str], bool]) -> int:
    low, high = 1, len(word)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(word[:middle]) else (low, middle - 1)
    return low
