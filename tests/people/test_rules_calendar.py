"""ORG-6: due dates counted in working days."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmsapp.people.calendar.rules import add_working_days, is_working_day

DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2040, 12, 31))
THANKSGIVING = dt.date(2026, 11, 26)


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        (dt.date(2026, 11, 23), 1, dt.date(2026, 11, 24)),
        (dt.date(2026, 11, 25), 1, dt.date(2026, 11, 27)),  # over Thanksgiving
        (dt.date(2026, 11, 27), 1, dt.date(2026, 11, 30)),  # over a weekend
        (dt.date(2026, 11, 30), -2, dt.date(2026, 11, 25)),  # backwards over both
        (dt.date(2026, 11, 28), 0, dt.date(2026, 11, 30)),
        (dt.date(2026, 11, 27), 0, dt.date(2026, 11, 27)),
    ],
)
def test_working_days_by_hand(start: dt.date, days: int, expected: dt.date) -> None:
    """ORG-6: weekends and holidays do not count."""
    assert add_working_days(start, days, {THANKSGIVING}) == expected


@given(DAYS, st.integers(-60, 60), st.frozensets(DAYS, max_size=40))
def test_as_many_working_days_as_asked(start: dt.date, days: int, holidays: frozenset[dt.date]) -> None:
    """ORG-6: the day found is a working day, and exactly so many lie between."""
    found = add_working_days(start, days, holidays)
    assert is_working_day(found, holidays)
    first, last = sorted((start, found))
    between = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    worked = sum(is_working_day(day, holidays) for day in between if day != start)
    assert worked == abs(days) or days == 0


def test_a_calendar_of_holidays_alone_comes_to_an_end() -> None:
    """SEC-6: no endless loop."""

    class Always:
        def __contains__(self, _day: object) -> bool:
            return True

    with pytest.raises(ValueError, match="no working day"):
        add_working_days(dt.date(2026, 1, 1), 1, Always())
