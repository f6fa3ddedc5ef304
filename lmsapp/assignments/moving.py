"""Where a due date goes when it is moved: to a day, by days, by working days. Pure (ASG-6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container
from dataclasses import dataclass
from enum import StrEnum

from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.calendar.rules import add_working_days

MOST_DAYS = 730


class How(StrEnum):
    """What is meant by 'later'."""

    TO_DAY = "to a day"
    DAYS = "days"
    WORKING_DAYS = "working days"


@dataclass(frozen=True, slots=True)
class Move:
    """`day` for TO_DAY; `days` (negative: earlier) for the others."""

    how: How
    day: dt.date | None = None
    days: int = 0

    def check(self) -> None:
        """Raises RuleBroken (field 'day' or 'days')."""
        if self.how is How.TO_DAY:
            if self.day is None:
                raise RuleBroken(N_("Choose a due date."), field="day")
        elif self.days == 0 or abs(self.days) > MOST_DAYS:
            raise RuleBroken(N_("Say by how many days, from 1 to %(most)s; with a minus for earlier."), field="days",
                             most=MOST_DAYS)  # fmt: skip

    def of(self, due_on: dt.date, holidays: Container[dt.date]) -> dt.date:
        """The new due date of something that was due on `due_on`."""
        if self.how is How.TO_DAY and self.day is not None:
            return self.day
        if self.how is How.WORKING_DAYS:
            return add_working_days(due_on, self.days, holidays)
        return due_on + dt.timedelta(days=self.days)
