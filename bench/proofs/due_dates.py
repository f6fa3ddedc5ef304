"""ASG-2, REM-1 to REM-3: due dates and reminders in every zone of the world, through both clock changes.

Each example is one assignment through its calendar (`_due_oracle`): every step of its policy is told exactly once, or
left out for a later one, never before its morning, and none before the due date once that is over. At random instants
the status rule says what its SQL twin says, and a sample of days is held against PostgreSQL's own time zones.
ROUNDS: examples.
"""

from __future__ import annotations

import datetime as dt
import sys
import time
import zoneinfo
from random import Random

from sqlalchemy import literal_column, select, text

from bench.proofs import Outcome
from bench.proofs._due_oracle import example, play, wrong
from bench.proofs._place import application
from lmsapp.assignments.expressions import is_status, status_at
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.rules import AssignmentStatus, status
from lmsapp.infra import clock
from lmsapp.infra.db import db

ROUNDS = 100_000
IN_POSTGRES = 20_000  # at most
SEED = 7
NOT_PLACES = ("localtime", "Factory")
STATES = (
    (None, None),
    (None, None),
    (None, None),
    ("done", None),
    (None, "exempt"),
    (None, "left"),
    (None, "cancelled"),
)
Row = tuple[int, str, dt.date, dt.datetime, dt.datetime, bool, str | None, str | None]


def prove(rounds: int) -> Outcome:
    began = time.monotonic()
    figures, problems = calendars(rounds)
    with application() as app, app.app_context():
        compared, others, differing = in_postgres(min(rounds, IN_POSTGRES))
    problems += differing
    for words in problems[:20]:
        print(words, file=sys.stderr, flush=True)
    seconds = round(time.monotonic() - began)
    figures |= {"held against PostgreSQL": compared, "zones of other rules there": " ".join(others) or "none"}
    return Outcome({**figures, "seconds": seconds, "wrong": len(problems)}, not problems)


def zones() -> list[str]:
    """Every IANA zone there is."""
    return sorted(zoneinfo.available_timezones() - set(NOT_PLACES))


def calendars(rounds: int) -> tuple[dict[str, object], list[str]]:
    """The examples: figures, and what was wrong."""
    random, known = Random(SEED), zones()
    problems: list[str] = []
    told = looks = 0
    for number in range(rounds):
        one = example(random, known[number % len(known)])
        calendar = play(one)
        told, looks = told + len(calendar.told), looks + calendar.looks
        problems += [f"example {number} ({one.zone}, due {one.due_on}): {words}" for words in wrong(calendar)]
        problems += [f"example {number}: {words}" for words in _status(random, one.zone, one.due_on)]
    return {"examples": rounds, "zones": min(rounds, len(known)), "looks": looks, "told": told}, problems


def _status(random: Random, zone: str, due_on: dt.date) -> list[str]:
    """The rule by the date there, and the instant that lists ask the database for, around the end of the due date."""
    due_at = clock.end_of_day(due_on, zone)
    for offset in (-1, 0, 1, random.randrange(-200_000, 200_000)):
        now = due_at + dt.timedelta(seconds=offset)
        here = now.astimezone(clock.zone(zone)).date()
        said = status(started=False, completed_on=None, closed_as=None, due_on=due_on, today=here)
        if (said is AssignmentStatus.OVERDUE) != (due_at <= now):
            return [f"{said} in {zone} at {now}, due {due_on}"]
    return []


def in_postgres(count: int) -> tuple[int, list[str], list[str]]:
    """Statuses and days, as PostgreSQL says them; a table of the same name takes the place of the product's."""
    random, known = Random(SEED + 1), zones()
    rows = [_row(random, n, known[n % len(known)]) for n in range(count)]
    db.session.execute(
        text(
            "CREATE TEMP TABLE training_assignment (id int, zone text, due_on date, due_at timestamptz, at timestamptz,"
            " started_at timestamptz, completed_at timestamptz, closed_as text)"
        )
    )
    names = ("id", "zone", "due_on", "due_at", "at", "started", "done", "closed")
    db.session.execute(
        text(
            "INSERT INTO training_assignment SELECT :id, :zone, :due_on, :due_at, :at,"
            " CASE WHEN :started THEN now() END, CASE WHEN CAST(:done AS text) IS NOT NULL THEN now() END, :closed"
        ),
        [dict(zip(names, row, strict=True)) for row in rows],
    )
    at = literal_column("training_assignment.at")
    each = {said: is_status(said, at).label(said.name) for said in AssignmentStatus}  # type: ignore[arg-type]
    found = db.session.execute(
        select(
            TrainingAssignment.id,
            status_at(at).label("said"),  # type: ignore[arg-type]
            *each.values(),
            literal_column("(timezone(zone, at))::date").label("day"),
        )
    )
    # To PostgreSQL these are abbreviations first, without summer time, or its rules are of another year than ours; so
    # the job counts days itself.
    rows_found = found.all()
    short = set(db.session.scalars(text("SELECT abbrev FROM pg_timezone_abbrevs")))
    others = _with_other_rules([one for one in known if one not in short])
    problems = [words for one in rows_found for words in _compared(rows[one.id], one, short | others)]
    db.session.rollback()
    return count, sorted(others), problems


def _with_other_rules(names: list[str]) -> set[str]:
    """Zones of which PostgreSQL's data and ours say different things on the first of some month from 2026 to 2028."""
    firsts = [dt.datetime(2026 + n // 12, 1 + n % 12, 1, 12, tzinfo=dt.UTC) for n in range(36)]
    asked = text(
        "SELECT zone, at, timezone(zone, at) AS there FROM unnest(CAST(:zones AS text[])) zone,"
        " unnest(CAST(:firsts AS timestamptz[])) at"
    )
    told = db.session.execute(asked, {"zones": names, "firsts": firsts})
    return {one.zone for one in told if one.there != one.at.astimezone(clock.zone(one.zone)).replace(tzinfo=None)}


def _row(random: Random, number: int, zone: str) -> Row:
    due_on = dt.date(2027, 1, 1) + dt.timedelta(days=random.randrange(365))
    due_at = clock.end_of_day(due_on, zone)
    near = random.choice((-1, 0, 1, random.randrange(-100_000, 100_000), random.randrange(-9_000_000, 9_000_000)))
    done, closed = random.choice(STATES)
    return number, zone, due_on, due_at, due_at + dt.timedelta(seconds=near), random.random() < 0.5, done, closed


def _compared(row: Row, found: object, short: set[str]) -> list[str]:
    number, zone, due_on, _due_at, at, started, done, closed = row
    here = at.astimezone(clock.zone(zone)).date()
    said = status(started=started, completed_on=here if done else None, closed_as=closed, due_on=due_on, today=here)
    matching = [one for one in AssignmentStatus if getattr(found, one.name)]
    problems = []
    if (found.said, matching) != (said.value, [said]):  # type: ignore[attr-defined]
        problems.append(f"row {number}: {said} by the rule, {found.said} in SQL: {zone}, due {due_on}, {at}")  # type: ignore[attr-defined]
    if found.day != here and zone not in short:  # type: ignore[attr-defined]
        problems.append(f"row {number}: {here} here, {found.day} in PostgreSQL: {zone}, {at}")  # type: ignore[attr-defined]
    return problems
