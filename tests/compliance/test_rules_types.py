"""What follows from types and decisions, without a database (HRD-3, HRD-4, HRD-5)."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmsapp.compliance.ledger.rules import (
    Decided,
    checked_reminder_days,
    next_look,
    offset_reached,
    policy_for,
    policy_may_replace,
)
from lmsapp.infra.words import RuleBroken

DAY = dt.timedelta(days=1)
ENDS = dt.date(2027, 11, 2)
DAYS = st.integers(-400, 500).map(lambda days: ENDS - days * DAY)


def test_a_policy_leaves_a_person_s_word_alone() -> None:
    """HRD-4: by hand it stands until its own window opens; the system's own word gives way to what is later."""
    done, decided = dt.date(2026, 11, 2), dt.date(2026, 11, 3)
    by_hand = Decided("complete", "by hand", done, ENDS, decided)
    assert policy_may_replace(None, done, 60)
    assert not policy_may_replace(by_hand, ENDS - 61 * DAY, 60)
    assert policy_may_replace(by_hand, ENDS - 60 * DAY, 60) and policy_may_replace(by_hand, ENDS + 9 * DAY, 60)
    assert not policy_may_replace(by_hand, done, 400), "the same completion is no renewal"
    assert not policy_may_replace(Decided("complete", "by hand", done, None, decided), ENDS, 60)
    assert policy_may_replace(Decided("complete", "policy", done, ENDS, decided), done + DAY, 60)
    waived = Decided("waived", "by hand", None, ENDS, decided)
    assert not policy_may_replace(waived, ENDS, 60) and policy_may_replace(waived, ENDS + DAY, 60)
    assert not policy_may_replace(Decided("waived", "by hand", None, None, decided), ENDS, 60)
    asked = Decided("required", "by hand", None, None, decided)
    assert not policy_may_replace(asked, done, 60) and policy_may_replace(asked, decided, 60)


@given(st.sets(st.integers(0, 365), max_size=5), st.lists(DAYS, min_size=1, max_size=30))
def test_each_day_is_told_once(days: set[int], looks: list[dt.date]) -> None:
    """HRD-5: however often and on whichever days one looks, each reminder comes once, none after the end, and the next
    look is never later than what it is for."""
    through, told = ENDS - 500 * DAY, []
    for today in sorted(set(looks)):
        found = offset_reached(days, ENDS, through, today)
        if found is not None:
            told.append(found)
            assert today <= ENDS and ENDS - found * DAY <= today
        through = max(through, today)
        following = next_look(days, ENDS, None, through)
        assert following == min((ENDS - one * DAY for one in days if ENDS - one * DAY > through), default=None)
    assert len(told) == len(set(told)) and told == sorted(told, reverse=True)


def test_days_and_windows() -> None:
    """HRD-3: reminder days are days, each once; the window of a short type is shorter than the type."""
    assert checked_reminder_days((7, 60, 7)) == [60, 7]
    for wrong in ((366,), tuple(range(9))):
        with pytest.raises(RuleBroken):
            checked_reminder_days(wrong)
    policy_for(1, 365, {}).check()
    policy_for(24, 90, {"basis": "previous expiry", "grace_days": 30}).check()
    assert policy_for(None, 60, {"basis": "fixed date"}).months is None
