"""When an attempt may begin, how long it lasts, and what may be seen afterwards (QIZ-2, QIZ-3)."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lmsapp.infra.words import N_, RuleBroken


@dataclass(frozen=True, slots=True)
class SoFar:
    """Attempts at a quiz in one time round. `last_number` of all times round; `ended_at` of the latest handed in."""

    used: int
    passed: bool
    last_number: int
    waiting: bool
    ended_at: dt.datetime | None


class TooEarly(RuleBroken):
    """The wait between two attempts is not over; it is at `opens_at`."""

    def __init__(self, opens_at: dt.datetime):
        self.opens_at = opens_at
        super().__init__(N_("The next attempt is not open yet. Use the time to look at the lessons again."))


def attempts_left(max_attempts: int | None, used: int) -> int | None:
    """How many more attempts may begin; None where there is no limit."""
    return None if max_attempts is None else max(0, max_attempts - used)


def opens_at(ended_at: dt.datetime | None, wait_minutes: int | None) -> dt.datetime | None:
    """From when on the next attempt may begin; None: at once."""
    return ended_at + dt.timedelta(minutes=wait_minutes) if ended_at and wait_minutes else None


def check_may_start(max_attempts: int | None, so_far: SoFar, wait_minutes: int | None, now: dt.datetime) -> None:
    """Raises RuleBroken when no further attempt may begin, TooEarly where it may later."""
    if so_far.passed:
        raise RuleBroken(N_("You have passed this check. There is nothing left to do here."))
    if so_far.waiting:
        raise RuleBroken(N_("Your last attempt waits to be graded. Until then no other one can begin."))
    opens = opens_at(so_far.ended_at, wait_minutes)
    if opens is not None and now < opens:
        raise TooEarly(opens)
    if attempts_left(max_attempts, so_far.used) == 0:
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


def may_see_answers(policy: str, *, passed: bool | None, none_left: bool = False, practice: bool = False) -> bool:
    """Whether right answers and explanations may be shown for a submitted attempt, by the quiz's `show_answers`.

    `passed`: this attempt; `none_left`: no attempt is left to the learner, or one of them passed.
    """
    if practice or policy == "after_submit":
        return True
    if policy == "after_last":
        return passed is True or none_left
    return policy == "after_pass" and passed is True


def digest_of(answers: Iterable[tuple[int, int, Sequence[str]]]) -> str:
    """What a page has seen of an attempt: question id, revision and answer of each question, those saved alone.

    Handing in carries it, so that nothing is handed in that its learner has not looked at (QIZ-3).
    """
    seen = sorted([question, revision, list(given)] for question, revision, given in answers if revision)
    return hashlib.sha256(json.dumps(seen, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()[:32]
