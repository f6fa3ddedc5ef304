"""When a schedule has its turn, and what it must say. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from zoneinfo import ZoneInfo

from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.calendar.rules import add_months, add_working_days, month_end

LONGEST_NAME = 120
MOST_PEOPLE = 200
BACK = 12  # turns looked at before the present one: a day that moves passes no more days off than that
LAST_DAY = 0


class Every(StrEnum):
    """How often."""

    WEEK = "week"
    MONTH = "month"


class Readers(StrEnum):
    """To whom, beside people by name: heads get their departments, managers their line, others what their role may."""

    HEADS = "department heads"
    MANAGERS = "line managers"
    HR = "HR Manager"
    AUDITORS = "Auditor"
    MODERATORS = "Moderator"
    SYSTEM = "System Manager"


@dataclass(frozen=True, slots=True)
class Timing:
    """Of which `weekday` counts for weeks (0 is Monday) and `month_day` for months (0, or beyond its end: the last)."""

    every: Every
    weekday: int = 0
    month_day: int = 1
    hour: int = 7
    working_days: bool = True

    def day(self, near: dt.date, turns: int) -> dt.date:
        """Of the turn so many after the week or month of `near`."""
        if self.every is Every.WEEK:
            return near - dt.timedelta(days=near.weekday()) + dt.timedelta(days=self.weekday, weeks=turns)
        first = add_months(near.replace(day=1), turns)
        return month_end(first.year, first.month, self.month_day or 31)

    def instant(self, day: dt.date, zone: ZoneInfo, holidays: Container[dt.date]) -> dt.datetime:
        """When the turn of that day comes, in UTC. An hour that the clocks skip is the one after; one that they repeat
        is the first."""
        moved = add_working_days(day, 0, holidays) if self.working_days else day
        return dt.datetime.combine(moved, dt.time(self.hour), tzinfo=zone).astimezone(dt.UTC)

    def latest(self, now: dt.datetime, zone: ZoneInfo, holidays: Container[dt.date]) -> dt.date:
        """The day of the latest turn that has come."""
        today = now.astimezone(zone).date()
        turns = (self.day(today, -back) for back in count(-1))
        return next(day for day in turns if self.instant(day, zone, holidays) <= now)

    def next_after(self, now: dt.datetime, zone: ZoneInfo, holidays: Container[dt.date]) -> dt.datetime:
        """The instant of the first turn still to come."""
        today = now.astimezone(zone).date()
        turns = (self.instant(self.day(today, ahead), zone, holidays) for ahead in count(-BACK))
        return next(instant for instant in turns if instant > now)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody typed. `people`: ids of users."""

    name: str
    timing: Timing
    readers: Sequence[Readers] = ()
    people: Sequence[int] = ()

    def check(self) -> None:
        """Raises RuleBroken naming the field."""
        if not self.name.strip():
            raise RuleBroken(N_("Give it a name: it is the subject of the letter."), field="name")
        if len(self.name) > LONGEST_NAME or any(not one.isprintable() for one in self.name):
            raise RuleBroken(N_("One line of %(most)s characters at most."), field="name", most=LONGEST_NAME)
        if not self.readers and not self.people:
            raise RuleBroken(N_("Choose who gets it."), field="readers")
        if len(self.people) > MOST_PEOPLE:
            raise RuleBroken(
                N_("At most %(most)s people by name. Choose a role instead."), field="people", most=MOST_PEOPLE
            )
