"""What follows from a decision and the calendar (HRD-4, CRS-6). Pure: `today` is an argument.

A renewal date is the last day that still counts: 'Renew by 25 Nov' is Expired from 26 Nov on. Before it there are two
steps. In the notice window of the type it is Expiring; in the last calendar month of that window (11 months after
completion of something that lasts 12) it is Renewal Required. A window shorter than a month is all Renewal Required.

How long something lasts is counted by the rules of courses (`courses.validity`): there is no second set.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from lmsapp.courses.validity.policy import SHORTEST_MONTH, SHORTEST_YEAR, Policy
from lmsapp.courses.validity.rules import Dates, Held, dates_of
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.calendar.rules import add_months

DAY = dt.timedelta(days=1)
REMINDER_DAYS: Final = (60, 30, 7)
MOST_REMINDERS = 8
LONGEST_REMINDER = 365
EVERYBODY: Final[Mapping[str, Any]] = {"everybody": True}
TERMS = ("basis", "late", "grace_days", "fixed_month", "fixed_day", "fixed_within")
UNDO = dt.timedelta(hours=1)


class ComplianceStatus(StrEnum):
    """HRD-4, in the order HR reads them: what needs somebody first."""

    EXPIRED = "Expired"
    RENEWAL_REQUIRED = "Renewal Required"
    EXPIRING = "Expiring"
    REQUIRED = "Required"
    COMPLETE = "Complete"
    WAIVED = "Waived"


class Kind(StrEnum):
    """What a type is; everything but training lives outside of it."""

    TRAINING = "training"
    IDENTITY = "identity"
    BACKGROUND = "background check"
    LICENCE = "licence"
    HEALTH = "health"
    OTHER = "other"


def policy_for(months: int | None, notice_days: int, terms: Mapping[str, Any]) -> Policy:
    """The validity of a type, as courses have it: its renewal window is the notice it gives."""
    if months is None:
        return Policy()
    longest = (months * SHORTEST_MONTH if months < 12 else months // 12 * SHORTEST_YEAR) - 1
    kept = {name: terms[name] for name in TERMS if name in terms}
    return Policy.of(months, None, {**kept, "lead": min(notice_days, longest), "lead_unit": "days"})


def held_until(renewal: dt.date, notice_days: int, grace_days: int, anchor_day: int | None) -> Held:
    """An earlier decision 'complete' as the next completion sees it."""
    opens, grace = renewal - dt.timedelta(days=notice_days), renewal + dt.timedelta(days=grace_days)
    return Held(opens, renewal, grace, anchor_day or renewal.day)


def renewal_dates(policy: Policy, completed_on: dt.date, held: Held | None = None) -> Dates:
    """What completing on that day gives. Raises RuleBroken for a date beyond the calendar."""
    try:
        return dates_of(policy, completed_on, held)
    except (ValueError, OverflowError):
        raise RuleBroken(N_("The renewal date would lie beyond the calendar."), field="completed_on") from None


def renewal_on(completed_on: dt.date, months: int | None) -> dt.date | None:
    """The last day on which what was first completed then still counts; None when there is no renewal."""
    return None if months is None else add_months(completed_on, months)


def status(
    decision: str,
    renewal: dt.date | None,
    notice_days: int,
    today: dt.date,
) -> ComplianceStatus:
    """The status on `today` of a decision ('required', 'complete', 'waived') that holds until `renewal`.

    A waiver with an end lapses on the day after it: then the thing is Required again.
    """
    if decision == "waived":
        over = renewal is not None and today > renewal
        return ComplianceStatus.REQUIRED if over else ComplianceStatus.WAIVED
    if decision != "complete":
        return ComplianceStatus.REQUIRED
    if renewal is None:
        return ComplianceStatus.COMPLETE
    if today > renewal:
        return ComplianceStatus.EXPIRED
    notice_from = renewal - dt.timedelta(days=notice_days)
    if today < notice_from:
        return ComplianceStatus.COMPLETE
    return ComplianceStatus.RENEWAL_REQUIRED if today >= add_months(renewal, -1) else ComplianceStatus.EXPIRING


@dataclass(frozen=True, slots=True)
class Decided:
    """A present decision, as a policy that would replace it sees it."""

    decision: str
    how: str
    completed_on: dt.date | None
    renewal_on: dt.date | None
    decided_on: dt.date


def policy_may_replace(now: Decided | None, completed_on: dt.date, notice_days: int) -> bool:
    """Whether a completion on that day may mark a type Complete by itself.

    What a person decided stands: a waiver until it lapses, 'asked again' against everything completed before it, and
    Complete until its own renewal window opens; what is completed from then on is the renewal it asks for, and can
    only add to it. The system's own decision gives way to any later completion.
    """
    if now is None:
        return True
    if now.decision == "waived":
        return now.renewal_on is not None and completed_on > now.renewal_on
    if now.decision == "required":
        return now.how == "policy" or completed_on >= now.decided_on
    if now.completed_on is not None and completed_on <= now.completed_on:
        return False
    if now.how == "policy":
        return True
    return now.renewal_on is not None and completed_on >= now.renewal_on - dt.timedelta(days=notice_days)


def checked_reminder_days(days: Iterable[int]) -> list[int]:
    """Most first, each once. Raises RuleBroken."""
    found = sorted(set(days), reverse=True)
    if len(found) > MOST_REMINDERS:
        raise RuleBroken(N_("At most %(most)s reminders."), field="reminder_days", most=MOST_REMINDERS)
    if any(not 0 <= one <= LONGEST_REMINDER for one in found):
        raise RuleBroken(N_("Give days between 0 and 365."), field="reminder_days")
    return found


def offset_reached(days: Iterable[int], renewal: dt.date, through: dt.date, today: dt.date) -> int | None:
    """Of the reminders that fell due after `through` and not after `today` the latest one; so many days before the
    renewal date. Days missed are one reminder; none once it has expired."""
    if today > renewal:
        return None
    fallen = [one for one in days if through < renewal - dt.timedelta(days=one) <= today]
    return min(fallen, default=None)


def next_look(days: Iterable[int], renewal: dt.date, notice_days: int | None, through: dt.date) -> dt.date | None:
    """The first day after `through` on which something is told, or the renewal is assigned (`notice_days` before it;
    None: it is assigned already, or never)."""
    ahead = {renewal - dt.timedelta(days=one) for one in days}
    if notice_days is not None:
        ahead.add(max(renewal - dt.timedelta(days=notice_days), through + DAY))
    return min((day for day in ahead if day > through), default=None)
