"""What a rule of keeping may say, and when it lets a record go (EVD-6). Pure; the database reckons alike
(`retention_end`), and a test holds both side by side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.calendar.rules import add_months

LONGEST_LAW = 300
LONGEST_REASON = 500
MOST_MONTHS = 1200


class Start(StrEnum):
    """From which day the time is counted."""

    MADE = "made"
    EFFECT = "effect"  # the last day it was in force; never before it was made
    EMPLOYMENT = "employment"  # the last day of employment


@dataclass(frozen=True, slots=True)
class Terms:
    """`months` None: for ever. `duty`: a law asks for it, and `law` says which."""

    months: int | None
    start: Start
    duty: bool
    law: str = ""


@dataclass(frozen=True, slots=True)
class Days:
    """Of one record; None: that day has not come yet."""

    made_on: dt.date
    effect_on: dt.date | None
    left_on: dt.date | None


def ends_on(terms: Terms, days: Days) -> dt.date | None:
    """The day it may go by this rule; None: not yet known, or never."""
    begins = {Start.MADE: days.made_on, Start.EFFECT: days.effect_on, Start.EMPLOYMENT: days.left_on}[terms.start]
    if terms.months is None or begins is None:
        return None
    return add_months(max(begins, days.made_on), terms.months)


def longest(rules: Iterable[Terms], days: Days) -> dt.date | None:
    """The longest wins; without a rule nothing ever goes."""
    ends = [ends_on(one, days) for one in rules]
    known = [day for day in ends if day is not None]
    return max(known) if known and len(known) == len(ends) else None


def check_terms(terms: Terms) -> None:
    """Raises RuleBroken."""
    if terms.months is not None and not 1 <= terms.months <= MOST_MONTHS:
        raise RuleBroken(N_("Between 1 and 1200 months; leave it empty to keep for ever."), field="months")
    if terms.duty and not terms.law.strip():
        raise RuleBroken(N_("Say which law asks for it."), field="law")


def check_reason(reason: str) -> str:
    """Without blanks around it. Raises RuleBroken for none (field 'reason')."""
    if not reason.strip():
        raise RuleBroken(N_("Say why."), field="reason")
    if len(reason) > LONGEST_REASON:
        raise RuleBroken(N_("Write %(most)s characters at most."), field="reason", most=LONGEST_REASON)
    return reason.strip()
