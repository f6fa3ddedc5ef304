"""Calendar months, status, numbers. Pure."""

from __future__ import annotations

import calendar
import datetime as dt

import pytest

from lmsapp.learning.certificates.rules import CertificateStatus, number, prefix, status
from lmsapp.people.calendar.rules import add_months

DAYS = [dt.date(2023, 1, 1) + dt.timedelta(days=n) for n in range(366 * 6)]


@pytest.mark.parametrize("months", [0, 1, 6, 11, 12, 13, 24, 36, 120])
def test_months_are_calendar_months_on_every_day_of_six_years(months: int) -> None:
    """CRT-3: the month is so many on, the day the same, or the last one where there is none; never backwards."""
    before = dt.date.min
    for day in DAYS:
        then = add_months(day, months)
        assert (then.year - day.year) * 12 + then.month - day.month == months
        assert then.day == min(day.day, calendar.monthrange(then.year, then.month)[1])
        assert then >= before
        before = then


@pytest.mark.parametrize(
    ("day", "months", "keep", "expected"),
    [
        (dt.date(2024, 2, 29), 12, None, dt.date(2025, 2, 28)),
        (dt.date(2024, 2, 29), 48, None, dt.date(2028, 2, 29)),
        (dt.date(2026, 1, 31), 1, None, dt.date(2026, 2, 28)),
        (dt.date(2026, 2, 28), 1, 31, dt.date(2026, 3, 31)),
        (dt.date(2026, 3, 31), -1, 31, dt.date(2026, 2, 28)),
        (dt.date(2026, 12, 31), 2, None, dt.date(2027, 2, 28)),
    ],
)
def test_month_ends_and_leap_days(day: dt.date, months: int, keep: int | None, expected: dt.date) -> None:
    """CRT-3: a date falls on a real day, and comes back to the day it keeps to."""
    assert add_months(day, months, keep) == expected


def test_status_by_day_and_revocation() -> None:
    """CRT-3: the last day still counts; revoked weighs more than expired."""
    last = dt.date(2027, 11, 2)
    day = dt.timedelta(days=1)
    assert status(valid_until=last, revoked=False, today=last) == CertificateStatus.VALID
    assert status(valid_until=last, revoked=False, today=last + day) == CertificateStatus.EXPIRED
    assert status(valid_until=last, revoked=True, today=last + day) == CertificateStatus.REVOKED
    assert status(valid_until=None, revoked=False, today=dt.date(2099, 1, 1)) == CertificateStatus.VALID


def test_numbers() -> None:
    """CRT-3: a number people can read to each other."""
    assert number(prefix("Northgate Hospital"), 2026, 12) == "NH-2026-00012"
    assert prefix("3M & 42") == "C"
    assert prefix("Szpital Żywiecki") == "SŻ"
