"""ORG-5: a roster of ten thousand through the worker: dry run under 10 s, apply under 30 s, and the days after."""

from __future__ import annotations

import random
import resource
import time

from bench.proofs import Outcome
from bench.proofs._place import application
from lmsapp.infra.db import db, unit_of_work
from lmsapp.people.accounts.actions import add_roles, create_user
from lmsapp.people.accounts.models import User
from lmsapp.people.queries import load_viewer
from lmsapp.people.roles import Role
from lmsapp.people.roster.actions import ask_application, keep_roster, match_columns
from lmsapp.people.roster.columns import Matching
from lmsapp.people.roster.models import RosterRun
from lmsapp.people.roster.work import work_on
from lmsapp.people.viewer import Viewer

ROUNDS = 10_000
DRY_RUN_S, APPLY_S = 10.0, 30.0
ZONE = "America/Chicago"
HEADINGS = (
    "Employee Number,First Name,Last Name,Work E-mail,Department,Job Title,Location,Hire Date,Manager Number,Status"
)


def prove(rounds: int) -> Outcome:
    with application() as app, app.app_context():
        hana = _hana()
        first, again, next_day = _rows(rounds, 0), _rows(rounds, 0), _rows(rounds, 1)
        dry, apply, counts = _through(first, hana)
        assert counts["joiners"] == rounds, counts
        repeat, _none, same = _through(again, hana)
        next_dry, next_apply, moved = _through(next_day, hana)
        figures = {
            "rows": rounds,
            "dry run s": round(dry, 1),
            "apply s": round(apply, 1),
            "repeat s": round(repeat, 1),
            "repeat changes": same["joiners"] + same["movers"] + same["leavers"],
            "next day s": round(next_dry + next_apply, 1),
            "joiners": moved["joiners"],
            "movers": moved["movers"],
            "leavers": moved["leavers"],
            "RSS MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }
        good = dry < DRY_RUN_S and apply < APPLY_S and not figures["repeat changes"]
        return Outcome(figures, good and max(next_dry, repeat) < DRY_RUN_S and next_apply < APPLY_S)


def _hana() -> Viewer:
    with unit_of_work():
        user: User = create_user("hana@big.example", "Hana Novák", by=None)
        add_roles([user.id], Role.HR_MANAGER, None)
    viewer = load_viewer(user.id, user.session_epoch, ZONE)
    assert viewer is not None
    return viewer


def _rows(rounds: int, day: int) -> bytes:
    """`day` 1: one in a hundred leaves, one in twenty moves, one in fifty is new; in another order."""
    lines = []
    for n in range(1, rounds + 1 + day * rounds // 50):
        boss = max(1, n // 12) if n > 1 else ""
        moved = day and n % 20 == 0
        status = "Terminated" if day and n % 100 == 7 else "Active"
        lines.append(
            f"{10_000 + n},Person{n},Surname{n % 1700},p{n}@big.example,Department {(n + 5 * moved) % 60},"
            f"{'Charge Nurse' if moved else 'RN'},Site {n % 9},{1 + n % 12:02}/{1 + n % 28:02}/20{n % 15 + 10},"
            f"{10_000 + boss if boss else ''},{status}"
        )
    random.Random(day).shuffle(lines)
    return "\n".join([HEADINGS, *lines, ""]).encode()


def _through(data: bytes, by: Viewer) -> tuple[float, float, dict[str, int]]:
    """Upload, dry run, apply, each as the worker does it. Seconds of the dry run (reading included) and of applying."""
    with unit_of_work():
        run_id = keep_roster(data, "roster.csv", by).id
    begun = time.perf_counter()
    work_on(run_id)
    run = db.session.get_one(RosterRun, run_id)
    if not run.fingerprint:
        with unit_of_work():
            match_columns(run, Matching.from_json(run.mapping), by)
        work_on(run_id)
    dry = time.perf_counter() - begun
    db.session.expire_all()
    run = db.session.get_one(RosterRun, run_id)
    begun = time.perf_counter()
    if run.counts["joiners"] + run.counts["movers"] + run.counts["leavers"]:
        doubts = run.facts["doubts"]
        with unit_of_work():
            ask_application(run, by, zone=ZONE, seen=run.fingerprint, typed=doubts[0]["number"] if doubts else None)
        work_on(run_id)
        db.session.expire_all()
        assert db.session.get_one(RosterRun, run_id).status == "applied", run.error
    counts = dict(db.session.get_one(RosterRun, run_id).counts)
    db.session.remove()
    return dry, time.perf_counter() - begun, counts
