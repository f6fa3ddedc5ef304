"""What is added up of a group. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Tally:
    """`part` of `n`, or of `days` how many took each; `people` of whom something counts."""

    people: int = 0
    n: int = 0
    part: int = 0
    days: Counter[int] = field(default_factory=Counter)


def added_up(tallies: Iterable[Tally]) -> Tally:
    """Of different people."""
    whole = Tally()
    for one in tallies:
        whole.people, whole.n, whole.part = whole.people + one.people, whole.n + one.n, whole.part + one.part
        whole.days.update(one.days)
    return whole


def by_group(one: Mapping[Any, Tally], more: Mapping[Any, Tally]) -> dict[Any, Tally]:
    """Group by group, of different people."""
    return {key: added_up(each[key] for each in (one, more) if key in each) for key in {*one, *more}}
