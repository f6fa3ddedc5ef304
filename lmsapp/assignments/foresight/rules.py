"""The daily job's days to come. Pure and dated (REM-8)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from lmsapp.assignments.policies.rules import DAY, Turn, reached

DAYS = 30  # how far the calendar looks


@dataclass(frozen=True, slots=True)
class Coming:
    """A turn on the day on which the job tells it: its own, or today when days were missed."""

    day: dt.date
    turn: Turn


def coming(all_turns: tuple[Turn, ...], through: dt.date, today: dt.date, last: dt.date) -> tuple[Coming, ...]:
    """What the job tells from `today` to `last`, both included, when it runs each day; by day.

    `through`: the last day it looked at. Nothing about days it has looked at already.
    """
    found = [Coming(today, one) for one in reached(all_turns, through, today)]
    begun = max(through, today)
    for day in sorted({one.day for one in all_turns if begun < one.day <= last}):
        found += [Coming(day, one) for one in reached(all_turns, day - DAY, day)]
    return tuple(found)
