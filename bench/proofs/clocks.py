"""Eight schedulers and a clock nobody can trust: each daily job once for its date, and nothing waits for ever (REM-1).

Real processes on the real lock. The clock goes through both changes of the hour; it is set forward and back by an hour,
a day and a year while they run; whoever holds the lock is killed, or frozen and later thawed, again and again, also in
the middle of a job; all of them are down for days. Each run of a job leaves a row of its own in the transaction of its
work, so that a second one would show.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import random
import signal
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.sharedctypes import RawValue
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from bench.proofs import Outcome
from bench.proofs._killing import end, fork
from bench.proofs._place import application
from lmsapp.infra import clock, queue, scheduling
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.scheduling import Daily, Every, JobRun
from lmsapp.outreach.notices.actions import write_notice
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.recipient import Recipient
from lmsapp.outreach.notices.waits import shorten_waits
from tests.outreach.post import promise

ROUNDS = 200
SCHEDULERS = 8
ZONE = "Europe/Berlin"
SPRING, AUTUMN = dt.datetime(2026, 3, 24, 12, tzinfo=dt.UTC), dt.datetime(2026, 10, 20, 12, tzinfo=dt.UTC)
HOUR, DAY, YEAR = dt.timedelta(hours=1), dt.timedelta(days=1), dt.timedelta(days=365)
JUMPS = (HOUR, DAY, YEAR, -HOUR, -DAY, -YEAR)
FROZEN_AFTER_S = 2
PATIENCE_S = 60.0
SLOW_S = 0.15


@dataclass
class Shared:
    """What all processes see. `ahead`: of the product's clock, seconds; `holder`: who worked last; `looks`: how often."""

    ahead: Any = field(default_factory=lambda: RawValue("d", 0.0))
    holder: Any = field(default_factory=lambda: RawValue("i", 0))
    looks: Any = field(default_factory=lambda: RawValue("i", 0))

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + dt.timedelta(seconds=self.ahead.value)

    def set(self, instant: dt.datetime) -> None:
        self.ahead.value = (instant - dt.datetime.now(dt.UTC)).total_seconds()

    def move(self, by: dt.timedelta) -> None:
        self.ahead.value += by.total_seconds()


@dataclass
class Play:
    """The schedulers, and what went wrong."""

    app: Flask
    shared: Shared
    chance: random.Random
    number: int
    pids: list[int] = field(default_factory=list)
    frozen: list[int] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    late: list[str] = field(default_factory=list)
    slowest_s: float = 0.0

    def fill_up(self) -> None:
        while len(self.pids) < self.number:
            self.pids.append(fork(self.app, self._schedule))

    def _schedule(self) -> None:
        logging.disable(logging.CRITICAL)
        scheduling.LOOK_EVERY_S, scheduling.FROZEN_AFTER_S = 0.1, FROZEN_AFTER_S
        scheduling.run_forever(self.app, rows(self.shared), ZONE, threading.Event())

    def kill(self, pid: int) -> None:
        if pid in self.pids:
            self.pids.remove(pid)
            end(pid)

    def kill_all(self) -> None:
        self.thaw()
        for pid in list(self.pids):
            self.kill(pid)

    def freeze(self, pid: int) -> None:
        if pid in self.pids and not self.frozen:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
                self.frozen.append(pid)

    def thaw(self) -> None:
        while self.frozen:
            with suppress(ProcessLookupError):
                os.kill(self.frozen.pop(), signal.SIGCONT)

    def settle(self, what: str) -> None:
        """Until somebody has looked at the clock, twice, and done what is due by it. Counts how long that took."""
        began, seen = time.monotonic(), self.shared.looks.value
        while time.monotonic() - began < PATIENCE_S:
            if self.shared.looks.value >= seen + 2 and not self._missing():
                self.slowest_s = max(self.slowest_s, time.monotonic() - began)
                return
            time.sleep(0.03)
        self.late.append(f"{what}: at {self.shared.now()} nothing was done: {self._missing()}")

    def _missing(self) -> list[str]:
        """Jobs whose latest date has no row; nor today's, done before the clock was set back behind its hour. Worked out
        in another way than the scheduler does."""
        local = self.shared.now().astimezone(clock.zone(ZONE))
        with self.app.app_context():
            found = {(row.job, row.logical_date) for row in db.session.execute(select(JobRun.job, JobRun.logical_date))}
            db.session.remove()
        wanted = [(name, (local if local.time() >= at else local - DAY).date()) for name, at in DAILY.items()]
        return [f"{name} of {date}" for name, date in wanted if not {(name, date), (name, local.date())} & found]


DAILY = {"midnight": dt.time(0), "left out": dt.time(2, 30), "morning": dt.time(6)}


