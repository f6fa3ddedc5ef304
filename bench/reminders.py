"""The daily job at full size: open assignments by the hundred thousand, made by SQL, looked at and promised (REM-1).

In a database of its own. A usual morning: due dates lie from a month ago to four months ahead, so that one in twenty has
a step. Then another policy, which everybody follows; then a morning on which a hundred thousand have a letter to get.
"""

from __future__ import annotations

import datetime as dt
import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy import text

from bench.house import House, house
from bench.meter import cpu_ms
from lmsapp.assignments.policies.actions import follow_policy
from lmsapp.assignments.reminders import note_overdue, remind_due
from lmsapp.assignments.reminding.looking import look_again
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.queue import use_bell
from lmsapp.jobs import in_batches

# Fewer and more open assignments, letters of one morning; and the seconds each may take.
SMALL, FULL = (2_000, 6_000, 1_000), (200_000, 2_000_000, 100_000)
AIMS_S = (20.0, 150.0, 60.0)
COURSES = 20
FILL = Path(__file__).with_name("reminders.sql")
# A walk over all of them would be a defect: what serves the job is named.
SERVED_BY = ("ix_training_assignment_remind", "ix_training_assignment_overdue", "ix_training_assignment_looked")
OPEN = "SELECT id FROM training_assignment WHERE completed_at IS NULL AND closed_as IS NULL AND"
ASKED = (
    f"{OPEN} next_reminder_on <= current_date + 2 ORDER BY next_reminder_on LIMIT 4000",
    f"{OPEN} overdue_noted_at IS NULL AND due_at <= now() ORDER BY due_at LIMIT 4000",
    f"{OPEN} reminded_through > current_date + 2",
)


@dataclass(frozen=True, slots=True)
class Measured:
    """`seconds` by the wall clock; `own` and `database`: of CPU, in this process and in PostgreSQL's; `did`: notices
    written; `peak` of memory in MB so far."""

    name: str
    seconds: float
    own: float
    database: float
    aim: float | None
    did: int
    peak: float

    def line(self) -> str:
        held = "" if self.aim is None else f" (aim: under {self.aim:.0f} s)"
        words = f"{self.name}: {self.seconds:.1f} s{held}; CPU {self.own:.1f} s here, {self.database:.1f} s PostgreSQL"
        return f"{words}; {self.did:,} notices; peak {self.peak:.0f} MB"


def measure(data: Path, *, small: bool) -> int:
    """Print the figures; 1 when one of them is beyond its aim or something was not as it must be."""
    fewer, more, letters = SMALL if small else FULL
    with house(data, for_tests=small) as here, here.app.app_context():
        use_bell(here.app, lambda _rings: None)
        found = [*_size(here, fewer, AIMS_S[0], letters, AIMS_S[2]), *_size(here, more, AIMS_S[1], 0, None)]
        wrong = [f"not by its index: {one}" for one in _unserved(here)] if not small else []
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print("\n".join([f"Load average at the end: {load}.", *wrong]), flush=True)
    return 1 if wrong or any(one.aim is not None and one.seconds > one.aim for one in found) else 0


def _size(here: House, count: int, aim: float, letters: int, letters_aim: float | None) -> list[Measured]:
    _fill(here, count)
    begun = clock.now()
    follow_policy(range(1, COURSES + 1))
    db.session.commit()
    found = [_timed(here, f"{count:,} follow another policy", None, lambda: in_batches(look_again))]
    morning = (begun + dt.timedelta(days=1)).replace(hour=12)
    with clock.set_to(morning):
        found.append(_timed(here, f"daily job, {count:,} open assignments", aim, _job))
        found.append(_timed(here, "the same again, nothing new", None, _job))
        if letters:
            db.session.execute(text(EVERYBODY), {"letters": letters, "today": morning.date()})
            db.session.commit()
            found.append(_timed(here, f"{letters:,} reminders queued", letters_aim, _job))
    return found


EVERYBODY = """
UPDATE training_assignment SET due_on = :today + 7, due_at = (:today + 8)::timestamptz, next_reminder_on = :today,
       reminded_through = :today - 1 WHERE id <= :letters
"""


def _job() -> None:
    in_batches(look_again, remind_due, note_overdue)


def _fill(here: House, count: int) -> None:
    with psycopg.connect(here.dsn) as connection:
        connection.execute(
            "CREATE TEMP TABLE asked AS SELECT %s::int AS people, %s::int AS courses", (count // COURSES, COURSES)
        )
        connection.execute(FILL.read_text())
    with psycopg.connect(here.dsn, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")


def _timed(here: House, name: str, aim: float | None, work: Callable[[], None]) -> Measured:
    before, database = _notices(), cpu_ms(here.postgres)
    began, own = time.perf_counter(), time.process_time()
    work()
    seconds, own = time.perf_counter() - began, time.process_time() - own
    database = (cpu_ms(here.postgres) - database) / 1000
    db.session.remove()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    measured = Measured(name, seconds, own, database, aim, _notices() - before, peak)
    print(measured.line(), flush=True)
    return measured


def _notices() -> int:
    count = int(db.session.scalar(text("SELECT count(*) FROM notice")) or 0)
    db.session.rollback()
    return count


def _unserved(here: House) -> list[str]:
    """Questions of the job whose plan does not name the index that is there for it."""
    with psycopg.connect(here.dsn) as connection:
        plans = [" ".join(row[0] for row in connection.execute(f"EXPLAIN {one}")) for one in ASKED]
    return [f"{index}: {plan}" for index, plan in zip(SERVED_BY, plans, strict=True) if index not in plan]
