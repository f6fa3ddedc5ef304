"""REM-1 to REM-3, REM-6: which steps of a policy fall on which day, and which are sent today."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from lmsapp.assignments.policies.rules import (
    DAY,
    STANDARD,
    Moment,
    Policy,
    Step,
    ToWhom,
    Turn,
    next_day,
    reached,
    turns,
)
from lmsapp.people.calendar.rules import is_working_day

DUE = dt.date(2026, 12, 4)  # a Friday
dates = st.dates(dt.date(2024, 1, 1), dt.date(2030, 12, 31))
ways = st.lists(st.sampled_from(("email", "in_app", "sms")), min_size=1, max_size=2, unique=True).map(tuple)
moments = st.sampled_from([one for one in Moment if one is not Moment.STALLED])
steps = st.builds(
    Step,
    moment=moments,
    days=st.integers(0, 60),
    to_whom=st.sampled_from(ToWhom),
    channels=ways,
    every=st.integers(0, 10),
    most=st.integers(1, 5),
)
policies = st.builds(
    Policy, name=st.just("Any"), steps=st.lists(steps, max_size=6).map(tuple), working_days=st.booleans()
)
holidays = st.frozensets(st.dates(dt.date(2026, 10, 1), dt.date(2027, 2, 28)), max_size=8)


def test_what_ships() -> None:
    """REM-2: a week before, on the day, then weekly and not for ever; a renewal 60, 30 and 7 days before it ends."""
    told = [(one.offset, one.day - DUE) for one in turns(STANDARD, DUE) if one.step.to_whom is ToWhom.LEARNER]
    assert [offset for offset, _day in told] == [
        "before due/7", "on due/0", "after due/7", "after due/7.1", "after due/7.2", "after due/7.3",
    ]  # fmt: skip
    assert [day.days for _offset, day in told] == [-7, 0, 7, 14, 21, 28]
    renewal = [one.offset for one in turns(STANDARD, DUE, renewal=True)][:4]
    assert renewal == ["before expiry/60", "before expiry/30", "before expiry/7", "on due/0"]


@given(policies, dates, holidays, st.booleans())
def test_working_days_never_tell_late(
    policy: Policy, due_on: dt.date, days_off: frozenset[dt.date], renewal: bool
) -> None:
    """REM-8: on a day off it is told before, while there is time; what comes after the due date comes later."""
    plain = turns(Policy("Any", policy.steps), due_on, renewal=renewal)
    moved = turns(policy, due_on, renewal=renewal, holidays=days_off)
    assert len(plain) == len(moved)
    assert [one.day for one in moved] == sorted(one.day for one in moved)
    days = {(id(one.step), one.nth): one.day for one in plain}
    for one in moved:
        before = days[id(one.step), one.nth]
        if not policy.working_days or is_working_day(before, days_off):
            assert one.day == before
        else:
            assert is_working_day(one.day, days_off)
            assert (one.day > before) == (before > due_on)


@given(policies, dates, st.integers(0, 90), st.lists(st.integers(0, 15), max_size=25))
def test_each_step_once_or_caught_up(policy: Policy, due_on: dt.date, ahead: int, gaps: list[int]) -> None:
    """REM-1, REM-3: whatever days the job misses, each step since assigning is told once, on its day or later, or left
    out for a later one to the same reader; and the day it says it will look at next misses nothing."""
    assigned_on = due_on - ahead * DAY
    there = turns(policy, due_on)
    through, told = assigned_on - DAY, Counter[Turn]()
    following, today = next_day(there, through), assigned_on
    for gap in [*gaps, 500]:
        today += gap * DAY
        if following is None or following > today:
            assert not reached(there, through, today)
            continue
        now = reached(there, through, today)
        left_out = [one for one in there if through < one.day <= today and one not in now]
        for one in left_out:
            assert any(
                other.step.to_whom is one.step.to_whom
                and (other.day > one.day or {*one.step.channels} <= {c for o in now for c in o.step.channels})
                for other in now
            )
        told.update(now)
        assert all(one.day <= today for one in now)
        through, following = today, next_day(there, today)
    assert following is None
    assert all(one.day >= assigned_on for one in told)
    # A policy that names a step twice tells it twice only by other channels.
    assert all(count == there.count(one) or count == 1 for one, count in told.items())


def test_one_channel_says_a_day_once() -> None:
    """REM-3: two steps that a day off brings to one day are one letter, unless they go by different channels."""
    step, other = Step(Moment.BEFORE_DUE, 5), Step(Moment.BEFORE_DUE, 6, channels=("email", "sms"))
    sunday_and_saturday = Policy("Two", (step, other), working_days=True)
    there = turns(sunday_and_saturday, DUE)
    assert {one.day for one in there} == {DUE - 7 * DAY}
    assert [one.step for one in reached(there, DUE - 9 * DAY, DUE - 7 * DAY)] == [step, other]
    same = turns(Policy("Same", (step, Step(Moment.BEFORE_DUE, 6)), working_days=True), DUE)
    assert [one.step for one in reached(same, DUE - 9 * DAY, DUE - 7 * DAY)] == [step]
