"""Keep a roster file, ask the worker to read, plan and apply it; everything is applied, or nothing (ORG-5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import IO, Any

from psycopg.types.json import Jsonb
from sqlalchemy import delete, func, select, text

from lmsapp.infra import clock, tracing
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.files import store
from lmsapp.infra.queue import ring
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.changes import Changed
from lmsapp.people.roster.apply import apply_changes
from lmsapp.people.roster.columns import Matching, carry_over, check_columns, guess_columns, headings_key
from lmsapp.people.roster.events import RosterApplied, RosterFileOpened
from lmsapp.people.roster.lines import kept_facts, kept_lines, kept_same
from lmsapp.people.roster.models import RosterLine, RosterRun
from lmsapp.people.roster.plan import Plan, make_plan
from lmsapp.people.roster.queries import bytes_of, columns_applied_last, present_state
from lmsapp.people.roster.table import HEAD_BYTES, Table, Tell, quick_look, read_roster, say_nothing
from lmsapp.people.settings.queries import setting
from lmsapp.people.viewer import Viewer

ONE_AT_A_TIME = 0x0525  # advisory lock: two rosters applied at once would not see each other's joiners
ROSTER_JOB = "roster"
SAMPLES = 3
LOOKED_AT_FOR_SAMPLES = 40
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NAME_JOINERS = text(
    "UPDATE roster_line SET employee_id = employee.id FROM employee "
    "WHERE roster_line.run_id = :run_id AND roster_line.kind = 'joiner' AND employee.number = roster_line.number"
)


def keep_roster(
    source: IO[bytes] | bytes,
    file_name: str,
    by: Viewer | None,
    *,
    origin: str = "upload",
    after: RosterRun | None = None,
) -> RosterRun:
    """Store the file and ask for reading it. `after` is the run whose file was mended: its choices are taken over.

    Raises RuleBroken (field 'file') for what its first bytes and its size show to be no roster.
    """
    head, size = (source[:HEAD_BYTES], len(source)) if isinstance(source, bytes) else _measured(source)
    quick_look(head, size)
    media_type = EXCEL if head.startswith(b"PK\x03\x04") else "text/csv"
    kept = store(source, name=file_name, media_type=media_type)
    run = RosterRun(
        file_id=kept.id,
        file_name=kept.name,
        mapping={},
        counts={},
        created_by_id=by.user_id if by else None,
        source=origin,
        after_id=after.id if after else None,
    )
    db.session.add(run)
    db.session.flush()
    emit(Changed("uploaded", ("roster_run", run.id), by, after={"file": run.file_name, "sha256": kept.sha256}))
    _ask(run, "read", by)
    return run


def read_run(run: RosterRun, tell: Tell = say_nothing) -> Table:
    """Read the file: what it has, and the columns as they were applied last for these headings, else guessed.

    Raises RuleBroken (field 'file') saying why it cannot be read.
    """
    table = read_roster(bytes_of(run), tell)
    run.shape, run.row_count, run.header = table.shape, len(table.lines), list(table.header)
    run.samples = [_samples(table, place) for place in range(len(table.header))]
    run.headings = headings_key(table.header)
    mended = db.session.get(RosterRun, run.after_id) if run.after_id else None
    known = mended if mended and mended.headings == run.headings and mended.mapping else None
    known = known or columns_applied_last(run.headings)
    if known:
        run.columns_of_id = known.id
        run.mapping = carry_over(Matching.from_json(known.mapping), known.header, table.header).as_json()
    else:
        run.mapping = Matching(guess_columns(table.header)).as_json()
    if mended and mended.status == "planned":
        discard_run(mended)
    return table


def match_columns(run: RosterRun, matching: Matching, by: Viewer | None = None) -> None:
    """Keep what the user chose and ask for the dry run. Raises RuleBroken naming the column that is wrong."""
    _still_open(run)
    check_columns(matching.columns, tuple(run.header))
    chosen = matching.as_json()
    if chosen != run.mapping:
        run.columns_of_id = None
        emit(Changed("columns chosen", ("roster_run", run.id), by, run.mapping, chosen))
    run.mapping = chosen
    _ask(run, "plan", by)


def plan_run(run: RosterRun, tell: Tell = say_nothing, table: Table | None = None) -> Plan:
    """The dry run. Changes nothing."""
    matching, table = Matching.from_json(run.mapping), table or read_roster(bytes_of(run), tell)
    check_columns(matching.columns, table.header)
    return make_plan(table, matching, present_state(), percent=setting("leaver_guard_percent"), tell=tell)


def keep_plan(run: RosterRun, plan: Plan) -> None:
    """The plan by line instead of the one before, with the fingerprint of what it was made against."""
    db.session.execute(delete(RosterLine).where(RosterLine.run_id == run.id))
    connection = db.session.connection().connection.driver_connection
    assert connection is not None
    columns = "run_id, kind, line, number, name, employee_id, told"
    with connection.cursor() as cursor, cursor.copy(f"COPY roster_line ({columns}) FROM STDIN") as copy:
        for row in kept_lines(plan):
            told = Jsonb(row["told"])
            copy.write_row((run.id, row["kind"], row["line"], row["number"], row["name"], row["employee_id"], told))
    run.counts, run.facts, run.unchanged = plan.counts, kept_facts(plan), kept_same(plan)
    run.fingerprint, run.planned_at = plan.fingerprint, clock.now()


def ask_application(run: RosterRun, by: Viewer, *, zone: str, seen: str, typed: int | None) -> None:
    """Somebody agreed to the dry run `seen`; `typed` answers the guard. Raises RuleBroken where that is not enough."""
    _still_open(run)
    if run.state != "ready" or not run.fingerprint:
        raise RuleBroken(N_("Wait for the dry run, then look at it."))
    if run.counts["problems"]:
        raise RuleBroken(N_("Correct the lines named above first. Nothing was imported."))
    if seen != run.fingerprint:
        raise RuleBroken(N_("People were changed since this dry run. Look at the new one, then apply it."))
    _check_doubts(run.facts["doubts"], typed)
    _ask(run, "apply", by, {"zone": zone, "seen": seen, "typed": typed})


def apply_run(
    run: RosterRun,
    by: Viewer | None,
    *,
    zone: str,
    seen: str | None = None,
    leavers_typed: int | None = None,
    tell: Tell = say_nothing,
) -> Plan:
    """Apply the whole file. `zone` is for people whose line names none; `leavers_typed` answers the guard.

    `seen` is the fingerprint of the dry run somebody agreed to.

    Raises RuleBroken, and changes nothing, when a line has a problem, when the guard is not answered, or when the dry
    run was of another state than the present one.
    """
    db.session.execute(select(func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
    db.session.refresh(run, ["status", "mapping"])
    _still_open(run)
    plan = plan_run(run)
    if plan.problems:
        raise RuleBroken(N_("Correct the lines named above first. Nothing was imported."))
    if seen is not None and seen != plan.fingerprint:
        raise RuleBroken(N_("People were changed since this dry run. Look at the new one, then apply it."))
    _check_doubts([{"message": d.message, "number": d.number, "total": d.total} for d in plan.doubts], leavers_typed)
    with tracing.coming_from(tracing.Origin.IMPORT):
        apply_changes(plan, by, zone=zone, today=clock.today(zone), tell=tell)
    keep_plan(run, plan)
    db.session.execute(NAME_JOINERS, {"run_id": run.id})
    run.status, run.applied_at, run.applied_by_id = "applied", clock.now(), by.user_id if by else None
    emit(RosterApplied(run, by))
    return plan


def discard_run(run: RosterRun, by: Viewer | None = None) -> None:
    """Not this file. The run stays in the history, the lines of its plan go."""
    _still_open(run)
    run.status, run.state, run.lease_until = "discarded", "ready", None
    run.unchanged = []
    db.session.execute(delete(RosterLine).where(RosterLine.run_id == run.id))
    emit(Changed("discarded", ("roster_run", run.id), by, {"status": "planned"}, {"status": "discarded"}))


def try_again(run: RosterRun, by: Viewer) -> None:
    """Ask once more for what failed. Raises RuleBroken when nothing did."""
    _still_open(run)
    if run.state != "failed":
        raise RuleBroken(N_("This file is not waiting for another try."))
    _ask(run, run.asked, by, run.terms)


def note_file_opened(run: RosterRun, by: Viewer) -> None:
    """Somebody downloads the file, which holds personal data: it goes on the trail."""
    emit(RosterFileOpened(run, by))


def _ask(run: RosterRun, what: str, by: Viewer | None, terms: dict[str, Any] | None = None) -> None:
    run.asked, run.state, run.terms = what, "waiting", terms or {}
    run.asked_by_id, run.asked_at = by.user_id if by else None, clock.now()
    run.tries = run.done = run.total = 0
    run.error, run.error_values, run.lease_until = None, {}, None
    db.session.flush()
    ring(ROSTER_JOB, run.id, urgent=True)


def _check_doubts(doubts: Iterable[dict[str, Any]], typed: int | None) -> None:
    for doubt in doubts:
        if typed != doubt["number"]:
            words = doubt["message"] + " " + N_("Type that number to confirm it.")
            raise RuleBroken(words, field="leavers", number=doubt["number"], total=doubt["total"])
        return


def _measured(source: IO[bytes]) -> tuple[bytes, int]:
    head = source.read(HEAD_BYTES)
    size = source.seek(0, 2)
    source.seek(0)
    return head, size


def _samples(table: Table, place: int) -> list[str]:
    rows = table.lines[:LOOKED_AT_FOR_SAMPLES]
    cells = (str(line.cells[place])[:40] for line in rows if place < len(line.cells) and line.cells[place])
    return list(dict.fromkeys(cells))[:SAMPLES]


def _still_open(run: RosterRun) -> None:
    if run.status == "applied":
        day: dt.datetime | None = run.applied_at
        raise RuleBroken(N_("This file was applied on %(day)s."), day=f"{day:%Y-%m-%d}" if day else "")
    if run.status in ("discarded", "refused"):
        raise RuleBroken(N_("This file was set aside. Upload it again."))
