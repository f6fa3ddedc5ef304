"""How long a pause may be, and who may ask for one. Pure and dated (ENR-10)."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from lmsapp.infra.words import N_, RuleBroken


class PauseKind(StrEnum):
    """Why somebody cannot learn for a while."""

    LEAVE = "leave"
    SICKNESS = "sickness"
    WORK_CONFLICT = "work conflict"


def check_dates(today: dt.date, until_on: dt.date, longest: int) -> None:
    """A pause begins today; its last day is today or later, and within `longest` days."""
    if until_on < today:
        raise RuleBroken(N_("Choose today or a later day as the last day of the pause."), field="until_on")
    if (until_on - today).days >= longest:
        raise RuleBroken(N_("A pause lasts %(days)s days at most."), field="until_on", days=longest)


def check_kind(kind: str) -> PauseKind:
    """Raises RuleBroken for a kind there is not."""
    if kind not in set(PauseKind):
        raise RuleBroken(N_("Say why: leave, sickness or a conflict at work."), field="kind")
    return PauseKind(kind)


def days_paused(from_on: dt.date, until_on: dt.date) -> int:
    """Both days included."""
    return (until_on - from_on).days + 1


def unused_days(today: dt.date, from_on: dt.date, until_on: dt.date) -> int:
    """Days of the pause not needed when it ends on `today`, which counts as worked: today and what would follow."""
    return max(0, (until_on - max(today, from_on)).days + 1)


def is_over(until_on: dt.date, today: dt.date) -> bool:
    """The last day lasts to its end."""
    return today > until_on


def may_pause_oneself(*, mandatory: bool, learners_may: bool) -> bool:
    """Mandatory courses only where the organisation lets learners."""
    return learners_may or not mandatory
