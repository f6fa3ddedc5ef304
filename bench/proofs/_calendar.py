"""CRS-6 by the calendar: every day somebody can complete on, by every basis, several renewals in a row.

What is expected is worked out here a second time and in another way (month numbers and a table of month lengths), so
that a mistake in the rule is not its own measure. Used by the proof with all days and by the tests with some.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

from lmsapp.courses.validity.policy import Basis, Late, Policy, Unit
from lmsapp.courses.validity.rules import Dates, Timing, dates_of
from lmsapp.learning.enrollments.rules import EnrollmentStatus, status

DAY = dt.timedelta(days=1)
LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
MONTHS = (1, 2, 3, 6, 11, 12, 13, 18, 24, 36, 60)
RENEWALS = 4
# When somebody renews, as days from the moment named; each chain uses one moment throughout.
MOMENTS = (
    "long before",
    "day before window",
    "first day of window",
    "last day",
    "last day of grace",
    "late",
    "very late",
)


@dataclass
class Figures:
    """What was looked at, and what was wrong (the first hundred, in words)."""

    certifications: int = 0
    days: int = 0
    wrong: list[str] = field(default_factory=list)

    def expect(self, true: bool, *words: object) -> None:
        """Note what was not so."""
        if not true and len(self.wrong) < 100:
            self.wrong.append(" ".join(map(str, words)))


def policies(months: Iterable[int] = MONTHS) -> Iterator[Policy]:
    """Every basis and late rule with windows and 'Renewal Required' by age, by days, and not at all."""
    for n in months:
        ahead = [
            Policy(n, lead=min(60, n * 14)),
            Policy(n, max(1, n - 1), lead=min(60, n * 14), grace_days=30),
            Policy(n, None, min(30, n * 20), lead=n - 1, lead_unit=Unit.MONTHS, grace_days=7),
        ]
        for one in ahead:
            for basis, late in ((Basis.COMPLETION, Late.COMPLETION), *((Basis.PREVIOUS, late) for late in Late)):
                yield _but(one, basis=basis, late=late)
            if n % 12 == 0:
                for month, day, within in ((3, 31, 90), (2, 29, 0), (12, 31, 300)):
                    yield _but(one, basis=Basis.FIXED, fixed_month=month, fixed_day=day, fixed_within=within)


def check_calendar(days: Iterable[dt.date], chosen: Iterable[Policy], every_day: bool = False) -> Figures:
    """Play each policy from each day on. `every_day`: name the status on each day in between, not only at the turns."""
    figures, days = Figures(), list(days)
    for policy in chosen:
        policy.check()
        latest = dt.date.min
        for day in days:
            first = dates_of(policy, day)
            check_one(figures, policy, first, None)
            figures.expect((first.valid_until or day) >= latest, "a later completion ends sooner", policy, day)
            latest = first.valid_until or day
            for moment in MOMENTS:
                play(figures, policy, first, moment, every_day)
    return figures


def play(figures: Figures, policy: Policy, first: Dates, moment: str, every_day: bool) -> None:
    """Renew again and again at the same moment."""
    before = first
    for _again in range(RENEWALS):
        completed = when(before, moment)
        after = dates_of(policy, completed, before.held())
        figures.expect(after.timing is timing(before, completed), "timing", policy, before, completed, after.timing)
        check_one(figures, policy, after, before)
        check_days(figures, before, after, every_day)
        before = after


def when(held: Dates, moment: str) -> dt.date:
    """The day of the renewal, never before the day after the last completion."""
    opens, until, grace = held.window_opens_on, held.valid_until, held.grace_until
    assert opens
    assert until
    assert grace
    day = {
        "long before": held.certified_on + DAY,
        "day before window": opens - DAY,
        "first day of window": opens,
        "last day": until,
        "last day of grace": grace,
        "late": grace + DAY,
        "very late": grace + 800 * DAY,
    }[moment]
    return max(day, held.certified_on + DAY)


def timing(held: Dates, completed: dt.date) -> Timing:
    """By the three turns."""
    assert held.window_opens_on
    assert held.grace_until
    if completed < held.window_opens_on:
        return Timing.EARLY
    return Timing.ON_TIME if completed <= held.grace_until else Timing.LATE


def check_one(figures: Figures, policy: Policy, got: Dates, held: Dates | None) -> None:
    """One certification by itself and after the one before."""
    figures.certifications += 1
    opens, until, grace = got.window_opens_on, got.valid_until, got.grace_until
    said = (policy, "held", held, "got", got)
    if not (opens and until and grace):
        figures.expect(False, "a date is missing", *said)
        return
    figures.expect(got.certified_on < opens <= (got.renewal_from or until) <= until <= grace, "order", *said)
    figures.expect(got.certified_on <= got.valid_from <= until, "begins after its end", *said)
    figures.expect((grace - until).days == policy.grace_days, "grace", *said)
    last = held.valid_until if held else None
    figures.expect(until == expected(policy, got, held), "until", expected(policy, got, held), *said)
    if last is None:
        figures.expect(got.valid_from == got.certified_on, "first begins", *said)
    elif got.certified_on <= last:
        figures.expect(until >= last, "a renewal shortens", *said)
        figures.expect(until == last or got.valid_from == last + DAY, "gap or overlap", *said)
    else:
        figures.expect(got.valid_from == got.certified_on, "late begins", *said)


def expected(policy: Policy, got: Dates, held: Dates | None) -> dt.date:
    """The last day, worked out anew."""
    months, done, last = policy.months or 0, got.certified_on, held.valid_until if held else None
    on_time = got.timing is Timing.ON_TIME
    if policy.basis is Basis.FIXED:
        base = last if last and on_time else done
        until = fixed(policy, base, done)
        return max(until, last) if last and got.timing is not Timing.LATE else until
    aligned = policy.basis is Basis.PREVIOUS and (
        on_time or (got.timing is Timing.LATE and policy.late is Late.PREVIOUS)
    )
    if aligned and held and last:
        times = 1
        while opening(policy, moved(last, months * times, held.anchor_day), held.anchor_day) <= done:
            times += 1
        return moved(last, months * times, held.anchor_day)
    until = moved(done, months, done.day)
    return max(until, last) if last and got.timing is not Timing.LATE else until


@cache
def fixed(policy: Policy, base: dt.date, done: dt.date) -> dt.date:
    """Walk day by day to the fixed date that is far enough ahead."""
    day = max(base + policy.fixed_within * DAY, done) + DAY
    while (day.month, day.day) != (policy.fixed_month, min(policy.fixed_day, length(day.year, policy.fixed_month))):
        day += DAY
    years = (policy.months or 12) // 12 - 1
    return dt.date(day.year + years, day.month, min(policy.fixed_day, length(day.year + years, day.month)))


def opening(policy: Policy, until: dt.date, anchor: int) -> dt.date:
    """The first day of the window: the lead, or sooner when renewal is required sooner."""
    opens = moved(until, -policy.lead, anchor) if policy.lead_unit is Unit.MONTHS else until - dt.timedelta(policy.lead)
    if policy.renewal_days is not None:
        return min(opens, until - dt.timedelta(policy.renewal_days))
    return (
        min(opens, moved(until, policy.renewal_months - (policy.months or 0), anchor))
        if policy.renewal_months
        else opens
    )


@cache
def moved(day: dt.date, months: int, anchor: int) -> dt.date:
    """So many months on, one at a time, on the anchor's day or the month's last."""
    year, month = day.year, day.month
    for _one in range(abs(months)):
        month += 1 if months > 0 else -1
        year, month = (year + 1, 1) if month == 13 else (year - 1, 12) if month == 0 else (year, month)
    return dt.date(year, month, min(anchor, length(year, month)))


def length(year: int, month: int) -> int:
    """Days of a month."""
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if month == 2 and leap else LENGTHS[month - 1]


def check_days(figures: Figures, before: Dates, after: Dates, every_day: bool) -> None:
    """The status on each day from one completion to the next: Completed, Renewal Required, Expired, in that order."""
    until, required = before.valid_until, before.renewal_from
    assert until
    turns = {
        before.certified_on,
        until,
        until + DAY,
        after.certified_on - DAY,
        *([required, required - DAY] if required else []),
    }
    span = (after.certified_on - before.certified_on).days
    days = (before.certified_on + n * DAY for n in range(span)) if every_day else sorted(turns)
    for day in days:
        if not before.certified_on <= day < after.certified_on:
            continue
        figures.days += 1
        named = name(before, day)
        if day > until:
            wanted = EnrollmentStatus.EXPIRED
        elif required and day >= required:
            wanted = EnrollmentStatus.RENEWAL_REQUIRED
        else:
            wanted = EnrollmentStatus.COMPLETED
        figures.expect(named is wanted, "status", named, "instead of", wanted, "on", day, before)
    figures.expect(name(after, after.certified_on) is EnrollmentStatus.COMPLETED, "not completed on the day", after)


def name(dates: Dates, day: dt.date) -> EnrollmentStatus:
    """By the one rule that names a status."""
    return status(
        started=True,
        completed_on=dates.certified_on,
        failed=False,
        withdrawn=False,
        valid_until=dates.valid_until,
        renewal_from=dates.renewal_from,
        today=day,
    )


def _but(policy: Policy, **other: object) -> Policy:
    return Policy(**{**{name: getattr(policy, name) for name in policy.__dataclass_fields__}, **other})  # type: ignore[arg-type]
