"""SEC-1: how long a session lasts (ASVS 7.3.1, 7.3.2)."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmsapp.infra.words import RuleBroken
from lmsapp.people.accounts.rules import CLOCKS_DIFFER, SessionEnd, SessionLimits, check_zone, session_end
from lmsapp.people.employees.rules import clean_mobile

BEGAN = dt.datetime(2026, 11, 2, 8, tzinfo=dt.UTC)
LIMITS = SessionLimits(idle=dt.timedelta(minutes=60), whole=dt.timedelta(hours=12))
minutes = st.integers(0, 24 * 60).map(lambda n: dt.timedelta(minutes=n))


@pytest.mark.parametrize(
    ("seen", "now", "end"),
    [
        (0, 59, None),
        (0, 60, SessionEnd.IDLE),
        (700, 719, None),
        (719, 720, SessionEnd.LONG),
        (0, 800, SessionEnd.LONG),
    ],
)
def test_when_a_session_is_over(seen: int, now: int, end: SessionEnd | None) -> None:
    """SEC-1: at the very minute of its limit, and busy or not after the whole time."""
    at = BEGAN + dt.timedelta(minutes=seen)
    assert session_end(BEGAN, at, BEGAN + dt.timedelta(minutes=now), LIMITS) is end


@given(minutes, minutes, minutes)
def test_no_session_outlives_its_limits(seen: dt.timedelta, now: dt.timedelta, back: dt.timedelta) -> None:
    """SEC-1: whatever was done, and however far the clock is set back, it is over once either limit has passed."""
    instant = BEGAN + now - back
    if session_end(BEGAN, BEGAN + seen, instant, LIMITS) is None:
        assert instant < BEGAN + LIMITS.whole
        assert instant < BEGAN + seen + LIMITS.idle
        assert instant >= max(BEGAN, BEGAN + seen) - CLOCKS_DIFFER


@given(minutes)
def test_a_session_from_the_future_is_over(ahead: dt.timedelta) -> None:
    """SEC-1: a clock set back must not give anybody more time; servers may differ by two minutes."""
    now = BEGAN - ahead
    assert (session_end(BEGAN, BEGAN, now, LIMITS) is None) == (ahead <= CLOCKS_DIFFER)


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../etc/passwd", "Europe/Berlin\n"])
def test_what_is_no_zone(name: str) -> None:
    """ORG-8."""
    with pytest.raises(RuleBroken):
        check_zone(name)


@pytest.mark.parametrize(("typed", "kept"), [("  +1 312  555-0100 ", "+1 312 555-0100"), ("", None), (" ", None)])
def test_numbers_are_kept_as_typed(typed: str, kept: str | None) -> None:
    """ORG-8."""
    assert clean_mobile(typed) == kept


@pytest.mark.parametrize(
    "typed", ["call me", "12", "+1 312 555 0100 ext", "=1+1+11111", "<b>5550100</b>", "1" * 50, "٠١٢٣٤٥٦"]
)
def test_what_nobody_could_call(typed: str) -> None:
    """ORG-8, SEC-6."""
    with pytest.raises(RuleBroken):
        clean_mobile(typed)
