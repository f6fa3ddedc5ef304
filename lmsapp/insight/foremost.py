"""The first rows of a list that comes person by person, without working out the rows of everybody (DSH-1, REP-5).

A few people are looked at, then more of them at a time, until there are enough rows: whoever reads ten thousand people
waits no longer than who reads ten, and a filter that few pass costs one look at all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

AT_FIRST, MORE = 5, 6  # how many people; how many times as many the next time


def some_at_a_time(people: Sequence[int]) -> Iterator[Sequence[int]]:
    """The same people in the same order."""
    size, begun = AT_FIRST, 0
    while begun < len(people):
        yield people[begun : begun + size]
        begun, size = begun + size, size * MORE
