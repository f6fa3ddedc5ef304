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


def so_far(used: int = 1, *, passed: bool = False, waiting: bool = False) -> rules.SoFar:
    """Attempts of which the last one ended at noon."""
    return rules.SoFar(used, passed, used, waiting, NOON)


def test_who_may_start() -> None:
    """QIZ-2: not after a pass, not after the last attempt, not while an answer waits for a person."""
    rules.check_may_start(None, so_far(99), None, NOON)
    rules.check_may_start(3, so_far(2), None, NOON)
    with pytest.raises(RuleBroken, match="all"):
        rules.check_may_start(3, so_far(3), None, NOON)
    with pytest.raises(RuleBroken, match="passed"):
        rules.check_may_start(None, so_far(passed=True), None, NOON)
    with pytest.raises(RuleBroken, match="graded"):
        rules.check_may_start(None, so_far(waiting=True), None, NOON)


def test_the_wait_between_attempts_ends_on_the_minute() -> None:
    """QIZ-2: handed in at noon, with an hour between, the next one opens at one; the first one at once."""
    one = NOON + dt.timedelta(hours=1)
    with pytest.raises(rules.TooEarly) as early:
        rules.check_may_start(None, so_far(), 60, one - dt.timedelta(seconds=1))
    assert early.value.opens_at == one
    rules.check_may_start(None, so_far(), 60, one)
    rules.check_may_start(None, rules.SoFar(0, False, 0, False, None), 60, NOON)


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
