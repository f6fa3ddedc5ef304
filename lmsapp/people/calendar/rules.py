"""Counting working days and calendar months, and reading lists of holidays. Pure."""

from __future__ import annotations

import calendar
import datetime as dt
import re
import unicodedata
from collections.abc import Container

from lmsapp.infra.words import N_, RuleBroken

SATURDAY = 5
FURTHEST = 3660  # days: nobody is given ten years, and a calendar of holidays alone must come to an end


def is_working_day(day: dt.date, holidays: Container[dt.date]) -> bool:
    """Monday to Friday and no holiday."""
    return day.weekday() < SATURDAY and day not in holidays


def add_months(day: dt.date, months: int, keep: int | None = None) -> dt.date:
    """The same day of the month so many calendar months on (or back); the month's last day where it has no such day.

    `keep`: the day of the month to come to instead, so that what is due on a 31st is due on a 31st again after
    February. Raises ValueError beyond the calendar.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return month_end(year, month + 1, keep or day.day)


def month_end(year: int, month: int, day: int) -> dt.date:
    """That day, or the month's last where it has no such day: 29 February is the 28th in most years."""
    return dt.date(year, month, min(day, calendar.monthrange(year, month)[1]))


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


LONGEST_NAME = 100
MOST_LINES = 500
_LINE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})[\s,;:–-]+(\S.*)")


def read_holidays(text: str) -> dict[dt.date, str]:
    """Lines such as '2027-01-01 New Year' -> day and name. Empty lines do not matter.

    Raises RuleBroken (field 'lines') naming the first line that cannot be read.
    """
    found: dict[dt.date, str] = {}
    lines = text.splitlines()
    if len(lines) > MOST_LINES:
        raise RuleBroken(N_("Paste at most %(n)s lines at a time."), field="lines", n=MOST_LINES)
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        day, name = _read(line.strip(), number)
        if day in found:
            raise RuleBroken(N_("Line %(n)s: %(day)s stands there twice."), field="lines", n=number, day=day)
        found[day] = name
    if not found:
        raise RuleBroken(N_("Paste at least one line such as 2027-01-01 New Year."), field="lines")
    return found


def _read(line: str, number: int) -> tuple[dt.date, str]:
    parts = _LINE.fullmatch(line)
    if parts is None or any(unicodedata.category(c) == "Cc" for c in line if c != "\t"):
        raise RuleBroken(
            N_("Line %(n)s: write the date first, then the name, as in 2027-01-01 New Year."), field="lines", n=number
        )
    try:
        day = dt.date(int(parts[1]), int(parts[2]), int(parts[3]))
    except ValueError:
        raise RuleBroken(N_("Line %(n)s: there is no such day."), field="lines", n=number) from None
    if not 2000 <= day.year <= 2100:
        raise RuleBroken(N_("Line %(n)s: give a day from 2000 to 2100."), field="lines", n=number)
    name = " ".join(parts[4].split())
    if len(name) > LONGEST_NAME:
        raise RuleBroken(N_("Line %(n)s: the name is too long."), field="lines", n=number)
    return day, name
