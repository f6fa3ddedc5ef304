"""One assignment through its calendar: what the job does, and beside it what must come of it.

The job's part is the product's own: `Plan.look`, `looked_through`, the days at six in the morning, and keys that make a
second promise nothing. What must come of it is said again here, from instants: when a day begins in a zone, which steps
fall on it, which of those a later one made needless.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from lmsapp.assignments.policies.rules import DAY, Moment, Policy, Step, ToWhom, Turn
from lmsapp.assignments.reminding.planning import RENEWAL, Plan, looked_through
from lmsapp.infra import clock

COURSE = 1
BEFORE = (Moment.BEFORE_DUE, Moment.BEFORE_EXPIRY)
CHANGES = (dt.date(2027, 3, 14), dt.date(2027, 3, 28), dt.date(2027, 4, 4), dt.date(2027, 9, 26), dt.date(2027, 10, 31))
DAYS = (1, 2, 3, 5, 7, 10, 14, 21, 30, 60)
WAYS = (("email",), ("email",), ("email", "in_app"), ("sms",), ("slack", "in_app"))
Key = tuple[dt.date, str, str, str]  # due date, offset, reader, channel


@dataclass(slots=True)
class Example:
    """`changes`: a new due date and the instant it is set."""

    zone: str
    policy: Policy
    source: str
    days_off: frozenset[dt.date]
    assigned_at: dt.datetime
    due_on: dt.date
    runs: list[dt.datetime]
    changes: list[tuple[dt.datetime, dt.date]]


@dataclass(slots=True)
class Told:
    """A promise: when it was made, and for which turn."""

    at: dt.datetime
    turn: Turn


@dataclass(slots=True)
class Calendar:
    """The assignment as its row has it, and what was promised, by key."""

    example: Example
    due_on: dt.date
    plan: Plan
    through: dt.date | None = None
    following: dt.date | None = None
    told: dict[Key, Told] = field(default_factory=dict)
    looks: int = 0

    def here(self, now: dt.datetime) -> dt.date:
        return now.astimezone(clock.zone(self.example.zone)).date()

    def run(self, now: dt.datetime) -> None:
        """As `remind_due` does with one row."""
        one = self.example
        if self.through is not None and self.through > now.date() + DAY:
            self.through, self.following = self.here(now) - DAY, self.here(now)
        today = _day_begun(now, one.zone)
        if self.following is None or self.following > today:
            return
        self.looks += 1
        through = looked_through(self.through, one.assigned_at, one.zone)
        turns, self.following = self.plan.look(COURSE, self.due_on, one.source, through, today)
        self.through = max(through, today)
        for turn in turns:
            for channel in turn.step.channels:
                self.told.setdefault((self.due_on, turn.offset, turn.step.to_whom, channel), Told(now, turn))

    def move(self, now: dt.datetime, due_on: dt.date) -> None:
        """As `plan_anew` does."""
        self.due_on, self.through = due_on, self.here(now) - DAY
        turns = self.plan.turns(COURSE, due_on, self.example.source)
        self.following = next((one.day for one in turns if one.day >= self.here(now)), None)


def play(one: Example) -> Calendar:
    """Assigned, then each run and each change in the order they are given."""
    plan = Plan({COURSE: one.policy}, one.days_off)
    calendar = Calendar(one, one.due_on, plan)
    calendar.following = plan.first_day(COURSE, one.due_on, one.source, calendar.here(one.assigned_at))
    changes = list(one.changes)
    for now in one.runs:
        while changes and changes[0][0] <= now:
            calendar.move(*changes.pop(0))
        calendar.run(now)
    return calendar


def wrong(calendar: Calendar) -> Iterator[str]:
    """Everything that is not as it must be, in words."""
    one = calendar.example
    segments = [(one.assigned_at, one.due_on, list[dt.datetime]())]
    changes = list(one.changes)
    for run in one.runs:  # in their order: a clock set back undoes no change
        while changes and changes[0][0] <= run:
            segments.append((*changes.pop(0), []))
        segments[-1][2].append(run)
    for since, due_on, runs in segments:
        yield from _wrong_about(calendar, due_on, calendar.here(since), runs)


def _wrong_about(calendar: Calendar, due_on: dt.date, first: dt.date, runs: Sequence[dt.datetime]) -> Iterator[str]:
    one = calendar.example
    turns = calendar.plan.turns(COURSE, due_on, one.source)
    told = {key: said for key, said in calendar.told.items() if key[0] == due_on}
    for (_due, _offset, _whom, channel), said in told.items():
        if said.turn.day < first:
            yield f"{said.turn.offset} lay before {first}"
        if said.at < _six(said.turn.day, one.zone):
            yield f"{said.turn.offset} by {channel} went out before its morning"
        if said.turn.step.moment in BEFORE and _day_begun(said.at, one.zone) > due_on:
            yield f"{said.turn.offset} went out after the due date"
    for turn in turns:
        for channel in turn.step.channels:
            key = (due_on, turn.offset, turn.step.to_whom, channel)
            if (
                turn.day >= first
                and key not in told
                and not _explained(turn, channel, told.values(), runs, due_on, one)
            ):
                yield f"{turn.offset} to {turn.step.to_whom} by {channel} on {turn.day} was lost"


def _explained(
    turn: Turn, channel: str, told: object, runs: Sequence[dt.datetime], due_on: dt.date, one: Example
) -> bool:
    """No run came on or after its morning; or a later step for the same reader came, or had come by mistake before, or
    the same day said it by that channel; or it was to come before what was over at the first run after its morning."""
    after = [run for run in runs if run >= _six(turn.day, one.zone)]
    if not after:
        return True
    if turn.step.moment in BEFORE and _day_begun(after[0], one.zone) > due_on:
        return True
    return any(
        said.turn.step.to_whom is turn.step.to_whom
        and (said.turn.day > turn.day or (said.turn.day == turn.day and channel in said.turn.step.channels))
        for said in told  # type: ignore[attr-defined]
    )


def _six(day: dt.date, zone: str) -> dt.datetime:
    """Six in the morning of that day there, by the clock on the wall."""
    return dt.datetime.combine(day, dt.time(6), tzinfo=clock.zone(zone)).astimezone(dt.UTC)


def _day_begun(now: dt.datetime, zone: str) -> dt.date:
    """Whose morning has come there."""
    return (now.astimezone(clock.zone(zone)) - clock.NIGHT).date()


def example(random: Random, zone: str) -> Example:
    """A zone, a policy, a due date (often at a clock change), and a job that is late, missing, doubled or misled."""
    due_on = random.choice(CHANGES) + random.randint(-3, 3) * DAY
    if random.random() < 0.5:
        due_on = dt.date(2027, 1, 1) + random.randrange(365) * DAY
    noon = dt.datetime.combine(due_on - random.randint(1, 90) * DAY, dt.time(12), tzinfo=dt.UTC)
    assigned_at = noon + dt.timedelta(minutes=random.randrange(-720, 720))
    days_off = frozenset(due_on + random.randint(-40, 40) * DAY for _n in range(random.randrange(4)))
    changes = []
    if random.random() < 0.2:
        moved_at = assigned_at + dt.timedelta(minutes=random.randrange(1, 60 * 24 * 40))
        changes.append((moved_at, max(due_on, moved_at.date()) + random.randint(2, 60) * DAY))
    last = max([due_on, *(day for _at, day in changes)])
    runs = list(_runs(random, assigned_at, dt.datetime.combine(last + 70 * DAY, dt.time(12), tzinfo=dt.UTC)))
    source = RENEWAL if random.random() < 0.3 else "staff"
    return Example(zone, _policy(random), source, days_off, assigned_at, due_on, runs, changes)


def _policy(random: Random) -> Policy:
    steps = []
    for _n in range(random.randint(1, 6)):
        moment = random.choice(
            (Moment.BEFORE_DUE, Moment.BEFORE_DUE, Moment.ON_DUE, Moment.AFTER_DUE, Moment.BEFORE_EXPIRY)
        )
        whom = ToWhom.LEARNER if random.random() < 0.7 else random.choice(tuple(ToWhom))
        every = random.choice((0, 7, 3)) if moment is Moment.AFTER_DUE else 0
        days = 0 if moment is Moment.ON_DUE else random.choice(DAYS)
        steps.append(Step(moment, days, whom, random.choice(WAYS), every=every, most=random.randint(1, 5)))
    # As `checks` asks: no two of them tell the same person the same day by the same way.
    steps = list({(one.moment, one.days, one.to_whom): one for one in steps}.values())
    return Policy("Any", tuple(steps), working_days=random.random() < 0.4)


def _runs(random: Random, begin: dt.datetime, end: dt.datetime) -> Iterator[dt.datetime]:
    """Mostly each day or so, sometimes twice at once, sometimes not for weeks, sometimes by a clock that stands wrong."""
    now = begin
    while now < end:
        now += dt.timedelta(minutes=random.choice((5, 300, 1440, 1440, 1500, 4000, 30000)))
        yield now
        what = random.random()
        if what < 0.1:
            yield now
        elif what < 0.14:
            yield now - random.choice((dt.timedelta(hours=1), DAY))
    yield end
    yield end
