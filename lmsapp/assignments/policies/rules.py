"""Which steps of a policy fall on which day, and which are sent today. Pure and dated (REM-2, REM-3, REM-6).

Days are dates where the assignee is. An assignment remembers through which day its steps were looked at; what lies
after that day and not after today is *reached*. Of the steps reached for one reader only the latest is sent, so that
days missed are caught up by one letter and not by a flood.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterator
from dataclasses import dataclass
from enum import StrEnum

from lmsapp.people.calendar.rules import add_working_days, is_working_day

DAY = dt.timedelta(days=1)
NONE: frozenset[dt.date] = frozenset()


class Moment(StrEnum):
    """What a step is counted from. A renewal (assigned before a certification lapses) has `BEFORE_EXPIRY` in place of
    `BEFORE_DUE`: it is due on the last valid day. `STALLED` is counted in hours from the learner's last step."""

    BEFORE_DUE = "before due"
    ON_DUE = "on due"
    AFTER_DUE = "after due"
    BEFORE_EXPIRY = "before expiry"
    STALLED = "stalled"


class ToWhom(StrEnum):
    """Who is told."""

    LEARNER = "learner"
    MANAGER = "manager"
    SECOND_MANAGER = "second manager"
    HR_PARTNER = "hr partner"


@dataclass(frozen=True, slots=True)
class Step:
    """`days` before or after; `every` so many days again, `most` times in all; `hours` of standstill for STALLED.

    `mandatory`: goes out beyond the cap of messages per person (never against their consent).
    """

    moment: Moment
    days: int = 0
    to_whom: ToWhom = ToWhom.LEARNER
    channels: tuple[str, ...] = ("email",)
    mandatory: bool = False
    every: int = 0
    most: int = 1
    hours: int = 0


@dataclass(frozen=True, slots=True)
class Policy:
    """A list of steps; `id` None is the one that ships."""

    name: str
    steps: tuple[Step, ...]
    id: int | None = None
    working_days: bool = False
    digest_allowed: bool = True


@dataclass(frozen=True, slots=True)
class Turn:
    """A step on its day. `nth` counts a step that comes again, from 0."""

    day: dt.date
    nth: int
    step: Step

    @property
    def offset(self) -> str:
        """Its part of a notice's key: 'before due/30', 'after due/7.2'."""
        return f"{self.step.moment}/{self.step.days}" + (f".{self.nth}" if self.nth else "")


STANDARD = Policy(
    "Standard",
    (
        Step(Moment.BEFORE_DUE, 7),
        Step(Moment.ON_DUE, mandatory=True),
        Step(Moment.AFTER_DUE, 7, every=7, most=4, mandatory=True),
        Step(Moment.AFTER_DUE, 1, ToWhom.MANAGER),
        Step(Moment.BEFORE_EXPIRY, 60),
        Step(Moment.BEFORE_EXPIRY, 30),
        Step(Moment.BEFORE_EXPIRY, 7),
    ),
)


def turns(
    policy: Policy, due_on: dt.date, *, renewal: bool = False, holidays: Container[dt.date] = NONE
) -> tuple[Turn, ...]:
    """Every step of the policy on its day, earliest first. STALLED ones have no day and are not among them."""
    found = [one for step in policy.steps for one in _of(step, due_on, renewal)]
    if policy.working_days:
        found = [Turn(_moved(one, due_on, holidays), one.nth, one.step) for one in found]
    return tuple(sorted(found, key=lambda one: one.day))


def next_day(all_turns: tuple[Turn, ...], through: dt.date) -> dt.date | None:
    """The first day after `through` on which something is to be sent."""
    return next((one.day for one in all_turns if one.day > through), None)


def reached(all_turns: tuple[Turn, ...], through: dt.date, today: dt.date) -> tuple[Turn, ...]:
    """What to send today: of the steps after `through` and not after `today` the latest for each reader.

    Two steps on one day for one reader are both sent when they go by different channels; by one channel the first of
    them says it all.
    """
    passed = [one for one in all_turns if through < one.day <= today]
    latest = {one.step.to_whom: one.day for one in passed}
    taken: dict[ToWhom, set[str]] = {}
    found = []
    for one in passed:
        ways = taken.setdefault(one.step.to_whom, set())
        if one.day == latest[one.step.to_whom] and not ways.issuperset(one.step.channels):
            ways.update(one.step.channels)
            found.append(one)
    return tuple(found)


def _of(step: Step, due_on: dt.date, renewal: bool) -> Iterator[Turn]:
    match step.moment:
        case Moment.BEFORE_DUE if not renewal:
            yield Turn(due_on - step.days * DAY, 0, step)
        case Moment.BEFORE_EXPIRY if renewal:
            yield Turn(due_on - step.days * DAY, 0, step)
        case Moment.ON_DUE:
            yield Turn(due_on, 0, step)
        case Moment.AFTER_DUE:
            for nth in range(step.most if step.every else 1):
                yield Turn(due_on + (step.days + nth * step.every) * DAY, nth, step)


def _moved(turn: Turn, due_on: dt.date, holidays: Container[dt.date]) -> dt.date:
    """To a working day: earlier while there is time, later once it is over; so nothing is told late."""
    if is_working_day(turn.day, holidays):
        return turn.day
    return add_working_days(turn.day, 1 if turn.day > due_on else -1, holidays)
