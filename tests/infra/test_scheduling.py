"""What runs by the clock runs exactly once for its date, whoever asks and however often."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select

from lmsapp.infra.db import db
from lmsapp.infra.scheduling import Daily, Every, JobRun, Scheduler, dates_due, run_forever, run_once
from tests.clock import Clock

SIX = dt.time(6)
CHICAGO = "America/Chicago"


def nothing(_date: dt.date) -> None: ...


def at(day: int, hour: int) -> dt.datetime:
    return dt.datetime(2026, 11, day, hour)  # noqa: DTZ001 - local, as the rule takes it


@pytest.mark.parametrize(
    ("done", "now", "every", "expected"),
    [
        (None, at(2, 5), False, [1]),
        (None, at(2, 7), False, [2]),
        (1, at(2, 5), False, []),
        (1, at(2, 6), False, [2]),
        (2, at(2, 23), False, []),
        (2, at(7, 12), False, [7]),
        (2, at(7, 12), True, [3, 4, 5, 6, 7]),
        (2, at(7, 5), True, [3, 4, 5, 6]),
        (9, at(7, 12), True, []),
    ],
)
def test_which_dates_are_due(done: int | None, now: dt.datetime, every: bool, expected: list[int]) -> None:
    """Days missed are made up for by the latest alone, unless each one counts; a clock set back runs nothing twice."""
    row = Daily("remind", SIX, nothing, every_missed_day=every)
    last = dt.date(2026, 11, done) if done else None
    assert [date.day for date in dates_due(row, last, now)] == expected


def test_a_daily_job_runs_once_at_its_local_time(clock: Clock, app: Flask) -> None:
    dates: list[dt.date] = []
    scheduler = Scheduler([Daily("remind", SIX, dates.append)], CHICAGO)
    clock.set(dt.datetime(2026, 11, 2, 11, 59, tzinfo=dt.UTC))  # 05:59 in Chicago
    scheduler.run_due()
    clock.move(minutes=1)
    assert scheduler.run_due() == ["remind"]
    clock.move(hours=10)
    assert scheduler.run_due() == []
    assert dates == [dt.date(2026, 11, 1), dt.date(2026, 11, 2)]


def test_five_days_down_are_caught_up_without_a_flood(clock: Clock, app: Flask) -> None:
    latest: list[dt.date] = []
    each: list[dt.date] = []
    rows = [Daily("remind", SIX, latest.append), Daily("report", SIX, each.append, every_missed_day=True)]
    Scheduler(rows, CHICAGO).run_due()
    clock.move(days=5)
    Scheduler(rows, CHICAGO).run_due()
    assert [date.day for date in latest] == [2, 7]
    assert [date.day for date in each] == [2, 3, 4, 5, 6, 7]


def test_a_failing_job_leaves_no_row_and_stops_no_other(clock: Clock, app: Flask) -> None:
    def fail(_date: dt.date) -> None:
        raise RuntimeError("no")

    ran: list[dt.date] = []
    rows = [Daily("broken", SIX, fail), Daily("sound", SIX, ran.append)]
    scheduler = Scheduler(rows, CHICAGO)
    assert scheduler.run_due() == ["sound"]
    assert db.session.scalars(select(JobRun.job)).all() == ["sound"]
    rows[0] = Daily("broken", SIX, ran.append)
    assert scheduler.run_due() == [], "not again at once"
    clock.move(minutes=2)
    assert scheduler.run_due() == ["broken"]


def test_an_interval_job_runs_again_and_again(clock: Clock, app: Flask) -> None:
    ran: list[int] = []
    scheduler = Scheduler([Every("sweep", 15, lambda: ran.append(1))], CHICAGO)
    for _ in range(31):
        scheduler.run_due()
        clock.move(seconds=1)
    assert len(ran) == 3


def test_eight_at_once_make_one_run(own_app: Flask) -> None:
    """Even without the lock: the row is unique, and made in the transaction of the work."""
    together = threading.Barrier(8)
    ran: list[dt.date] = []
    row = Daily("remind", SIX, ran.append)

    def one_scheduler(_number: int) -> bool:
        with own_app.app_context():
            together.wait()
            return run_once(row, dt.date(2026, 11, 2))

    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(one_scheduler, range(8)))
    assert sorted(results) == [False] * 7 + [True]
    assert len(ran) == 1


def test_of_two_schedulers_one_works_and_the_other_takes_over(own_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lmsapp.infra.scheduling.LOOK_EVERY_S", 0.05)
    worked = {"first": threading.Event(), "second": threading.Event()}
    stops = {name: threading.Event() for name in worked}

    def start(name: str) -> threading.Thread:
        rows = [Every("sweep", 0, worked[name].set)]
        thread = threading.Thread(target=run_forever, args=(own_app, rows, CHICAGO, stops[name]))
        thread.start()
        return thread

    first = start("first")
    assert worked["first"].wait(5)
    second = start("second")
    assert not worked["second"].wait(0.5)
    stops["first"].set()
    first.join(5)
    assert worked["second"].wait(5)
    stops["second"].set()
    second.join(5)
    with own_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(JobRun)) == 0
