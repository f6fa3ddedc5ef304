"""What tallies say of the people of a line (DSH-1; see `assignments.tallies`): always tally plus notes. Pure.

Every n-th byte of a line's bytes is of one course.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from itertools import compress
from operator import add

from lmsapp.insight.team_line import Line

Wanted = Callable[[int, int], bool]


def completed_of(
    line: Line, courses: Collection[int], titles: Collection[int] | None, named: Collection[int] | None
) -> Sequence[int]:
    """How many completed assignments of each person courses and search leave."""
    everything: Sequence[int] = _bytes_of(line, courses) if courses else line.completed
    counts = everything
    if titles is not None and named is not None:
        narrow = _bytes_of(line, [one for one in titles if not courses or one in courses])
        counts = [whole if id_ in named else few for id_, whole, few in zip(line.ids, everything, narrow, strict=True)]
    if not line.notes:
        return counts
    counts, place = list(counts), {id_: place for place, id_ in enumerate(line.ids)}
    for id_, course_id, n in line.notes:
        if (not courses or course_id in courses) and _searched(id_, course_id, titles, named):
            counts[place[id_]] += n
    return counts


def completed_by_course(
    line: Line, mask: bytes, titles: Collection[int] | None, named: Collection[int] | None
) -> Counter[int]:
    """Of whom the mask holds, what the search leaves."""
    found: Counter[int] = Counter()
    if titles is None or named is None:
        _add(found, line, mask, line.places)
    else:
        known = bytes(map(named.__contains__, line.ids))
        _add(found, line, bytes(map(int.__and__, mask, known)), line.places)
        _add(found, line, bytes(one and not other for one, other in zip(mask, known, strict=True)), titles)
    if line.notes:
        inside = set(compress(line.ids, mask))
        for id_, course_id, n in line.notes:
            if id_ in inside and _searched(id_, course_id, titles, named):
                found[course_id] += n
    return found


def _searched(id_: int, course_id: int, titles: Collection[int] | None, named: Collection[int] | None) -> bool:
    return titles is None or named is None or id_ in named or course_id in titles


def _bytes_of(line: Line, courses: Collection[int]) -> Sequence[int]:
    """Of each person, of these courses together; a course that nobody completed has no place."""
    width, counts = len(line.places), [0] * len(line.ids)
    for place, course_id in enumerate(line.places):
        if course_id in courses and line.raw:
            counts = list(map(add, counts, line.raw[place::width]))
    return counts


def _add(found: Counter[int], line: Line, mask: bytes, courses: Collection[int]) -> None:
    width, raw = len(line.places), line.raw
    if 0 in mask:
        raw = b"".join(raw[n * width : (n + 1) * width] for n in compress(range(len(mask)), mask))
    for place, course_id in enumerate(line.places):
        if course_id in courses:
            found[course_id] += _sum(raw[place::width])


def _sum(column: bytes) -> int:
    """Mostly zeros and ones, which are counted without a look at each."""
    ones = column.count(1)
    if ones + column.count(0) == len(column):
        return ones
    return sum(column)
