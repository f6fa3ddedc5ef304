"""What a period means on a day: its turns, and whether it may be renewed. Pure and dated (CRS-6, ENR-3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from enum import StrEnum
from typing import Protocol

from lmsapp.courses.validity.rules import window_is_open
from lmsapp.infra.words import N_, RuleBroken

DAY = dt.timedelta(days=1)


class Stage(StrEnum):
    """The turns of a period, in their order."""

    OPEN = "window open"
    REQUIRED = "renewal required"
    EXPIRED = "expired"


class Dated(Protocol):
    """What a period says; its row and `courses.validity.rules.Dates` both do."""

    @property
    def window_opens_on(self) -> dt.date | None: ...
    @property
    def renewal_from(self) -> dt.date | None: ...
    @property
    def valid_until(self) -> dt.date | None: ...


def turns(period: Dated) -> list[tuple[Stage, dt.date]]:
    """Each turn with its first day, by day; none where it counts for good."""
    if period.valid_until is None:
        return []
    first_days = (
        (Stage.OPEN, period.window_opens_on),
        (Stage.REQUIRED, period.renewal_from),
        (Stage.EXPIRED, period.valid_until + DAY),
    )
    return [(stage, day) for stage, day in first_days if day is not None]


def reached(period: Dated, seen: Collection[Stage], today: dt.date) -> tuple[Stage, ...]:
    """The turns that have come by `today` and were not seen before. After days missed only the last one is news."""
    return tuple(stage for stage, day in turns(period) if stage not in seen and day <= today)


def next_look(period: Dated, seen: Collection[Stage]) -> dt.date | None:
    """The day of the next turn that was not seen; None when there is none to come."""
    return min((day for stage, day in turns(period) if stage not in seen), default=None)


def check_renewable(
    window_opens_on: dt.date | None, valid_until: dt.date | None, *, complete: bool, published: bool, today: dt.date
) -> None:
    """A learner renews from the day the window opens. `valid_until`: as the enrollment says. Raises RuleBroken."""
    if not published:
        raise RuleBroken(N_("This course is retired. Ask your training team what takes its place."))
    if not complete:
        raise RuleBroken(N_("You are taking this course at present. Finish it first."))
    if valid_until is None:
        raise RuleBroken(N_("What you completed here does not expire, so there is nothing to renew."))
    if not window_is_open(window_opens_on, valid_until, today):
        raise RuleBroken(
            N_("You can renew from %(day)s on. Until then what you have is valid."),
            day=window_opens_on or valid_until,
        )
