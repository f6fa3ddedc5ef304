"""What a policy comes to, on the days people ask about: shown before it is saved (CRS-6). Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from lmsapp.courses.validity.policy import Policy
from lmsapp.courses.validity.rules import DAY, Dates, dates_of
from lmsapp.infra.words import N_

LATE = 30  # days after the grace


@dataclass(frozen=True, slots=True)
class Example:
    """`words`: the case, to be translated. `after`: it renews what is valid until then."""

    words: str
    dates: Dates
    after: dt.date | None = None


def examples(policy: Policy, today: dt.date) -> list[Example]:
    """A first completion today, on the next 29 February and 31 January; renewals of the first one, early to late."""
    first = dates_of(policy, today)
    found = [
        Example(N_("Completed today"), first),
        Example(N_("Completed on 29 February"), dates_of(policy, _next(today, 2, 29))),
        Example(N_("Completed on 31 January"), dates_of(policy, _next(today, 1, 31))),
    ]
    found += [Example(words, dates_of(policy, day, first.held()), first.valid_until) for words, day in _renewals(first)]
    return found


def _renewals(first: Dates) -> Iterator[tuple[str, dt.date]]:
    opens, until, grace = first.window_opens_on, first.valid_until, first.grace_until
    if opens is None or until is None or grace is None:
        return
    if opens - DAY > first.certified_on:
        yield N_("Renewed the day before the window opens"), opens - DAY
    yield N_("Renewed on the first day of the window"), opens
    yield N_("Renewed on the last day"), until
    if grace > until:
        yield N_("Renewed on the last day of grace"), grace
    yield N_("Renewed 30 days too late"), grace + dt.timedelta(days=LATE)


def _next(today: dt.date, month: int, day: int) -> dt.date:
    """The next day of that name, today included; 29 February may be seven years away."""
    year = today.year
    while True:
        try:
            found = dt.date(year, month, day)
        except ValueError:
            found = dt.date.min
        if found >= today:
            return found
        year += 1
