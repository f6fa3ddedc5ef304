"""When an attempt may begin, how long it lasts, and what may be seen afterwards (QIZ-2, QIZ-3)."""

from __future__ import annotations

import datetime as dt

from lmsapp.infra.words import N_, RuleBroken


def attempts_left(max_attempts: int | None, used: int) -> int | None:
    """How many more attempts may begin; None where there is no limit."""
    return None if max_attempts is None else max(0, max_attempts - used)


def check_may_start(max_attempts: int | None, used: int, *, passed: bool) -> None:
    """Raises RuleBroken when no further attempt may begin."""
    if passed:
        raise RuleBroken(N_("You have passed this check. There is nothing left to do here."))
    if attempts_left(max_attempts, used) == 0:
        raise RuleBroken(
            N_("You have used all %(number)s attempts. Your training team can help you with the next step."),
            number=max_attempts,
        )


def deadline(started_at: dt.datetime, minutes: int | None) -> dt.datetime | None:
    """The instant from which no answer is taken; None where there is no limit."""
    return None if minutes is None else started_at + dt.timedelta(minutes=minutes)


def is_over(ends_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether time is up. The deadline itself is too late."""
    return ends_at is not None and now >= ends_at


def may_see_answers(policy: str, *, passed: bool | None) -> bool:
    """Whether right answers and explanations may be shown for a submitted attempt, by the quiz's `show_answers`."""
    return policy == "after_submit" or (policy == "after_pass" and passed is True)
