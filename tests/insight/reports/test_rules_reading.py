"""REP-1: what stands in an address and makes no sense filters nothing, and never fails. Pure."""

from __future__ import annotations

import pytest

from lmsapp.insight.reports.reading import day, month, number, numbers, texts


@pytest.mark.parametrize("typed", ["", "x", "-1", "1.5", "²", "٣", "0x1", " 7", "1e3", "9" * 10, "9" * 5000])
def test_no_id(typed: str) -> None:
    """REP-1: also not a number longer than any id, however long: Python itself refuses to read 5,000 digits."""
    assert numbers({"course": [typed, "12"]}, "course") == (12,)


def test_the_longest_id() -> None:
    """REP-1: nine digits are read, and fit where ids are kept."""
    assert numbers({"course": ["999999999"]}, "course") == (999_999_999,)
    assert number({"days": ["9" * 5000]}, "days", standard=60, most=3660) == 60


def test_no_day_no_month_no_text() -> None:
    """REP-1: days and months that are none, and characters that no text of the database holds."""
    for typed in ("", "x", "2026-02-30", "0000-01-01", "10000-01-01"):
        assert day({"since": [typed]}, "since") is None
        assert month({"month": [typed]}, "month") is None
    assert texts({"role": ["RN", "", "a\x00b"]}, "role") == ("RN",)
