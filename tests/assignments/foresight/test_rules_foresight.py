"""What is to come is what the job, run every day, would tell. Pure."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from lmsapp.assignments.foresight.rules import Coming, coming
from lmsapp.assignments.policies.rules import DAY, Moment, Policy, Step, ToWhom, reached, turns

TODAY = dt.date(2026, 11, 29)
STEPS = st.builds(
    Step,
    st.sampled_from([Moment.BEFORE_DUE, Moment.ON_DUE, Moment.AFTER_DUE, Moment.BEFORE_EXPIRY]),
    st.integers(0, 40),
    st.sampled_from(ToWhom),
    st.sampled_from([("email",), ("email", "sms"), ("in_app",)]),
    every=st.integers(0, 9),
    most=st.integers(1, 4),
)


@given(st.lists(STEPS, max_size=6), st.integers(-50, 50), st.integers(-60, 3), st.booleans(), st.booleans())
def test_it_is_the_job_run_day_by_day(
    steps: list[Step], due_in: int, looked: int, renewal: bool, working_days: bool
) -> None:
    """REM-8: the same steps on the same days, missed days caught up once, nothing about days looked at before."""
    policy = Policy("Any", tuple(steps), working_days=working_days)
    there = turns(policy, TODAY + due_in * DAY, renewal=renewal)
    through, last = TODAY + looked * DAY, TODAY + 29 * DAY
    told = []
    for n in range(30):
        day = TODAY + n * DAY
        told += [Coming(day, one) for one in reached(there, through, day)]
        through = max(through, day)
    assert list(coming(there, TODAY + looked * DAY, TODAY, last)) == told
