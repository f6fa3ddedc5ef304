"""Clocks that are set forward and back, and machines that freeze: nothing twice, and nothing waits for ever (REM-1)."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select, text

from lmsapp.evidence.seals.actions import promise_file, sweep_files
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra import backoff, scheduling
from lmsapp.infra.clock import end_of_day
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.scheduling import Daily, Every, Scheduler, dates_due
from lmsapp.outreach.notices import delivery
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.waits import shorten_waits
from tests.clock import Clock
from tests.outreach.post import promise

HOUR, DAY, YEAR = dt.timedelta(hours=1), dt.timedelta(days=1), dt.timedelta(days=365)
SIX = dt.time(6)


@pytest.mark.parametrize("jump", [HOUR, 3 * DAY, YEAR])
def test_set_forward_and_back_no_date_twice_and_nothing_starves(clock: Clock, app: Flask, jump: dt.timedelta) -> None:
    """REM-1: the day's own job ran once; what runs again and again goes on at once; tomorrow's runs tomorrow."""
    dates: list[dt.date] = []
    sweeps: list[dt.datetime] = []
    rows = [Daily("remind", SIX, dates.append), Every("sweep", 15, lambda: sweeps.append(clock.instant))]
    scheduler = Scheduler(rows, "Europe/Berlin")
    right = clock.instant
    for instant in (right, right + jump, right + jump + HOUR, right, right - jump, right, right + DAY):
        clock.set(instant)
        scheduler.run_due()
        clock.move(seconds=15)
        scheduler.run_due()
    assert len(dates) == len(set(dates)), "twice for one date"
    assert {right.date(), right.date() + DAY} <= set(dates)
    assert len(sweeps) == 14


def test_a_failing_job_is_tried_again_after_the_clock_was_set_back(clock: Clock, app: Flask) -> None:
    """REM-1: the wait after a failure was counted by the wrong clock."""
    ran: list[dt.date] = []

    def fail(_date: dt.date) -> None:
        raise RuntimeError("no")

    clock.move(days=365)
    scheduler = Scheduler([Daily("remind", SIX, fail)], "UTC")
    scheduler.run_due()
    clock.move(days=-365)
    scheduler.rows = [Daily("remind", SIX, ran.append)]
    assert scheduler.run_due() == ["remind"]


def test_what_a_wrong_clock_put_off_does_not_wait_a_year(clock: Clock, app: Flask) -> None:
    """REM-3: written, claimed or put off while the clock was a year ahead; what waits rightly goes on waiting."""
    right = clock.instant
    with unit_of_work():
        tomorrow, put_off, before = promise("tomorrow"), promise("put off"), promise("claimed")
        tomorrow.next_try_at = right + DAY
    clock.move(days=365)
    with unit_of_work():
        promise("written ahead")
        put_off.next_try_at = clock.instant + HOUR
        before.status, before.lease_until = "sending", clock.instant + backoff.LEASE
        promise_file("certificate", 1, employee_id=None, title="Fire")
    clock.set(right)
    with unit_of_work():
        shorten_waits()
        delivery.sweep()
        sweep_files()
    due = select(Notice.key).where(Notice.status == "queued", Notice.next_try_at <= clock.instant).order_by(Notice.key)
    assert db.session.scalars(due).all() == ["claimed", "put off", "written ahead"]
    assert db.session.scalar(select(SealedFile.next_try_at)) == right


def test_a_machine_whose_clock_is_a_little_ahead_loses_no_claim(clock: Clock, app: Flask) -> None:
    """REM-3: its lease ends a little later than ours would; the worker lives."""
    with unit_of_work():
        notice = promise()
        notice.status, notice.lease_until = "sending", clock.instant + backoff.LEASE + dt.timedelta(minutes=4)
    with unit_of_work():
        delivery.sweep()
    assert notice.status == "sending"


@pytest.mark.pure
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Africa/Cairo", "Australia/Lord_Howe", "UTC"])
def test_both_clock_changes_run_each_date_once(zone: str) -> None:
    """REM-1: at an hour that is left out, and at one that comes twice, as at any other; and on the date itself."""
    begin, half = dt.datetime(2026, 3, 1, 12, tzinfo=ZoneInfo(zone)), dt.timedelta(minutes=30)
    looks = [(begin.astimezone(dt.UTC) + n * half).astimezone(ZoneInfo(zone)) for n in range(48 * 260)]
    for at in (dt.time(0), dt.time(0, 30), dt.time(1, 30), dt.time(2, 30), SIX):
        row, ran = Daily("job", at, lambda _date: None), [begin.date()]
        for now in looks:
            due = dates_due(row, ran[-1], now)
            assert due in ([], [now.date()]), "late"
            ran += due
        assert ran == [begin.date() + n * DAY for n in range((looks[-1].date() - begin.date()).days + 1)]


@pytest.mark.parametrize(
    ("zone", "day", "ends"),
    [
        ("Europe/Berlin", dt.date(2026, 3, 28), "2026-03-28T23:00"),
        ("Europe/Berlin", dt.date(2026, 3, 29), "2026-03-29T22:00"),
        ("Europe/Berlin", dt.date(2026, 10, 25), "2026-10-25T23:00"),
        ("Africa/Cairo", dt.date(2026, 4, 23), "2026-04-23T22:00"),  # the next day has no midnight
        ("America/Havana", dt.date(2026, 10, 31), "2026-11-01T04:00"),  # the next day has two: the first of them
    ],
)
@pytest.mark.pure
def test_days_end_where_the_clocks_change(zone: str, day: dt.date, ends: str) -> None:
    """ASG-2."""
    assert end_of_day(day, zone) == dt.datetime.fromisoformat(ends).replace(tzinfo=dt.UTC)


def test_a_scheduler_that_leaves_lets_go_of_the_lock(own_app: Flask) -> None:
    """REM-1: and of one that is frozen the database takes it, in a while."""
    with own_app.app_context():
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as lock:
            lock.detach()
            assert scheduling._hold(lock)
            assert scheduling._hold(lock)
            assert lock.scalar(text("SHOW idle_session_timeout")) == "10min"
        with db.engine.connect() as another:
            # other tests run beside this one, in databases of their own
            here = "SELECT oid FROM pg_database WHERE datname = current_database()"
            held = text(f"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = ({here})")
            assert another.scalar(held) == 0
