"""Where somebody stands with one thing a checklist asks, and whether that is good enough. Pure and dated (REP-3).

`expressions.standing_of` is the same in SQL; a test holds both together. All dates are days where the person is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from lmsapp.infra.words import N_, RuleBroken, cleaned_words

LONGEST_NAME = 100
LONGEST_REASON = 500
MOST_THINGS = 30
MOST_PEOPLE = 500  # named one by one; an audience or a line may be longer
FARTHEST = dt.timedelta(days=3 * 366)


class Group(StrEnum):
    """Who is on a checklist."""

    AUDIENCE = "audience"
    PEOPLE = "people"
    LINE = "line"


class Thing(StrEnum):
    """What it asks for."""

    COURSE = "course"
    PATH = "path"
    COMPLIANCE = "compliance"


class Standing(StrEnum):
    """In the words of enrollments where they have one (ENR-3). LAPSES: held today, and not any more on the day."""

    COMPLETED = "Completed"
    RENEWAL_REQUIRED = "Renewal Required"
    EXEMPT = "Exempt"
    LAPSES = "Lapses before the day"
    EXPIRED = "Expired"
    FAILED = "Failed"
    PAUSED = "Paused"
    IN_PROGRESS = "In Progress"
    NOT_STARTED = "Not Started"
    WITHDRAWN = "Withdrawn"
    NOT_ENROLLED = "Not enrolled"


READY = frozenset({Standing.COMPLETED, Standing.RENEWAL_REQUIRED, Standing.EXEMPT})
BLOCKING = tuple(one for one in Standing if one not in READY)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is on record of one person and one thing.

    `completed`: the latest time round that was completed, valid from then to the end of `valid_until` (None: for good).
    `exempt`: need not be held, by a decision of staff. `failed`: every attempt is used up; `started`, `failed` and
    `paused_until` are of the present time round.
    """

    enrolled: bool = False
    completed: bool = False
    valid_until: dt.date | None = None
    renewal_from: dt.date | None = None
    exempt: bool = False
    withdrawn: bool = False
    failed: bool = False
    paused_until: dt.date | None = None
    started: bool = False


def asked_on(day: dt.date, today: dt.date) -> dt.date:
    """The day that counts: that of the checklist while it is ahead; once it is over, today."""
    return max(day, today)


def readiness(facts: Facts, *, day: dt.date, today: dt.date) -> Standing:
    """Where it stands for a checklist of that `day`, seen `today`.

    A completion counts if it holds today and still on the day. One that does not is excused by an exemption, and by
    nothing else: what is under way is no completion yet.
    """
    held = _held(facts, asked_on(day, today), today)
    if held in READY:
        return held
    if facts.exempt:
        return Standing.EXEMPT
    if held is not None:
        return held
    return _under_way(facts, today)


def is_ready(standing: Standing, *, strict: bool = False) -> bool:
    """`strict`: what has to be renewed by the day is not good enough."""
    return standing in READY and not (strict and standing is Standing.RENEWAL_REQUIRED)


def may_pass(cleared_until: dt.date | None, *, allowed: bool, day: dt.date, today: dt.date) -> bool:
    """Whether somebody who is not ready passes all the same: cleared, through the day that counts."""
    return allowed and cleared_until is not None and cleared_until >= asked_on(day, today)


def is_go(*, people: int, blocked: int, unseen: int) -> bool:
    """Go only if somebody is on the list, nobody is blocked, and nobody is beyond what the asker may see."""
    return people > 0 and blocked == 0 and unseen == 0


def clean_name(name: str) -> str:
    """With single blanks. Raises RuleBroken for none, and for one too long."""
    name = " ".join(cleaned_words(name, LONGEST_NAME, "name").split())
    if not name:
        raise RuleBroken(N_("Give the checklist a name, like 'Sprint 12'."), field="name")
    return name


def check_day(day: dt.date, today: dt.date) -> None:
    """Ahead, or today. Raises RuleBroken."""
    if day < today:
        raise RuleBroken(N_("This day is over. Choose today or a day ahead."), field="day")
    if day > today + FARTHEST:
        raise RuleBroken(N_("Choose a day within the next three years."), field="day")


def check_things(things: Iterable[tuple[Thing, int]]) -> list[tuple[Thing, int]]:
    """Each once, in order. Raises RuleBroken for none, and for too many."""
    kept = list(dict.fromkeys(things))
    if not kept:
        raise RuleBroken(N_("Choose at least one course, learning path or compliance type."), field="courses")
    if len(kept) > MOST_THINGS:
        raise RuleBroken(N_("Choose at most %(most)s things."), field="courses", most=MOST_THINGS)
    return kept


def check_clearance(reason: str, until: dt.date, *, day: dt.date, today: dt.date) -> str:
    """The reason, cleaned. Raises RuleBroken without one, or for an end that does not reach the day."""
    reason = cleaned_words(reason, LONGEST_REASON, "reason")
    if not reason:
        raise RuleBroken(N_("Say why; it is shown beside the name and stays on the audit trail."), field="reason")
    on = asked_on(day, today)
    if until < on:
        raise RuleBroken(N_("Choose %(day)s or a later day: until then it has to hold."), field="until", day=on)
    if until > on + FARTHEST:
        raise RuleBroken(N_("Choose a day within the next three years."), field="until")
    return reason


def _held(facts: Facts, on: dt.date, today: dt.date) -> Standing | None:
    """What became of the completion; None where there is none."""
    if not facts.completed:
        return None
    if facts.valid_until is not None and today > facts.valid_until:
        return Standing.EXPIRED
    if facts.valid_until is not None and on > facts.valid_until:
        return Standing.LAPSES
    if facts.renewal_from is not None and on >= facts.renewal_from:
        return Standing.RENEWAL_REQUIRED
    return Standing.COMPLETED


def _under_way(facts: Facts, today: dt.date) -> Standing:
    if not facts.enrolled:
        return Standing.NOT_ENROLLED
    if facts.withdrawn:
        return Standing.WITHDRAWN
    if facts.failed:
        return Standing.FAILED
    if facts.paused_until is not None and today < facts.paused_until:
        return Standing.PAUSED
    return Standing.IN_PROGRESS if facts.started else Standing.NOT_STARTED
