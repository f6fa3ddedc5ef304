"""What a figure counts, and how groups are compared. Pure and dated (DSH-3, DSH-4)."""

from __future__ import annotations

import calendar
import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

MONTHS = 12
SMALL_GROUP = 5  # people; below that one person moves the figure by more than a fifth


class Kept(StrEnum):
    """What became of an assignment that fell due."""

    IN_TIME = "in time"
    LATE = "late"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first` to `last`, both included."""

    first: dt.date
    last: dt.date


@dataclass(frozen=True, slots=True)
class Quartiles:
    """Within how many days a quarter, half and three quarters of `n` were done."""

    n: int
    low: int
    median: int
    high: int


def kept(*, due_on: dt.date, completed_on: dt.date | None, closed_as: str | None, today: dt.date) -> Kept | None:
    """How an assignment counts on `today`, a date where the assignee is; None: not, for it was cancelled or exempted,
    or its due date is not over. Done early counts when the due date is over, like everything else."""
    if closed_as is not None or today <= due_on:
        return None
    if completed_on is None:
        return Kept.OVERDUE
    return Kept.IN_TIME if completed_on <= due_on else Kept.LATE


def was_behind(*, due_on: dt.date, completed_on: dt.date | None, closed_as: str | None, day: dt.date) -> bool:
    """Whether an assignment was overdue at the end of `day`: due before it, and not completed by then."""
    return closed_as is None and due_on < day and (completed_on is None or completed_on > day)


def months_back(today: dt.date, n: int = MONTHS) -> tuple[Span, ...]:
    """The last `n` calendar months, oldest first; the present one ends today."""
    first = _month(today, 1 - n)
    spans = [Span(_month(first, k), _month(first, k + 1) - dt.timedelta(days=1)) for k in range(n)]
    return (*spans[:-1], Span(spans[-1].first, today))


def months_ahead(today: dt.date, n: int = MONTHS) -> tuple[Span, ...]:
    """From today to the end of the month, and the `n` calendar months after it."""
    ends = [today.replace(day=calendar.monthrange(today.year, today.month)[1])]
    spans = [Span(today, ends[0])]
    return (*spans, *(Span(_month(today, k), _month(today, k + 1) - dt.timedelta(days=1)) for k in range(1, n + 1)))


def weeks_back(today: dt.date, n: int) -> tuple[Span, ...]:
    """The last `n` weeks from Monday to Sunday, oldest first, this one included."""
    monday = today - dt.timedelta(days=today.weekday(), weeks=n - 1)
    week = dt.timedelta(weeks=1)
    return tuple(Span(monday + k * week, monday + (k + 1) * week - dt.timedelta(days=1)) for k in range(n))


def by_span(days: Iterable[tuple[dt.date, tuple[int, ...]]], spans: Sequence[Span], n: int) -> list[tuple[int, ...]]:
    """`n` counts of each of the adjoining `spans`, added up from counts by day. Days outside of them are left out."""
    firsts, totals = [span.first for span in spans], [[0] * n for _ in spans]
    for day, counts in days:
        place = bisect_right(firsts, day) - 1
        if place >= 0 and day <= spans[place].last:
            totals[place] = [one + more for one, more in zip(totals[place], counts, strict=True)]
    return [tuple(one) for one in totals]


def share(part: int, whole: int) -> float | None:
    """Per cent; None of nothing."""
    return 100 * part / whole if whole else None


def quartiles(days: Mapping[int, int]) -> Quartiles | None:
    """Of durations in whole days, given as day -> how many: the first day by which so many were done."""
    n = sum(days.values())
    return Quartiles(n, *(_by_when(days, part, n) for part in (1, 2, 3))) if n else None


def ranked(groups: Iterable[tuple[float | None, int]], *, low_is_bad: bool = True) -> list[int]:
    """The order to show groups in, by (value, people): the gaps first, then small groups and those without a value,
    which are not ranked and stay as they came."""
    known, rest = [], []
    for place, (value, people) in enumerate(groups):
        if value is None or people < SMALL_GROUP:
            rest.append(place)
        else:
            known.append((value if low_is_bad else -value, place))
    return [place for _value, place in sorted(known)] + rest


def _by_when(days: Mapping[int, int], quarters: int, n: int) -> int:
    done = 0
    for day in sorted(days):
        done += days[day]
        if 4 * done >= quarters * n:
            return day
    return max(days)


def _month(day: dt.date, later: int) -> dt.date:
    """The first of the month `later` months on."""
    months = day.year * 12 + day.month - 1 + later
    return dt.date(months // 12, months % 12 + 1, 1)
