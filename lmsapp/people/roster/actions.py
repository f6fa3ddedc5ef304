"""Keep a roster file, plan it, apply it: everything in one transaction, or nothing."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select

from lmsapp.infra import clock, tracing
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.files import store
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.changes import Changed
from lmsapp.people.roster.apply import apply_changes
from lmsapp.people.roster.columns import Matching, check_columns, guess_columns
from lmsapp.people.roster.events import RosterApplied
from lmsapp.people.roster.models import RosterRun
from lmsapp.people.roster.plan import Plan, make_plan
from lmsapp.people.roster.queries import bytes_of, present_state
from lmsapp.people.roster.table import Table, read_roster
from lmsapp.people.viewer import Viewer

ONE_AT_A_TIME = 0x0525  # advisory lock: two rosters applied at once would not see each other's joiners


def keep_roster(data: bytes, file_name: str, by: Viewer | None) -> RosterRun:
    """Store a readable file with the guessed columns. Raises RuleBroken (field 'file') for what is no table."""
    table = read_roster(data)
    media_type = (
        "text/csv" if table.shape != "Excel" else "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    kept = store(data, name=file_name, media_type=media_type)
    run = RosterRun(
        file_id=kept.id,
        file_name=kept.name,
        mapping=Matching(guess_columns(table.header)).as_json(),
        counts={},
        created_by_id=by.user_id if by else None,
    )
    db.session.add(run)
    db.session.flush()
    emit(Changed("uploaded", ("roster_run", run.id), by, after={"file": run.file_name, "sha256": kept.sha256}))
    return run


def table_of(run: RosterRun) -> Table:
    """The run's file, read again."""
    return read_roster(bytes_of(run))


def match_columns(run: RosterRun, matching: Matching, by: Viewer | None = None) -> None:
    """Keep what the user chose. Raises RuleBroken naming the column that is wrong or missing."""
    _still_open(run)
    check_columns(matching.columns, table_of(run).header)
    before, run.mapping = run.mapping, matching.as_json()
    if before != run.mapping:
        emit(Changed("columns chosen", ("roster_run", run.id), by, before, run.mapping))
    run.counts = plan_run(run).counts


def plan_run(run: RosterRun) -> Plan:
    """The dry run. Changes nothing."""
    matching, table = Matching.from_json(run.mapping), table_of(run)
    check_columns(matching.columns, table.header)
    return make_plan(table, matching, present_state())


def apply_run(
    run: RosterRun, by: Viewer | None, *, zone: str, seen: str | None = None, leavers_typed: int | None = None
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
        raise RuleBroken(N_("Put the named lines right first. Nothing was imported."))
    if seen is not None and seen != plan.fingerprint:
        raise RuleBroken(N_("People were changed since this dry run. Look at the new one, then apply it."))
    if plan.is_guarded and leavers_typed != len(plan.leavers):
        words = N_("%(n)s people would lose access. Type that number to confirm it.")
        raise RuleBroken(words, field="leavers", n=len(plan.leavers))
    with tracing.coming_from(tracing.Origin.IMPORT):
        apply_changes(plan, by, zone=zone, today=clock.today(zone))
    run.status, run.applied_at, run.counts = "applied", clock.now(), plan.counts
    emit(RosterApplied(run, by))
    return plan


def discard_run(run: RosterRun, by: Viewer | None = None) -> None:
    """Not this file. The run stays in the history."""
    _still_open(run)
    run.status = "discarded"
    emit(Changed("discarded", ("roster_run", run.id), by, {"status": "planned"}, {"status": "discarded"}))


def _still_open(run: RosterRun) -> None:
    if run.status == "applied":
        day: dt.datetime | None = run.applied_at
        raise RuleBroken(N_("This file was applied on %(day)s."), day=f"{day:%Y-%m-%d}" if day else "")
    if run.status == "discarded":
        raise RuleBroken(N_("This file was set aside. Upload it again."))
