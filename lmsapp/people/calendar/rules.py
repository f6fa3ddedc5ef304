"""Counting working days. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container

SATURDAY = 5
FURTHEST = 3660  # days: nobody is given ten years, and a calendar of holidays alone must come to an end


def is_working_day(day: dt.date, holidays: Container[dt.date]) -> bool:
    """Monday to Friday and no holiday."""
    return day.weekday() < SATURDAY and day not in holidays


def add_working_days(day: dt.date, days: int, holidays: Container[dt.date]) -> dt.date:
    """The `days`-th working day after `day`, or before it when negative; 0 is `day`, or the next working day.

    Raises ValueError when there is none within ten years.
    """
    step = dt.timedelta(days=-1 if days < 0 else 1)
    if days == 0:
        day, days = day - step, 1
    left = abs(days)
    for _ in range(FURTHEST):
        day += step
        left -= is_working_day(day, holidays)
        if not left:
            return day
    raise ValueError("no working day within ten years")
