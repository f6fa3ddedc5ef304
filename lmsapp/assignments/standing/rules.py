"""By when somebody has to take it, and whether they can be assigned. Pure and dated (CRS-5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.calendar.rules import add_working_days

MOST_DAYS = 1825  # five years, and as many working days
FURTHEST = 3660  # days ahead, as `assignments.rules.check_due`


class DueKind(StrEnum):
    """What the due date hangs on."""

    FIXED = "fixed"
    AFTER_HIRE = "after hire"
    AFTER_JOINING = "after joining"  # the audience: a role change, a move, being hired into it
    AFTER_ASSIGNMENT = "after assignment"
    BEFORE_DATE = "before date"


COUNTED = (DueKind.AFTER_HIRE, DueKind.AFTER_JOINING, DueKind.AFTER_ASSIGNMENT, DueKind.BEFORE_DATE)
DATED = (DueKind.FIXED, DueKind.BEFORE_DATE)


@dataclass(frozen=True, slots=True)
class Due:
    """`days` of the kinds that count, working days where `working`; `on` of those with a date.

    `late_days`: whoever's date would be over already has so many days from the assignment instead; None: an exception.
    """

    kind: DueKind
    days: int = 0
    working: bool = False
    on: dt.date | None = None
    late_days: int | None = None

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Due:
        on = kept.get("on")
        return cls(
            DueKind(kept["kind"]),
            int(kept.get("days", 0)),
            bool(kept.get("working")),
            dt.date.fromisoformat(on) if on else None,
            kept.get("late_days"),
        )

    def as_json(self) -> dict[str, Any]:
        """For storing, without what its kind does not use."""
        kept: dict[str, Any] = {"kind": self.kind.value, "late_days": self.late_days}
        if self.kind in COUNTED:
            kept |= {"days": self.days, "working": self.working}
        if self.kind in DATED:
            kept["on"] = self.on.isoformat() if self.on else None
        return {name: value for name, value in kept.items() if value is not None}

    def check(self, today: dt.date) -> None:
        """Raises RuleBroken for what gives nobody a date."""
        if self.kind in COUNTED and not 0 <= self.days <= MOST_DAYS:
            raise RuleBroken(N_("Choose between 0 and %(n)s days."), field="days", n=MOST_DAYS)
        if self.kind is DueKind.AFTER_ASSIGNMENT and not self.days:
            raise RuleBroken(N_("Give at least one day."), field="days")
        if self.late_days is not None and not 1 <= self.late_days <= MOST_DAYS:
            raise RuleBroken(N_("Choose between 1 and %(n)s days."), field="late_days", n=MOST_DAYS)
        if self.kind in DATED:
            if self.on is None:
                raise RuleBroken(N_("Choose a day."), field="on")
            if not today < self.on <= today + dt.timedelta(days=FURTHEST):
                raise RuleBroken(N_("Choose a day from tomorrow on, within ten years."), field="on")


@dataclass(frozen=True, slots=True)
class Days:
    """The days of one person that due dates count from, where they are."""

    hired_on: dt.date | None
    joined_on: dt.date
    today: dt.date


def due_date(due: Due, days: Days, holidays: frozenset[dt.date]) -> dt.date | None:
    """The date, also one that is over; None where the day of hire is missing."""
    match due.kind:
        case DueKind.FIXED:
            return due.on
        case DueKind.BEFORE_DATE:
            return _count(due.on, -due.days, due.working, holidays)
        case DueKind.AFTER_HIRE:
            return _count(days.hired_on, due.days, due.working, holidays)
        case DueKind.AFTER_JOINING:
            return _count(days.joined_on, due.days, due.working, holidays)
        case DueKind.AFTER_ASSIGNMENT:
            return _count(days.today, due.days, due.working, holidays)


def _count(day: dt.date | None, days: int, working: bool, holidays: frozenset[dt.date]) -> dt.date | None:
    if day is None or not days:
        return day
    return _working_days(day, days, holidays) if working else day + dt.timedelta(days=days)


@lru_cache(maxsize=4096)
def _working_days(day: dt.date, days: int, holidays: frozenset[dt.date]) -> dt.date:
    """Kept in memory: of ten thousand people most count from the same few days."""
    return add_working_days(day, days, holidays)


class Reason(StrEnum):
    """Why somebody could not be assigned."""

    NO_HIRE_DATE = "no hire date"
    TOO_LATE = "too late"
    TOO_FAR = "too far"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    EXEMPT = "exempt"
    COMPLETED = "completed"
    LAPSED = "lapsed"


FOR_INFORMATION = (Reason.COMPLETED, Reason.EXEMPT)  # nobody has to decide anything


@dataclass(frozen=True, slots=True)
class Stand:
    """How somebody stands to a rule. Dates are where they are; instants tell what came after what."""

    employee_id: int
    days: Days
    since: dt.datetime
    open_assignment: int | None = None
    completed_at: dt.datetime | None = None
    completed_on: dt.date | None = None
    valid_until: dt.date | None = None
    withdrawn_at: dt.datetime | None = None  # from the course, by others than a rule
    closed_as: str = ""  # the newest assignment that staff closed: 'cancelled' or 'exempt'
    closed_at: dt.datetime | None = None
    close_reason: str = ""
    asked_again_at: dt.datetime | None = None
    exempt_at: dt.datetime | None = None  # from this rule


@dataclass(frozen=True, slots=True)
class Verdict:
    """Assign by `due_on`; or the exception `reason` with its `facts`; or, neither, nothing to do."""

    due_on: dt.date | None = None
    reason: Reason | None = None
    facts: Mapping[str, str] | None = None


NOTHING = Verdict()


def judge(
    due: Due, stand: Stand, holidays: frozenset[dt.date], *, starts_on: dt.date, joined_from: dt.date | None
) -> Verdict:
    """What follows for somebody in the audience."""
    days = stand.days
    if days.today < starts_on or (joined_from is not None and days.joined_on < joined_from):
        return NOTHING
    if stand.open_assignment is not None or (stand.exempt_at is not None and stand.exempt_at >= stand.since):
        return NOTHING
    return _done(stand) or _refused(stand) or _dated(due, days, holidays)


def _done(stand: Stand) -> Verdict | None:
    if stand.completed_at is None or stand.completed_on is None:
        return None
    if stand.completed_at >= stand.since:
        return NOTHING
    facts = {"day": stand.completed_on.isoformat()}
    if stand.valid_until is not None and stand.valid_until < stand.days.today:
        return Verdict(reason=Reason.LAPSED, facts={**facts, "until": stand.valid_until.isoformat()})
    return Verdict(reason=Reason.COMPLETED, facts=facts)


def _refused(stand: Stand) -> Verdict | None:
    """What staff decided before, unless somebody asked again since."""
    asked = stand.asked_again_at
    if stand.withdrawn_at is not None and (asked is None or asked < stand.withdrawn_at):
        return Verdict(reason=Reason.WITHDRAWN, facts={"day": stand.withdrawn_at.date().isoformat()})
    if stand.closed_at is None or (asked is not None and asked >= stand.closed_at):
        return None
    facts = {"day": stand.closed_at.date().isoformat(), "why": stand.close_reason}
    if stand.closed_as == "exempt":
        return Verdict(reason=Reason.EXEMPT, facts=facts)
    if stand.closed_at >= stand.since:
        return Verdict(reason=Reason.CANCELLED, facts=facts)
    return None


def _dated(due: Due, days: Days, holidays: frozenset[dt.date]) -> Verdict:
    day = due_date(due, days, holidays)
    if day is None:
        return Verdict(reason=Reason.NO_HIRE_DATE, facts={})
    if day <= days.today and due.late_days is not None:
        day = days.today + dt.timedelta(days=due.late_days)
    if day <= days.today:
        return Verdict(reason=Reason.TOO_LATE, facts={"day": day.isoformat()})
    if day > days.today + dt.timedelta(days=FURTHEST):
        return Verdict(reason=Reason.TOO_FAR, facts={"day": day.isoformat()})
    return Verdict(due_on=day)
