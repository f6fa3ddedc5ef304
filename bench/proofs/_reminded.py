"""What should be heard of assigned training, told without the product: lives drawn from a seed, and their letters.

Written from the words of REM-1 to REM-3 and REM-8 alone: nothing of the product's rules is asked here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from random import Random
from zoneinfo import ZoneInfo

DAY = dt.timedelta(days=1)
NIGHT = dt.timedelta(hours=6)
BEGIN = dt.datetime(2027, 2, 1, tzinfo=dt.UTC)  # with the clock changes of north and south in it
ASSIGNED_WITHIN = 25  # days
ZONES = (
    "America/Chicago", "America/New_York", "Europe/Berlin", "Asia/Kolkata", "Pacific/Auckland", "Pacific/Honolulu",
    "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Santiago", "UTC", "Pacific/Kiritimati",
)  # fmt: skip
# Most people do their training soon after they are told of it.
FATES = {"completes": 70, "forgets": 10, "pauses": 6, "is cancelled": 4, "leaves": 3, "gets more time": 7}
HOLIDAYS = frozenset({dt.date(2027, 3, 26), dt.date(2027, 3, 29), dt.date(2027, 5, 31)})


@dataclass(frozen=True, slots=True)
class Steps:
    """A policy in plain numbers. `after`: first day, days between, times. Channels of steps before, and from, the due
    date; those from it on are mandatory. `renewal`: training that renews a certification."""

    name: str
    before: tuple[int, ...]
    after: tuple[int, int, int] | None
    before_by: tuple[str, ...] = ("email",)
    after_by: tuple[str, ...] = ("email",)
    working_days: bool = False
    renewal: bool = False

    def days(self, due_on: dt.date, holidays: Container[dt.date]) -> Iterator[tuple[dt.date, str, tuple[str, ...]]]:
        """(day, offset as keys spell it, channels) of every step."""
        word = "before expiry" if self.renewal else "before due"
        for days in self.before:
            yield self._on(due_on - days * DAY, due_on, holidays), f"{word}/{days}", self.before_by
        yield self._on(due_on, due_on, holidays), "on due/0", self.after_by
        if self.after:
            first, every, times = self.after
            for nth in range(times):
                day = due_on + (first + nth * every) * DAY
                told = f"after due/{first}" + (f".{nth}" if nth else "")
                yield self._on(day, due_on, holidays), told, self.after_by

    def _on(self, day: dt.date, due_on: dt.date, holidays: Container[dt.date]) -> dt.date:
        step = DAY if day > due_on else -DAY
        while self.working_days and (day.weekday() >= 5 or day in holidays):
            day += step
        return day


POLICIES = (
    Steps("Privacy", (30, 14, 3), (7, 7, 2)),
    Steps("Safety", (60, 30, 7), (1, 3, 3), ("sms", "email"), ("sms",), working_days=True, renewal=True),
    Steps("Everything else", (7,), None, ("email", "in_app"), ("in_app",)),
)


@dataclass(slots=True)
class Life:
    """One person's assignment of one course. `due_on`, `paused_until` (the first day back) change as it goes.

    `spans`: (from, until) instants with the due date that held, while it was open and not paused.
    `keys`: what must have been promised, as 'due date/offset/reader/channel'. `course`: which of the policy's.
    `siblings`: all of the same person, this one among them. `open`: assigned, and neither completed nor closed.
    """

    person: int
    policy: Steps
    zone: ZoneInfo
    assigned_at: dt.datetime
    due_on: dt.date
    fate: str
    at: dt.datetime
    pause_days: int
    course: int = 0
    assignment_id: int = 0
    open: bool = False
    paused_until: dt.date | None = None
    through: dt.date = dt.date.min
    spans: list[tuple[dt.datetime, dt.datetime | None, dt.date]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    siblings: tuple[Life, ...] = ()

    def begin(self) -> None:
        """Assigned just now."""
        self.open = True
        self.through = self.assigned_at.astimezone(self.zone).date() - DAY
        self.spans.append((self.assigned_at, None, self.due_on))

    def end(self, at: dt.datetime) -> None:
        """Completed, cancelled or left."""
        self.open = False
        self._shut(at)

    def pause(self, at: dt.datetime) -> dt.date:
        """The last day of it. The due date moves along unless it is over."""
        today = at.astimezone(self.zone).date()
        last = today + self.pause_days * DAY
        self.paused_until = last + DAY
        self._shut(at)
        if self.due_on >= today:
            self.due_on += (self.pause_days + 1) * DAY
            self.through = today - DAY
        return last

    def move(self, at: dt.datetime) -> dt.date:
        """The new due date."""
        self._shut(at)
        today = at.astimezone(self.zone).date()
        self.due_on = max(self.due_on, today) + self.pause_days * DAY
        self.through = today - DAY
        self.spans.append((at, None, self.due_on))
        return self.due_on

    def job_runs(self, now: dt.datetime, holidays: Container[dt.date]) -> None:
        """The daily job looks. Of what has come since it looked last only the latest day is told."""
        if self.paused_until is not None and now.astimezone(self.zone).date() >= self.paused_until:
            self.paused_until = None
            if self.open:
                self.spans.append((now, None, self.due_on))
        if not self.open or self.paused_until is not None:
            return
        today = (now.astimezone(self.zone) - NIGHT).date()
        came = [one for one in self.policy.days(self.due_on, holidays) if self.through < one[0] <= today]
        if came:
            latest = max(day for day, _offset, _channels in came)
            ways: set[str] = set()  # two steps moved to one day by a holiday: by one channel the first says it all
            for day, offset, channels in came:
                if day == latest and not ways.issuperset(channels):
                    ways.update(channels)
                    self.keys |= {f"{self.due_on}/{offset}/learner/{by}" for by in channels}
            self.through = max(self.through, today)

    def wanted(self, due_on: dt.date, at: dt.datetime) -> bool:
        """Whether a letter about that due date may be read at that instant."""
        return any(
            since <= at and (until is None or at <= until) and held == due_on for since, until, held in self.spans
        )

    def _shut(self, at: dt.datetime) -> None:
        since, until, due_on = self.spans[-1]
        if until is None:
            self.spans[-1] = (since, at, due_on)


def lives(people: int, seed: int) -> list[Life]:
    """One for each person, and a second and third for every tenth: there the caps bind."""
    chance, found = Random(seed), []
    for person in range(people):
        own = tuple(_life(chance, person, course) for course in range(3 if person % 10 == 0 else 1))
        for one in own:
            one.siblings = own
        found += own
    return found


def _life(chance: Random, person: int, course: int) -> Life:
    zone = ZoneInfo(ZONES[person % len(ZONES)])
    policy = POLICIES[0] if person % 10 == 0 else chance.choices(POLICIES, (5, 3, 2))[0]
    assigned_at = BEGIN + dt.timedelta(days=chance.randrange(ASSIGNED_WITHIN), hours=12)
    span = chance.randrange(61, 75) if policy.renewal else chance.randrange(32, 60)
    due_on = assigned_at.astimezone(zone).date() + span * DAY
    fate = chance.choices(tuple(FATES), tuple(FATES.values()))[0]
    soon = 0.2 if fate == "completes" else (span + 20) / 2
    at = assigned_at + dt.timedelta(days=chance.triangular(0.2, span + 20, soon))
    return Life(person, policy, zone, assigned_at, due_on, fate, at, chance.randrange(3, 20), course)
