"""How kept figures lie in their bytes, and adding up those of many people. Pure.

Texts of equal length stand one after the other, one a person, so that every n-th number is the same cell of everybody.
"""

from __future__ import annotations

import sys
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

MONTHS, WEEKS, AHEAD = 12, 12, 13
DUE = ("in_time", "late", "overdue")
DONE = ("in_time", "late")
FOLLOWED = ("due", "in_time", "sent", "reminded", "kept", "within_3", "within_7", "within_14")
MOST = 32_767  # what a cell holds
NONE, LONG = 255, 254  # of days: none; 254 or more


class Cells(NamedTuple):
    """Where some cells lie, counted in cells."""

    first: int
    number: int


def _layout() -> dict[str, Cells]:
    sizes = {
        "due": MONTHS * len(DUE),  # by the month something fell due in
        "weeks": WEEKS * len(DONE),  # by the week of its completion
        "months": MONTHS * len(DONE),
        "issued": MONTHS,
        "ending": AHEAD,  # the rest of this month, and those after it
        "lapsed": 1,
        "reminders": len(FOLLOWED),
    }
    found, first = {}, 0
    for name, number in sizes.items():
        found[name] = Cells(first, number)
        first += number
    return found


CELLS = _layout()
TOTAL = sum(one.number for one in CELLS.values())


def summed(raw: bytes, number: int) -> list[int]:
    """The sums of `number` cells of two bytes each, over everybody."""
    cells = array("H", raw)
    if sys.byteorder == "little":
        cells.byteswap()
    return [sum(cells[k::number]) for k in range(number)]


def histogram(raw: bytes, width: int, places: Sequence[int]) -> Counter[int]:
    """Days -> how many, in the courses at `places`; without those beyond LONG, see `longer`."""
    if len(places) == width:
        return Counter(raw.translate(None, bytes((NONE, LONG))))
    found: Counter[int] = Counter()
    for place in places:
        found.update(raw[place::width].translate(None, bytes((NONE, LONG))))
    return found


def people_with(raw: bytes, width: int, places: Sequence[int]) -> int:
    """How many people have days in any of the courses at `places`."""
    if not raw or not places:
        return 0
    people = len(raw) // width
    nobody = int.from_bytes(b"\xff" * people)
    for place in places:  # NONE in each of them is NONE of all bits
        nobody &= int.from_bytes(raw[place::width])
    return people - nobody.to_bytes(people).count(NONE)


def longer(raw: bytes, places: Mapping[int, int]) -> Counter[tuple[int, int]]:
    """(course, days) -> how many took LONG or more. `places`: the course of each place wanted."""
    pairs = array("H", raw)
    if sys.byteorder == "little":
        pairs.byteswap()
    found: Counter[tuple[int, int]] = Counter()
    for place, days in zip(pairs[::2], pairs[1::2], strict=True):
        if place in places:
            found[places[place], days] += 1
    return found


def scored(raw: bytes, width: int, place: int) -> tuple[int, int]:
    """How many have a score in a course, and the sum of the scores."""
    column = raw[place::width]
    people = len(column) - column.count(0)
    return people, sum(column) - people
