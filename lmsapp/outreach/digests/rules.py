"""When a digest goes out, and which lines it shows. Pure and dated (REM-6, REM-8)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lmsapp.people.calendar.rules import is_working_day

STILL_TODAY_H = 5  # what is gathered up to so long after the hour goes out on that day, after a morning's downtime say
MOST_LINES = 25  # more are a table, and the dashboard is a better one


@dataclass(frozen=True, slots=True)
class Line:
    """What one gathered notice says. `about`: notices of one object say one line, the first by `order`.

    `section`: the heading it stands under, a word of whoever wrote it. `order`: smallest first, in whichever section.
    """

    about: tuple[str, int]
    section: str
    order: tuple[int, ...]
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Gone:
    """Not true any more; `words` say why."""

    words: str


@dataclass(frozen=True, slots=True)
class Section:
    """`count` of them in all; `lines` hold the values of the first ones, `more` how many are not shown."""

    key: str
    count: int
    lines: tuple[Mapping[str, Any], ...]
    more: int


def digest_day(
    now: dt.datetime,
    since: dt.datetime,
    hour: int,
    *,
    working_days: bool = False,
    holidays: Container[dt.date] = frozenset(),
) -> dt.date | None:
    """The day whose digest is due at `now`, or None. `since`: when its first part was gathered. Both where the reader
    is.

    It goes out at the hour; what is gathered hours later waits for the next one. Days missed are one digest, not many.
    """
    today = now.date()
    if now.hour < hour or (working_days and not is_working_day(today, holidays)):
        return None
    if since.date() == today and since.hour >= hour + STILL_TODAY_H:
        return None
    return today


def arranged(lines: Iterable[Line], most: int = MOST_LINES) -> tuple[Section, ...]:
    """By section, the worst first, `most` lines in all; one line an object."""
    kept: dict[tuple[str, int], Line] = {}
    for line in sorted(lines, key=lambda one: one.order):
        kept.setdefault(line.about, line)
    sections: dict[str, list[Line]] = {}
    for line in kept.values():
        sections.setdefault(line.section, []).append(line)
    shown = {line.about for line in list(kept.values())[:most]}
    made = []
    for key, every in sections.items():
        first = tuple(line.values for line in every if line.about in shown)
        made.append(Section(key, len(every), first, len(every) - len(first)))
    return tuple(made)
