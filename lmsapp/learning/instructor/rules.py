"""Who may ask for time with the instructor, and how a request goes on (QIZ-7). Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from enum import StrEnum

from lmsapp.infra.words import N_, RuleBroken

FAILS = 2  # QIZ-7: 'after failing twice'
MOST_TIMES = 3
LONGEST_WORDS = 1000
FARTHEST = dt.timedelta(days=180)


class RequestState(StrEnum):
    """How a request stands."""

    OPEN = "open"
    ANSWERED = "answered"
    DONE = "done"
    TAKEN_BACK = "taken back"


UNDER_WAY = frozenset({RequestState.OPEN, RequestState.ANSWERED})


def may_ask(failed: int, *, passed: bool) -> bool:
    """After two failed attempts, until the quiz is passed."""
    return failed >= FAILS and not passed


def check_may_ask(failed: int, *, passed: bool) -> None:
    """Raises RuleBroken before that."""
    if passed:
        raise RuleBroken(N_("You have passed this check. There is nothing left to ask for."))
    if not may_ask(failed, passed=passed):
        raise RuleBroken(N_("Time with the instructor is offered after two attempts that did not pass."))


def check_times(times: Sequence[dt.datetime], now: dt.datetime) -> list[dt.datetime]:
    """The proposed times, earliest first, each once. Raises RuleBroken for one that is past or too far away."""
    kept = sorted(set(times))
    if len(kept) > MOST_TIMES:
        raise RuleBroken(N_("Propose three times at most."), field="time_1")
    for one in kept:
        check_time(one, now, "time_1")
    return kept


def check_time(at: dt.datetime, now: dt.datetime, field: str) -> None:
    """Raises RuleBroken for a time that is past or more than half a year ahead."""
    if at <= now:
        raise RuleBroken(N_("This time is past. Propose one that is still to come."), field=field)
    if at > now + FARTHEST:
        raise RuleBroken(N_("This time is more than half a year away. Propose a nearer one."), field=field)
