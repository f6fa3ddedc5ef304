"""When a digest goes out, and which lines it shows (REM-6, REM-8)."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmsapp.outreach.digests.rules import Line, arranged, digest_day

MONDAY = dt.date(2026, 11, 2)


def at(hour: int, minute: int = 0, day: dt.date = MONDAY) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), ZoneInfo("Europe/Madrid"))


SATURDAY, FRIDAY = MONDAY - dt.timedelta(days=2), MONDAY - dt.timedelta(days=3)


@pytest.mark.parametrize(
    ("now", "since", "day"),
    [
        (at(6, 59), at(6), None),
        (at(7), at(6), MONDAY),
        (at(7), at(6, day=FRIDAY), MONDAY),
        (at(23, 59), at(6), MONDAY),
        (at(11), at(10, 30), MONDAY),  # a morning without a scheduler
        (at(12), at(12), None),  # waits for tomorrow's
        (at(7, day=MONDAY + dt.timedelta(days=1)), at(12), MONDAY + dt.timedelta(days=1)),
        (at(9, day=SATURDAY), at(6, day=SATURDAY), None),
    ],
)
def test_the_day_of_a_digest(now: dt.datetime, since: dt.datetime, day: dt.date | None) -> None:
    """REM-6: at seven on working days where the reader is."""
    assert digest_day(now, since, 7, working_days=True) == day


def test_days_off() -> None:
    """REM-8: holidays wait, too; letters about one's own training come on any day."""
    assert digest_day(at(8), at(6), 7, working_days=True, holidays={MONDAY}) is None
    assert digest_day(at(8, day=SATURDAY), at(6, day=SATURDAY), 7) == SATURDAY


def line(n: int, section: str = "a", place: int = 0, about: int | None = None) -> Line:
    return Line(("assignment", about or n), section, (place, n), {"n": n})


def test_lines_are_the_worst_first_and_one_an_object() -> None:
    """REM-6: sections in order; what is said twice of one assignment is said once, where it is worst."""
    made = arranged([line(3, "b", 1), line(2), line(9, "b", 1, about=2), line(1)])
    assert [(one.key, one.count, [v["n"] for v in one.lines], one.more) for one in made] == [
        ("a", 2, [1, 2], 0),
        ("b", 1, [3], 0),
    ]


@given(st.integers(0, 300), st.integers(0, 300))
def test_a_long_digest_stays_readable(first: int, second: int) -> None:
    """REM-6: 25 lines in all; the rest is counted under its heading, none is lost."""
    lines = [line(n + 1) for n in range(first)] + [line(1000 + n, "b", 1) for n in range(second)]
    made = arranged(lines)
    assert sum(one.count for one in made) == first + second
    assert sum(len(one.lines) for one in made) == min(25, first + second)
    assert all(one.count == len(one.lines) + one.more for one in made)
    assert len(made) == bool(first) + bool(second)
