"""CRS-5: a rule that hits ten thousand people, made true by the worker: under 20 s, twice the same, killed and resumed.

People are hired by code; the rule is changed from the half of them to all, so that membership, assignment, enrollment,
trail and progress are written for each. The second run changes nothing. Then another rule is begun by a process that is
killed half-way; the sweep frees its claim and the next worker does the rest: nobody twice, nobody forgotten.
"""

from __future__ import annotations

import datetime as dt
import os
import signal
import sys
import time

from sqlalchemy import func, insert, select, text

from bench.proofs import Outcome
from bench.proofs._place import application
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.standing.actions import RuleFacts, add_rule, change_audience, create_audience
from lmsapp.assignments.standing.models import AudienceRun, TrainingRule
from lmsapp.assignments.standing.preview import preview_audience
from lmsapp.assignments.standing.rules import Due, DueKind
from lmsapp.assignments.standing.work import ask_run, sweep_runs, work_on
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra import clock
from lmsapp.infra.db import db, unit_of_work
from lmsapp.people.audiences.models import Audience, AudienceMember
from lmsapp.people.audiences.rules import AudienceRule
from lmsapp.people.employees.models import Employee
from lmsapp.people.forwhom.rules import ForWhom
from lmsapp.people.queries import load_viewer
from lmsapp.people.roles import Role
from lmsapp.people.viewer import Viewer
from tests.courses.authors import Written, author

ROUNDS = 10_000  # people
SLOWEST_S = 20.0
ROLES = ("RN", "Medic")
DUE = Due(DueKind.AFTER_ASSIGNMENT, 20, working=True)


def prove(rounds: int) -> Outcome:
    with application() as app, app.app_context():
        by = set_the_scene(rounds)
        audience = narrow_audience(by)
        took, agrees = widen(by, audience)
        again_s, changes = again()
        killed_at = _killed(by)
        twice, absent = doubled(), missing(rounds)
    figures = {"people": rounds, "apply s": round(took, 1), "again s": round(again_s, 1),
               "changes again": changes, "killed at": killed_at, "doubled": twice, "missing": absent}  # fmt: skip
    half_way = 0 < killed_at < rounds
    for wrong, words in ((not agrees, "preview and run differ"), (not half_way, "was not killed half-way")):
        if wrong:
            print(words, file=sys.stderr, flush=True)
    return Outcome(figures, took < SLOWEST_S and agrees and half_way and not (changes or twice or absent))


def set_the_scene(people: int) -> Viewer:
    """Everybody works here, half of them as nurses, in one of twenty departments; two courses are published."""
    with unit_of_work():
        by = author("Mona Moderator", Role.MODERATOR)
        for title in ("Hand hygiene", "Fire safety"):
            Written(by, title=title).publish()
        now, day = clock.now(), clock.today("UTC")
        rows = [
            {"number": f"E-{n}", "name": f"Ann {n}", "sort_name": f"ann {n}", "job_role": ROLES[n % 2], "location": "",
             "region": "North", "cohort": "", "status": "active", "time_zone": ("UTC", "America/Chicago")[n % 3 == 0],
             "language": "en", "hire_date": day - dt.timedelta(days=n % 900), "created_at": now,
             "email": f"e{n}@proof.example"}
            for n in range(people)
        ]  # fmt: skip
        db.session.execute(insert(Employee), rows)
    db.session.execute(text("ANALYZE employee"))
    db.session.commit()
    return load_viewer(by.user_id, 0, "UTC") or by


def widen(by: Viewer, audience: Audience) -> tuple[float, bool]:
    """The rule changed to take everybody: seconds until it is so, and whether just that was shown before."""
    wider = AudienceRule(who=ForWhom(job_roles=ROLES))
    shown = preview_audience(audience, wider)
    began = time.monotonic()
    with unit_of_work():
        run = change_audience(audience, audience.name, wider, by)
        assert run is not None
    work_on(run.id)
    took = time.monotonic() - began
    return took, (shown.joins, sum(one.assigned for one in shown.rules)) == (run.people_joined, run.assigned)


def narrow_audience(by: Viewer) -> Audience:
    """Of nobody yet: named people only, so that the change is what takes the time."""
    with unit_of_work():
        first = db.session.scalars(select(Employee.id).order_by(Employee.id).limit(1)).one()
        audience, _run = create_audience("Clinic", AudienceRule(include=(first,)), by)
        _take(audience, "Hand hygiene", by)
    return audience


def _take(audience: Audience, title: str, by: Viewer) -> int:
    course = db.session.scalars(select(Course).where(Course.title == title)).one()
    return add_rule(audience, course, RuleFacts(DUE, clock.today("UTC")), by=by).id


def again() -> tuple[float, int]:
    """Everything once more: how long it takes, and how much it changes."""
    began = time.monotonic()
    with unit_of_work():
        run = ask_run("once more", at_once=False)
    work_on(run.id)
    counted = (run.people_joined, run.people_left, run.assigned, run.withdrawn, run.exceptions, run.settled)
    return time.monotonic() - began, sum(counted)


def _killed(by: Viewer) -> int:
    """A second rule is begun in a process that dies half-way, and finished here. How many it had assigned."""
    with unit_of_work():
        audience = db.session.scalars(select(Audience)).one()
        run_id = _take(audience, "Fire safety", by)
    wanted = (db.session.scalar(select(AudienceRun.total).where(AudienceRun.id == run_id)) or 0) // 2
    db.session.commit()
    db.engine.dispose()
    child = os.fork()
    if not child:
        work_on(run_id)
        os._exit(0)
    while _done(run_id) < wanted and os.waitpid(child, os.WNOHANG) == (0, 0):
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    before = _done(run_id)
    with clock.set_to(lambda: dt.datetime.now(dt.UTC) + dt.timedelta(minutes=3)):
        # The sweep passes over a row that the dying process still locks; it comes again, as it does every 15 s.
        for _ in range(60):
            with unit_of_work():
                sweep_runs()
            if work_on(run_id):
                break
            time.sleep(0.5)
    return before


def _done(run_id: int) -> int:
    done = db.session.scalar(select(AudienceRun.assigned).where(AudienceRun.id == run_id)) or 0
    db.session.rollback()
    return done


def doubled() -> int:
    """People with more than one assignment of a course, or membership of an audience."""
    found = 0
    for one, other in (
        (TrainingAssignment.employee_id, TrainingAssignment.course_id),
        (AudienceMember.employee_id, AudienceMember.audience_id),
    ):
        twice = select(one).group_by(one, other).having(func.count() > 1).subquery()
        found += db.session.scalar(select(func.count()).select_from(twice)) or 0
    return found


def missing(people: int) -> int:
    """How many assignments there should be and are not, and trail entries."""
    rules = db.session.scalar(select(func.count()).select_from(TrainingRule)) or 0
    there = db.session.scalar(select(func.count()).select_from(TrainingAssignment)) or 0
    told = db.session.scalar(text("SELECT count(*) FROM audit_entry WHERE action = 'assigned'")) or 0
    return abs(rules * people - there) + abs(rules * people - told)
