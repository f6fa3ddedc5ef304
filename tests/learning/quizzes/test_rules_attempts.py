"""Attempts, deadlines and what may be seen."""

from __future__ import annotations

import datetime as dt

import pytest

from lmsapp.infra.words import RuleBroken
from lmsapp.learning.quizzes import rules

NOON = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(("most", "used", "left"), [(None, 9, None), (3, 0, 3), (3, 2, 1), (3, 3, 0), (3, 5, 0)])
def test_attempts_left(most: int | None, used: int, left: int | None) -> None:
    """QIZ-2: never below none; without a limit there is no number."""
    assert rules.attempts_left(most, used) == left


def test_who_may_start() -> None:
    """QIZ-2: not after a pass, not after the last attempt."""
    rules.check_may_start(None, 99, passed=False)
    rules.check_may_start(3, 2, passed=False)
    with pytest.raises(RuleBroken):
        rules.check_may_start(3, 3, passed=False)
    with pytest.raises(RuleBroken):
        rules.check_may_start(None, 1, passed=True)


def test_the_deadline_itself_is_too_late() -> None:
    """QIZ-3: ten minutes from twelve are over at ten past."""
    ends = rules.deadline(NOON, 10)
    assert ends == NOON + dt.timedelta(minutes=10)
    assert not rules.is_over(ends, NOON + dt.timedelta(minutes=9, seconds=59))
    assert rules.is_over(ends, NOON + dt.timedelta(minutes=10))
    assert rules.deadline(NOON, None) is None
    assert not rules.is_over(None, NOON)


@pytest.mark.parametrize("policy", ["never", "after_submit", "after_pass", "something else"])
@pytest.mark.parametrize("passed", [True, False, None])
def test_answers_are_shown_only_where_the_setting_says_so(policy: str, passed: bool | None) -> None:
    """QIZ-2: closed by default."""
    allowed = policy == "after_submit" or (policy == "after_pass" and passed is True)
    assert rules.may_see_answers(policy, passed=passed) is allowed
