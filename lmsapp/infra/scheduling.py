"""What runs by the clock, exactly once, however many schedulers are started.

One scheduler at a time works: it holds an advisory lock of PostgreSQL, the others wait. And each daily job leaves a
row, unique by job and logical date, in the transaction of its work: both happen or neither.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from flask import Flask
from sqlalchemy import Connection, UniqueConstraint, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from lmsapp.infra import clock, tracing
from lmsapp.infra.db import Model, db, unit_of_work

log = logging.getLogger(__name__)

LOCK_KEY = 0x4C4D53  # 'LMS'
LOOK_EVERY_S = 2.0
RETRY_AFTER = dt.timedelta(minutes=1)
FURTHEST_BACK = 31
LONGEST_REST_S = 10.0
FROZEN_AFTER_S = 600  # longer than any job takes


class JobRun(Model):
    """A daily job was done for this date. Deleting a row makes it run again."""

    __tablename__ = "job_run"
    __table_args__ = (UniqueConstraint("job", "logical_date"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    job: Mapped[str]
    logical_date: Mapped[dt.date]
    finished_at: Mapped[dt.datetime] = mapped_column(default=clock.now)


@dataclass(frozen=True, slots=True)
class Daily:
    """At a local time of the organisation, once per date. Days missed are made up for by the latest alone.

    `every_missed_day`: for a job whose result belongs to its date; it then runs for each missed date (31 at most).
    """

    job: str
    at: dt.time
    run: Callable[[dt.date], object]
    every_missed_day: bool = False


@dataclass(frozen=True, slots=True)
class Every:
    """Again and again, this many seconds after the last start. Must not mind running once too often."""

    job: str
    seconds: int
    run: Callable[[], object]


Row = Daily | Every


def dates_due(row: Daily, done: dt.date | None, now: dt.datetime) -> list[dt.date]:
    """The dates to run `row` for, oldest first. `now` is local; `done` is the last date already run."""
    latest = now.date() if now.time() >= row.at else now.date() - dt.timedelta(days=1)
    if done is not None and done >= latest:
        return []
    if done is None or not row.every_missed_day:
        return [latest]
    missed = min((latest - done).days, FURTHEST_BACK)
    return [latest - dt.timedelta(days=back) for back in reversed(range(missed))]


@dataclass
class Scheduler:
    """Runs what is due. `zone_name` is the organisation's time zone."""

    rows: Sequence[Row]
    zone_name: str
    _rests: dict[str, tuple[dt.datetime, dt.datetime]] = field(default_factory=dict)

    def run_due(self) -> list[str]:
        """One look at the clock. Names of the jobs that were run; a failing one is logged and tried again later."""
        done = []
        for row in self.rows:
            now = clock.now()
            if self._at_rest(row, now):
                continue
            try:
                with tracing.traced(tracing.Origin.JOB):
                    ran = self._run_daily(row, now) if isinstance(row, Daily) else self._run_interval(row, now)
            except Exception:
                self._rests[row.job] = now, now + RETRY_AFTER
                log.exception("scheduled job %s failed; trying again in %s", row.job, RETRY_AFTER)
            else:
                done += [row.job] * ran
            finally:
                db.session.remove()
        return done

    def _at_rest(self, row: Row, now: dt.datetime) -> bool:
        """Whether its time has not come. A rest that begins in the future is void: the clock was set back since."""
        since, until = self._rests.get(row.job, (now, now))
        return since <= now < until

    def _run_interval(self, row: Every, now: dt.datetime) -> int:
        self._rests[row.job] = now, now + dt.timedelta(seconds=row.seconds)
        with unit_of_work():
            row.run()
        return 1

    def _run_daily(self, row: Daily, now: dt.datetime) -> int:
        local = now.astimezone(clock.zone(self.zone_name))
        # Of dates to come only a clock that was wrong leaves rows: they say nothing about today.
        behind_us = JobRun.job == row.job, JobRun.logical_date <= local.date()
        done = db.session.scalar(select(func.max(JobRun.logical_date)).where(*behind_us))
        return sum(run_once(row, date) for date in dates_due(row, done, local))


def run_once(row: Daily, date: dt.date) -> bool:
    """Run `row` for `date` unless that was done. A second one at the same moment waits here, then finds it done."""
    with unit_of_work():
        db.session.execute(FREED_WHEN_FROZEN, {"after": f"{FROZEN_AFTER_S}s"})
        claim = insert(JobRun).values(job=row.job, logical_date=date, finished_at=clock.now())
        if db.session.scalar(claim.on_conflict_do_nothing().returning(JobRun.id)) is None:
            return False
        row.run(date)
        return True


def run_beside(app: Flask, row: Every, stop: threading.Event) -> None:
    """A loop of its own, for what may wait for no other job. Setting the clock on the wall moves nothing.

    It runs in each scheduler, working or waiting, so that a frozen one stops nothing: `row.run` lets only one work.
    """
    rest = float(row.seconds)
    while not stop.is_set():
        began = time.monotonic()
        try:
            with app.app_context(), tracing.traced(tracing.Origin.JOB):
                row.run()
            rest = float(row.seconds)
        except Exception as problem:
            rest = min(max(rest, 1) * 2, LONGEST_REST_S)
            log.warning("%s failed, trying again: %s", row.job, str(problem).splitlines()[:1])
        stop.wait(max(0.0, rest - (time.monotonic() - began)))


def run_forever(app: Flask, rows: Sequence[Row], zone_name: str, stop: threading.Event) -> None:
    """Until `stop` is set: wait for the lock, then look at the clock every two seconds. Survives a lost database."""
    scheduler = Scheduler(rows, zone_name)
    while not stop.is_set():
        try:
            with app.app_context(), db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as lock:
                lock.detach()  # closed when we leave: a connection back in the pool would keep the lock
                while not stop.is_set() and _hold(lock):
                    with app.app_context():
                        scheduler.run_due()
                    stop.wait(LOOK_EVERY_S)
        except SQLAlchemyError as problem:
            log.warning("scheduler lost the database, trying again: %s", str(problem).splitlines()[0])
        stop.wait(LOOK_EVERY_S)


def _hold(lock: Connection) -> bool:
    """Whether we are the one that works. Taken once; asking again shows that the connection still lives."""
    if lock.info.get("held"):
        lock.execute(text("SELECT 1"))
        return True
    lock.execute(LET_GO_WHEN_DEAD, {"after": f"{FROZEN_AFTER_S}s"})
    lock.info["held"] = bool(lock.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": LOCK_KEY}))
    return bool(lock.info["held"])


# A process that is killed closes its connections, and the lock goes on to the next. A machine that vanishes closes
# none, nor does a process that is frozen: then the database does, and a job half done is undone.
LET_GO_WHEN_DEAD = text(
    "SELECT set_config('tcp_keepalives_idle', '30', false), set_config('tcp_keepalives_interval', '10', false),"
    " set_config('tcp_keepalives_count', '3', false), set_config('idle_session_timeout', :after, false)"
)
FREED_WHEN_FROZEN = text("SELECT set_config('idle_in_transaction_session_timeout', :after, true)")
