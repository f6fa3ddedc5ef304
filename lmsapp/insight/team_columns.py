"""Operations over the letters of a line, whole columns at a time (DSH-1). Pure.

A mask is a byte per person, 0 or 1. A letter that is not to be counted is made NUL.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import accumulate, compress, pairwise

from lmsapp.assignments.states.rules import LETTERS
from lmsapp.insight.team_line import Line

FULL = bytes((0, *[255] * 255))
SAMPLE = 4096
BETWEEN = b","  # no letter


def both(masks: Sequence[bytes], n: int) -> bytes:
    """Whom all of them hold: byte by byte, as numbers of `n` bytes."""
    if not masks:
        return b"\1" * n
    left = int.from_bytes(masks[0], "little")
    for mask in masks[1:]:
        left &= int.from_bytes(mask, "little")
    return left.to_bytes(n, "little")


def letters_by(texts: Sequence[bytes], mask: bytes) -> Mapping[int, int]:
    """How many there are of each letter. The commonest are taken out first, so that the others are looked for in what
    little is left."""
    left, found = b"".join(compress(texts, mask)), dict.fromkeys(LETTERS, 0)
    for byte in (*(common for common, _n in Counter(left[:SAMPLE]).most_common()), *LETTERS):
        rest = left.translate(None, bytes((byte,)))
        found[byte] = found.get(byte, 0) + len(left) - len(rest)
        left = rest
    return found


def lengths(texts: Sequence[bytes], wanted: bytes) -> Sequence[int]:
    """How many of these letters each text has."""
    others = bytes({*range(256)} - {*wanted, *BETWEEN})
    return list(map(len, BETWEEN.join(texts).translate(None, others).split(BETWEEN)))


def narrowed(
    line: Line, texts: Sequence[bytes], courses: Collection[int] | None, named: Collection[int] | None = None
) -> Sequence[bytes]:
    """The letters of these courses alone, others NUL; all of whoever is named. `courses` None: as they are."""
    if courses is None:
        return texts
    seen = bytes(map(frozenset(courses).__contains__, line.courses)).translate(FULL)
    whole = both([b"".join(texts), seen], len(seen))
    pieces = [whole[first:end] for first, end in pairwise(accumulate(map(len, texts), initial=0))]
    if not named:
        return pieces
    return [text if one in named else piece for one, text, piece in zip(line.ids, texts, pieces, strict=True)]


def courses_of(line: Line, texts: Sequence[bytes], mask: bytes, wanted: bytes) -> Counter[int]:
    """How many of these letters each course has, among whom the mask holds."""
    if not wanted:
        return Counter()
    if 0 in mask:
        texts = [text if kept else bytes(len(text)) for text, kept in zip(texts, mask, strict=True)]
    table = bytes(byte in wanted for byte in range(256))
    return Counter(compress(line.courses, b"".join(texts).translate(table)))
