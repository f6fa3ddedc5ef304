"""One course for several departments, due on a day of its own for each of them (ASG-5). Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterable, Mapping, Sequence

from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.calendar.rules import add_working_days

MOST_BETWEEN = 260


def staggered(first: dt.date, between: int, count: int, holidays: Container[dt.date]) -> list[dt.date]:
    """`count` due dates, `between` working days apart, from `first` on. Raises RuleBroken (field 'between')."""
    if not 0 <= between <= MOST_BETWEEN:
        raise RuleBroken(N_("From 0 to %(most)s working days."), field="between", most=MOST_BETWEEN)
    days = [first]
    while len(days) < count:
        days.append(add_working_days(days[-1], between, holidays) if between else first)
    return days[:count]


def nearest(lines: Mapping[int, Sequence[int]], chosen: Iterable[int]) -> dict[int, int]:
    """Department -> the chosen department it counts to: itself or the nearest above it. `lines`: each with those above
    it, from the top. What is in or below none of them is left out."""
    wanted = set(chosen)
    found = {}
    for department_id, line in lines.items():
        place = next((one for one in reversed(line) if one in wanted), None)
        if place is not None:
            found[department_id] = place
    return found
