"""Renewal dates and statuses, for every day of several years (HRD-4, CRS-6)."""

from __future__ import annotations

import calendar
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmsapp.compliance.ledger.rules import ComplianceStatus, renewal_on, status

DAYS = [dt.date(2023, 1, 1) + dt.timedelta(days=n) for n in range(365 * 6)]
S = ComplianceStatus


def test_renewal_is_by_calendar_months_on_every_day() -> None:
    """HRD-4: the same day of the month, or the month's last day where it has no such day; never into the next month."""
    for day in DAYS:
        for months in (1, 6, 11, 12, 24, 36):
            renewal = renewal_on(day, months)
            assert renewal is not None
            assert (renewal.year * 12 + renewal.month) - (day.year * 12 + day.month) == months
            last = calendar.monthrange(renewal.year, renewal.month)[1]
            assert renewal.day == min(day.day, last)


def test_no_renewal_without_months() -> None:
    """HRD-4: an I-9 counts for good."""
    assert renewal_on(dt.date(2026, 11, 2), None) is None
    assert status("complete", None, 60, dt.date(2099, 1, 1)) == S.COMPLETE


def test_leap_day() -> None:
    """HRD-4: 29 February renews on 28 February, and on the 29th again after four years."""
    assert renewal_on(dt.date(2024, 2, 29), 12) == dt.date(2025, 2, 28)
    assert renewal_on(dt.date(2024, 2, 29), 48) == dt.date(2028, 2, 29)


@pytest.mark.parametrize("notice_days", [0, 7, 30, 60, 90])
def test_status_only_moves_on_through_every_day(notice_days: int) -> None:
    """HRD-4: Complete, Expiring, Renewal Required, Expired, in this order and each once, whatever the day of completion."""
    order = [S.COMPLETE, S.EXPIRING, S.RENEWAL_REQUIRED, S.EXPIRED]
    for completed in DAYS[::17]:
        renewal = renewal_on(completed, 12)
        assert renewal is not None
        seen = [status("complete", renewal, notice_days, completed + dt.timedelta(days=n)) for n in range(400)]
        places = [order.index(one) for one in seen]
        assert places == sorted(places)
        assert seen[0] == S.COMPLETE
        assert seen[-1] == S.EXPIRED


def test_the_edges() -> None:
    """HRD-4, CRS-6: the renewal date still counts; 'Renewal Required' begins 11 months after completion."""
    renewal = dt.date(2026, 11, 25)
    at = {day: status("complete", renewal, 60, day) for day in DAYS}
    assert at[dt.date(2026, 9, 25)] == S.COMPLETE
    assert at[dt.date(2026, 9, 26)] == S.EXPIRING
    assert at[dt.date(2026, 10, 24)] == S.EXPIRING
    assert at[dt.date(2026, 10, 25)] == S.RENEWAL_REQUIRED
    assert at[renewal] == S.RENEWAL_REQUIRED
    assert at[renewal + dt.timedelta(days=1)] == S.EXPIRED
    assert status("complete", renewal, 14, dt.date(2026, 11, 10)) == S.COMPLETE, "a short notice says nothing early"
    assert status("complete", renewal, 14, dt.date(2026, 11, 11)) == S.RENEWAL_REQUIRED


@given(
    st.dates(dt.date(2000, 1, 1), dt.date(2090, 1, 1)), st.integers(0, 365), st.none() | st.dates(dt.date(2000, 1, 1))
)
def test_a_waiver_lapses(today: dt.date, notice_days: int, until: dt.date | None) -> None:
    """HRD-4: waived holds to the end of its last day; then it is Required again."""
    lapsed = until is not None and today > until
    assert status("waived", until, notice_days, today) == (S.REQUIRED if lapsed else S.WAIVED)
    assert status("required", until, notice_days, today) == S.REQUIRED
