"""From a policy and a day of completion to the dates of a certification (CRS-6). Pure; months are calendar months.

The words for the four moments at which somebody can complete a course:

- *first*: nothing is held, so it counts from completion;
- *early*: before the renewal window opens. It counts from completion, as if nothing were held, but it never ends
  sooner than what is held;
- *on time*: from the day the window opens to the last day of grace. Aligned to the last expiry it counts from there,
  so that renewing early within the window loses nothing;
- *late*: after the grace. It counts from completion, or keeps the anniversary, as the policy says.

Two properties hold, and are tested day by day: no renewal shortens what is held, and on the day of completion the
renewal window of the new period is not open yet.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from lmsapp.courses.validity.policy import Basis, Late, Policy, Unit
from lmsapp.people.calendar.rules import add_months, month_end

DAY = dt.timedelta(days=1)


class Timing(StrEnum):
    """When a course was completed, seen from what was held before."""

    FIRST = "first"
    EARLY = "early"
    ON_TIME = "on time"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Held:
    """The period held so far: its dates, and the day of the month its expiry keeps to (31 stays 31 after February)."""

    window_opens_on: dt.date | None
    valid_until: dt.date | None
    grace_until: dt.date | None
    anchor_day: int


@dataclass(frozen=True, slots=True)
class Dates:
    """One certification. All dates are days where the employee is, and last to their end.

    `counted_from`: the completion, or the expiry before it. `valid_until` None: for good; then the other three are
    None too. `renewal_from` None: the policy knows no 'Renewal Required'. The first day of 'Expired' is the day after
    `valid_until`.
    """

    timing: Timing
    certified_on: dt.date
    counted_from: dt.date
    anchor_day: int
    valid_from: dt.date
    window_opens_on: dt.date | None = None
    renewal_from: dt.date | None = None
    valid_until: dt.date | None = None
    grace_until: dt.date | None = None

    @property
    def expired_from(self) -> dt.date | None:
        """The first day on which it holds no longer."""
        return self.valid_until + DAY if self.valid_until else None

    def held(self) -> Held:
        """As the next completion sees it."""
        return Held(self.window_opens_on, self.valid_until, self.grace_until, self.anchor_day)


def dates_of(policy: Policy, completed_on: dt.date, held: Held | None = None) -> Dates:
    """The certification that completing on that day gives to somebody who holds `held`, or nothing yet."""
    timing = timing_of(completed_on, held)
    if policy.months is None:
        return Dates(timing, completed_on, completed_on, completed_on.day, completed_on)
    counted_from, until, anchor = _until(policy, completed_on, held, timing)
    last = held.valid_until if held else None
    if last is not None and held is not None and timing is not Timing.LATE and until < last:
        until, anchor = last, held.anchor_day
    opens, required = _ahead(policy, until, anchor, completed_on)
    starts = completed_on if last is None else min(max(completed_on, last + DAY), until)
    return Dates(
        timing=timing,
        certified_on=completed_on,
        counted_from=counted_from,
        anchor_day=anchor,
        valid_from=starts,
        window_opens_on=opens,
        renewal_from=required,
        valid_until=until,
        grace_until=until + dt.timedelta(days=policy.grace_days),
    )


def timing_of(completed_on: dt.date, held: Held | None) -> Timing:
    """When that is. What is held for good can only be renewed early."""
    if held is None:
        return Timing.FIRST
    if held.valid_until is None or completed_on < (held.window_opens_on or held.valid_until):
        return Timing.EARLY
    return Timing.ON_TIME if completed_on <= (held.grace_until or held.valid_until) else Timing.LATE


def window_is_open(window_opens_on: dt.date | None, valid_until: dt.date | None, today: dt.date) -> bool:
    """Whether the learner may renew on `today`: from the opening on, for as long as it is not renewed; and whenever it
    has ended, as it does before its time when it is revoked."""
    return valid_until is not None and (today > valid_until or today >= (window_opens_on or valid_until))


def _until(policy: Policy, completed_on: dt.date, held: Held | None, timing: Timing) -> tuple[dt.date, dt.date, int]:
    """Counted from which day, until when, on which day of the month the expiry keeps."""
    months = policy.months or 0
    last = held.valid_until if held and timing in (Timing.ON_TIME, Timing.LATE) else None
    if policy.basis is Basis.FIXED:
        base = last if last is not None and timing is Timing.ON_TIME else completed_on
        return base, _fixed(policy, base, completed_on), policy.fixed_day
    keeps = policy.basis is Basis.PREVIOUS and (timing is Timing.ON_TIME or policy.late is Late.PREVIOUS)
    if keeps and held is not None and last is not None:
        return last, _anniversary(policy, last, held.anchor_day, completed_on), held.anchor_day
    return completed_on, add_months(completed_on, months), completed_on.day


def _anniversary(policy: Policy, last: dt.date, anchor: int, completed_on: dt.date) -> dt.date:
    """The first whole number of periods after the last expiry whose renewal window is not open on completion."""
    months, times = policy.months or 1, 1
    until = add_months(last, months, anchor)
    while _opens(policy, until, anchor) <= completed_on:
        times += 1
        until = add_months(last, months * times, anchor)
    return until


def _fixed(policy: Policy, base: dt.date, completed_on: dt.date) -> dt.date:
    """The fixed date that is more than `fixed_within` days after `base`, so many years further, and ahead."""
    earliest = max(base + dt.timedelta(days=policy.fixed_within) + DAY, completed_on + DAY)
    year = earliest.year
    if month_end(year, policy.fixed_month, policy.fixed_day) < earliest:
        year += 1
    return month_end(year + (policy.months or 12) // 12 - 1, policy.fixed_month, policy.fixed_day)


def _ahead(policy: Policy, until: dt.date, anchor: int, completed_on: dt.date) -> tuple[dt.date, dt.date | None]:
    """When the window opens, and from when renewal is required: never before the day after completion."""
    soonest = min(completed_on + DAY, until)
    required = None
    if policy.renewal_days is not None:
        required = max(until - dt.timedelta(days=policy.renewal_days), soonest)
    elif policy.renewal_months is not None:
        required = max(add_months(until, policy.renewal_months - (policy.months or 0), anchor), soonest)
    return max(_opens(policy, until, anchor), soonest), required


def _opens(policy: Policy, until: dt.date, anchor: int) -> dt.date:
    """Before the expiry by the lead; whoever is told that renewal is required may renew."""
    if policy.lead_unit is Unit.MONTHS:
        opens = add_months(until, -policy.lead, anchor)
    else:
        opens = until - dt.timedelta(days=policy.lead)
    if policy.renewal_days is not None:
        return min(opens, until - dt.timedelta(days=policy.renewal_days))
    if policy.renewal_months is not None:
        return min(opens, add_months(until, policy.renewal_months - (policy.months or 0), anchor))
    return opens
