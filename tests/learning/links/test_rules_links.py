"""REM-5: how long a link works, who may press twice, and how the place it went to is named."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmsapp.learning.links.rules import Ended, State, is_double_tap, masked, may_ask_again, session_until, state_of
from lmsapp.people.accounts.rules import LINK_LIMITS, SessionEnd, SessionLimits, narrowed, session_end

NOW = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)
HOUR, SECOND = dt.timedelta(hours=1), dt.timedelta(seconds=1)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("+15555550189", "+1…89"),
        (" +15555550189 ", "+1…89"),
        ("12345", "…"),
        ("ana.ruiz@northgate.example", "a…@northgate.example"),
        ("", "…"),
    ],
)
def test_an_address_is_named_so_that_only_its_owner_knows_it(address: str, said: str) -> None:
    """REM-5: what records, trail and pages say of a number is of no use to others."""
    assert masked(address) == said


@given(st.text(alphabet="0123456789", min_size=8, max_size=15))
def test_no_number_can_be_read_back(digits: str) -> None:
    """REM-5: four characters at most are shown."""
    assert len(masked(f"+{digits}")) == 5


def test_states() -> None:
    """REM-5: opened stays opened when its time is over; revoked beats all."""
    later, before = NOW + HOUR, NOW - HOUR
    assert state_of(None, None, later, NOW) is State.WAITING
    assert state_of(None, None, NOW, NOW) is State.EXPIRED
    assert state_of(before, None, before, NOW) is State.OPENED
    assert state_of(before, before, later, NOW) is State.REVOKED


def test_pressing_twice() -> None:
    """REM-5: for a minute, in the browser that pressed first, and never once it was revoked."""
    assert is_double_tap(NOW, "mark", "mark", None, NOW + 59 * SECOND)
    assert not is_double_tap(NOW, "mark", "mark", None, NOW + 60 * SECOND)
    assert not is_double_tap(NOW, "mark", "other", None, NOW)
    assert not is_double_tap(NOW, "mark", "mark", NOW, NOW)
    assert not is_double_tap(NOW, "", "", None, NOW)
    assert not is_double_tap(None, "mark", "mark", None, NOW)


def test_a_session_ends_with_its_link() -> None:
    """REM-5: the rest of the link, twelve hours, half an hour of nothing; settings only shorten that."""
    assert session_until(NOW + 2 * HOUR, NOW) == NOW + 2 * HOUR
    assert session_until(NOW + 90 * HOUR, NOW) == NOW + 12 * HOUR
    long = narrowed(SessionLimits(24 * HOUR, 90 * HOUR), NOW + HOUR)
    assert (long.idle, long.whole) == (LINK_LIMITS.idle, LINK_LIMITS.whole)
    short = narrowed(SessionLimits(5 * SECOND, HOUR), NOW + 2 * HOUR)
    assert (short.idle, short.whole) == (5 * SECOND, HOUR)
    assert session_end(NOW, NOW + HOUR - SECOND, NOW + HOUR - SECOND, long) is None
    assert session_end(NOW, NOW + HOUR, NOW + HOUR, long) is SessionEnd.LONG
    assert session_end(NOW, NOW, NOW + dt.timedelta(minutes=30), long) is SessionEnd.IDLE


def test_who_may_ask_for_another() -> None:
    """REM-5: not whoever holds a link that was revoked because its holder may be somebody else."""
    assert all(may_ask_again(why) for why in (None, Ended.REPLACED, Ended.OTHER_OPENED))
    assert not any(may_ask_again(why) for why in (Ended.BY_HAND, Ended.ADDRESS, Ended.LEFT, Ended.SWITCHED_OFF))
