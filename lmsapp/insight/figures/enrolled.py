"""What the completion report says of a person's enrollments, as bytes by course, and counting in those of many. Pure.

Texts of equal length stand one after the other, one a person, as in `cells`. A byte is 0 where there is no enrollment.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Collection, Sequence

from lmsapp.insight.completion import ReportStatus
from lmsapp.insight.completion_counts import STATUSES, Counts

PLACES = {status: place for place, status in enumerate(ReportStatus)}
STEP = 4  # bytes of one status lie side by side
SCORED, BY_HAND = 1, 2
POINTS_BYTES = 4
ANY = bytes(range(1, 1 + STEP * len(PLACES)))


def first_byte(status: ReportStatus) -> int:
    """The byte of that status without score, not completed by hand."""
    return 1 + STEP * PLACES[status]


def _with(bit: int) -> bytes:
    return bytes(byte for byte in ANY if (byte - 1) & bit)


def _of(statuses: Collection[ReportStatus]) -> bytes:
    return bytes(first_byte(status) + more for status in statuses for more in range(STEP))


MEANT = {
    "enrolled": ANY,
    **{name: _of(statuses) for name, statuses in STATUSES.items()},
    "by_hand": _with(BY_HAND),
    "scored": _with(SCORED),
}


def counts_of(states: bytes, points: bytes, width: int, places: Sequence[int]) -> Counts:
    """In the courses at `places`, of texts of `width` courses: a byte of each, and four for its points."""
    if not states or not places:
        return Counts()
    columns = [states[place::width] for place in places]
    chosen = b"".join(columns)
    found = {name: len(chosen) - len(chosen.translate(None, meant)) for name, meant in MEANT.items()}
    numbers = array("i", points)
    if sys.byteorder == "little":
        numbers.byteswap()
    total = sum(sum(numbers[place::width]) for place in places)
    return Counts(people=_people(columns), points=total, **found)


def _people(columns: Sequence[bytes]) -> int:
    """How many have any enrollment."""
    somebody = 0
    for column in columns:
        somebody |= int.from_bytes(column)
    people = len(columns[0])
    return people - somebody.to_bytes(people).count(0)
