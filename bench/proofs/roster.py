"""ORG-5, SEC-6: hostile and broken rosters through the worker; each gets clear words, and nothing changes.

Each file is made and worked on in its turn, in a process of its own whose memory and time are measured and bounded.
Somebody then asks to apply it: what is refused cannot be applied; what must work is, at the end, and is there.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import sys
import time
from itertools import islice
from typing import Any

from sqlalchemy import select, text

from bench.proofs import Outcome
from bench.proofs._place import application
from bench.proofs._roster_files import Hostile, files
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.words import RuleBroken
from lmsapp.people.accounts.actions import add_roles, create_user
from lmsapp.people.accounts.models import User
from lmsapp.people.employees.actions import EmployeeFacts, hire
from lmsapp.people.employees.models import Employee
from lmsapp.people.queries import load_viewer
from lmsapp.people.roles import Role
from lmsapp.people.roster.actions import apply_run, ask_application, keep_roster, match_columns
from lmsapp.people.roster.columns import Matching
from lmsapp.people.roster.lines import Kind
from lmsapp.people.roster.models import RosterRun
from lmsapp.people.roster.queries import all_lines
from lmsapp.people.roster.work import work_on
from lmsapp.people.viewer import Viewer

ROUNDS = 1000  # files at most; there are about 200
SLOWEST_S = 20.0
MOST_MB = 400
TABLES = ("employee", "app_user", "department", "user_role", "reporting_line", "sign_in_link", "notice", "audit_entry")
OF_PEOPLE = {"audit_entry": "WHERE subject_kind <> 'roster_run'"}  # what was done with the file itself is noted


def prove(rounds: int) -> Outcome:
    with application() as app, app.app_context():
        set_the_scene()
        before, wrong, messages, slowest, peak, count = snapshot(), [], 0, 0.0, 0, 0
        working = []
        for one in islice(files(), rounds):
            count += 1
            told = _in_a_child(one)
            messages += len(told["messages"])
            slowest, peak = max(slowest, told["seconds"]), max(peak, told["mb"])
            if reason := judge(one, told):
                wrong.append(one.name)
                print(f"{one.name}: {reason}", file=sys.stderr, flush=True)
            if not one.words:
                working.append(one)
        changes = sum(before[table] != now for table, now in snapshot().items())
        unapplied = [one.name for one in working if not applied(one)]
        for name in unapplied:
            print(f"{name}: was not applied", file=sys.stderr, flush=True)
        figures = {"files": count, "messages": messages, "changes": changes, "wrong": len(wrong),
                   "applied": len(working) - len(unapplied), "worst s": round(slowest, 1), "peak MB": peak}  # fmt: skip
        good = not wrong and not changes and not unapplied
        return Outcome(figures, good and slowest < SLOWEST_S and peak < MOST_MB)


def set_the_scene() -> None:
    """K1 works here; Mia, K9, is the only System Manager; Sam may do more than learn and has no record."""
    with unit_of_work():
        hire(EmployeeFacts(number="K1", name="Kay One", time_zone="UTC", email="k1@proof.example"), None, invited=False)
        mia = hire(
            EmployeeFacts(number="K9", name="Mia Only", time_zone="UTC", email="mia@proof.example"), None, invited=False
        )
        assert mia.user_id is not None
        add_roles([mia.user_id], Role.SYSTEM_MANAGER, None)
        sam: User = create_user("sam@proof.example", "Sam Strong", by=None)
        add_roles([sam.id], Role.HR_MANAGER, None)


def snapshot() -> dict[str, str]:
    """A digest of every row of the tables that a roster can change."""
    found = {}
    for table in TABLES:
        rows = db.session.execute(
            text(f"SELECT t::text FROM {table} t {OF_PEOPLE.get(table, '')} ORDER BY 1")
        ).scalars()
        found[table] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    db.session.rollback()
    return found


def attempt(one: Hostile) -> dict[str, Any]:
    """The file through the worker, up to its dry run: messages, people who would join as (number, name), and whether
    it could be applied all the same."""
    try:
        run = _dry_run(one)
    except RuleBroken as broken:
        return {"messages": [str(broken)], "people": [], "applicable": False}
    messages = [(run.error % run.error_values if run.error_values else run.error)] if run.error else []
    problems = [line.told["message"] % line.told["values"] for line in all_lines(run, Kind.PROBLEM)]
    people = [(line.number, line.name) for line in all_lines(run, Kind.JOINER)]
    return {"messages": messages + problems, "people": people, "applicable": bool(one.words) and _applicable(run)}


def applied(one: Hostile) -> bool:
    """Whether the file, asked for by a person and applied by the worker, left its people active under their names."""
    run = _dry_run(one)
    with unit_of_work():
        if run.counts["joiners"] or run.counts["movers"]:
            ask_application(run, _somebody_of_hr(), zone="UTC", seen=run.fingerprint, typed=_number_asked_for(run))
    work_on(run.id)
    there = select(Employee.number, Employee.name).where(Employee.status == "active")
    return set(one.people) <= {(number, name) for number, name in db.session.execute(there)}


def _dry_run(one: Hostile) -> RosterRun:
    with unit_of_work():
        run_id = keep_roster(one.data, "roster.csv", None).id
    work_on(run_id)
    run = db.session.get_one(RosterRun, run_id, populate_existing=True)
    if run.status == "planned" and run.state == "ready" and not run.fingerprint:
        with unit_of_work():
            match_columns(run, Matching.from_json(run.mapping))
        work_on(run_id)
        run = db.session.get_one(RosterRun, run_id, populate_existing=True)
    return run


def _applicable(run: RosterRun) -> bool:
    """Asked for by a person, and past the question as a program would: must be refused twice."""
    by, refused = _somebody_of_hr(), 0
    for attempt_to in (
        lambda: ask_application(run, by, zone="UTC", seen=run.fingerprint or "", typed=_number_asked_for(run)),
        lambda: apply_run(run, by, zone="UTC", leavers_typed=_number_asked_for(run)),
    ):
        try:
            attempt_to()
        except (RuleBroken, KeyError):
            refused += 1
        db.session.rollback()
    return refused < 2


def _number_asked_for(run: RosterRun) -> int | None:
    doubts = run.facts.get("doubts") if run.facts else None
    return doubts[0]["number"] if doubts else None


def _somebody_of_hr() -> Viewer:
    user = db.session.scalars(select(User).where(User.email == "sam@proof.example")).one()
    viewer = load_viewer(user.id, user.session_epoch, "UTC")
    assert viewer is not None
    return viewer


def judge(one: Hostile, told: dict[str, Any]) -> str:
    """'' when the file got what it should, else what is wrong."""
    if told["applicable"]:
        return "can be applied"
    people = tuple((number, name) for number, name in told["people"])
    if not one.words:
        return "" if people == one.people and not told["messages"] else f"read as {people}, {told['messages'][:2]}"
    return "" if any(one.words in message for message in told["messages"]) else f"said {told['messages'][:2]}"


def _in_a_child(one: Hostile) -> dict[str, Any]:
    db.session.remove()
    reader, writer = os.pipe()
    if not (child := os.fork()):
        os.close(reader)
        db.engine.dispose(close=False)  # the parent's connections are not ours to use
        begun = time.perf_counter()
        told = attempt(one)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        with os.fdopen(writer, "w") as out:
            json.dump(
                told | {"messages": told["messages"][:20], "seconds": time.perf_counter() - begun, "mb": peak}, out
            )
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as heard:
        said = heard.read()
    os.waitpid(child, 0)
    return (
        json.loads(said)
        if said
        else {"messages": ["(the process died)"], "people": [], "applicable": False, "seconds": 0.0, "mb": 0}
    )