def rows(shared: Shared) -> list[scheduling.Row]:
    """One that is quick, one at an hour that is left out and one that comes twice, one for each day; and a sweep."""

    def look() -> None:
        shared.holder.value = os.getpid()
        shared.looks.value += 1

    return [
        Every("look", 0, look),
        Daily("midnight", DAILY["midnight"], _leave_row("midnight", 0), every_missed_day=True),
        Daily("left out", DAILY["left out"], _leave_row("left out", SLOW_S)),
        Daily("morning", DAILY["morning"], _leave_row("morning", 0)),
        Every("waits", 300, shorten_waits),
        Every("look again", 0, look),
    ]


def _leave_row(job: str, seconds: float) -> Callable[[dt.date], None]:
    """A job that takes so long, and leaves a row whatever others left."""

    def run(date: dt.date) -> None:
        key = f"{job}/{date}/{uuid.uuid4()}"
        to = Recipient(name="Proof", address=None)
        write_notice(key=key, channel="in_app", template="invitation", to=to, values={"email": ""}, link="/")
        db.session.flush()
        time.sleep(seconds)

    return run


def prove(rounds: int) -> Outcome:
    """Good when no date of a job was done twice, none was missed while somebody lived, and nothing waits for a year."""
    with application() as app:
        return play(app, rounds, SCHEDULERS)


def play(app: Flask, rounds: int, schedulers: int) -> Outcome:
    """On an application whose commits are commits, in a process without threads."""
    began, shared = time.monotonic(), Shared()
    queue.connect(app.config["REDIS_URL"]).flushdb()
    shared.set(SPRING)
    seed = int(os.environ.get("SEED") or 7)
    played = Play(app, shared, random.Random(seed), schedulers)
    with clock.set_to(shared.now):
        try:
            for number in range(rounds):
                if number == rounds // 2:
                    _months_down(played)
                played.fill_up()
                _round(played, number)
        finally:
            played.kill_all()
        return _judge(played, time.monotonic() - began)


def _months_down(played: Play) -> None:
    """From spring to autumn nobody runs; what matters of the days between is made up for, no more."""
    played.kill_all()
    played.shared.set(AUTUMN)
    before = _runs(played)
    played.fill_up()
    played.settle("after months")
    made_up = {job: _runs(played)[job] - before[job] for job in DAILY}
    played.done["made up for after months"] = sum(made_up.values())
    if made_up != {"midnight": scheduling.FURTHEST_BACK, "left out": 1, "morning": 1}:
        played.late.append(f"after months {made_up}")


def _round(played: Play, number: int) -> None:
    """Some hours go by, and something happens meanwhile."""
    chance, shared = played.chance, played.shared
    shared.move(dt.timedelta(minutes=chance.choice((20, 60, 150, 240, 420))))
    what = chance.choice(("kill", "kill", "kill in the middle", "freeze", "jump", "jump", "days down"))
    played.done[what] += 1
    if what == "kill in the middle":
        time.sleep(chance.uniform(0, SLOW_S * 2))
    if what.startswith("kill"):
        played.kill(shared.holder.value)
    elif what == "freeze":
        played.thaw()
        time.sleep(chance.uniform(0, SLOW_S))
        played.freeze(shared.holder.value)
    elif what == "jump":
        _jump(played, chance.choice(JUMPS), number)
    else:
        played.kill_all()
        shared.move(dt.timedelta(days=chance.randint(1, 5)))
    played.fill_up()
    played.settle(what)
    if played.frozen and chance.random() < 0.5:
        played.thaw()


def _jump(played: Play, by: dt.timedelta, number: int) -> None:
    """The clock is wrong for a while; meanwhile somebody is to be told something."""
    played.shared.move(by)
    played.settle(f"clock set by {by}")
    with played.app.app_context():
        with unit_of_work():
            promise(f"proof/{number}/email")
        db.session.remove()
    played.shared.move(-by)


def _runs(played: Play) -> Counter[str]:
    with played.app.app_context():
        found = Counter(db.session.scalars(select(JobRun.job)).all())
        db.session.remove()
    return found


def _judge(played: Play, seconds: float) -> Outcome:
    with played.app.app_context():
        keys = db.session.scalars(select(Notice.key).where(Notice.channel == "in_app")).all()
        dates = db.session.scalar(select(func.count()).select_from(JobRun)) or 0
        waits = (Notice.status == "queued", Notice.next_try_at > played.shared.now() + DAY)
        far = db.session.scalar(select(func.count()).where(*waits)) or 0
        db.session.remove()
    runs = Counter(key.rpartition("/")[0] for key in keys)
    twice = [name for name, count in runs.items() if count > 1]
    for one in [*played.late, *twice]:
        print(one, flush=True)
    figures: dict[str, object] = {
        "schedulers": played.number,
        **dict(sorted(played.done.items())),
        "dates done": dates,
        "twice": len(twice),
        "without their work": dates - len(runs),
        "missed or late": len(played.late),
        "notices that would wait": far,
        "slowest": f"{played.slowest_s:.1f} s",
        "seconds": round(seconds),
    }
    return Outcome(figures, good=not twice and dates == len(runs) and not played.late and not far)
