"""The same lives played by the product, on PostgreSQL: assigned, moved, completed; the daily job and the post office."""

from __future__ import annotations

import datetime as dt
import heapq
import json
import os
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any, NoReturn

from sqlalchemy import insert, select

from bench.proofs._reminded import BEGIN, HOLIDAYS, POLICIES, Life, Steps
from lmsapp.assignments.actions import assign_many, change_due_date, close, complete_for
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.policies.models import CourseReminderPolicy, ReminderPolicy, ReminderStep
from lmsapp.assignments.queries import with_all_it_names
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db, unit_of_work
from lmsapp.jobs import in_batches, remind
from lmsapp.jobs.letters import STILL_WANTED, WORDS
from lmsapp.learning.enrollments.events import CourseCompleted
from lmsapp.learning.pauses.actions import end_pauses, pause
from lmsapp.outreach.channels.carriers import CARRIERS, Parcel
from lmsapp.outreach.channels.models import Channel
from lmsapp.outreach.contact.models import ContactPreference
from lmsapp.outreach.notices import delivery
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.calendar.models import Holiday
from lmsapp.people.employees.leaving import leave_all
from lmsapp.people.employees.models import Employee
from lmsapp.people.roles import Role
from lmsapp.people.settings.actions import change_settings
from lmsapp.people.viewer import Viewer
from tests.clock import Clock
from tests.courses.authors import Written, author

NOBODY_TEXTED = 4  # every so manieth person never agreed to SMS
CAPS = {"cap_email_day": 1, "cap_email_week": 3, "cap_sms_day": 1, "cap_sms_week": 2}
RUNS_A_DAY = 4
WORTH_A_WORKER = 100


@dataclass
class Played:
    """What came of it. `handed`: how often each message left, by its key; `seconds` by part."""

    handed: Counter[str] = field(default_factory=Counter)
    job_runs: int = 0
    downtime: int = 0
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))


@dataclass
class Stage:
    """Courses by policy, people by number, and somebody who acts."""

    by: Viewer
    courses: dict[str, list[int]]
    employees: list[int]


@contextmanager
def recording(handed: Counter[str]) -> Iterator[None]:
    """E-mail and SMS end here: what would have left is counted. Everything before is the product's own way."""
    before = dict(CARRIERS)

    @contextmanager
    def take(_way: Any, parcel: Parcel) -> Iterator[Any]:
        def over() -> str | None:
            handed[parcel.key] += 1
            return None

        yield over

    CARRIERS.update({"email": take, "sms": take})
    try:
        yield
    finally:
        CARRIERS.update(before)


def set_the_stage(people: int, found: Sequence[Life]) -> Stage:
    """Policies, courses, holidays, caps, a gateway and everybody."""
    by = author("Milo Moderator", Role.MODERATOR)
    with unit_of_work():
        db.session.add_all(Holiday(day=day, name="Holiday") for day in HOLIDAYS)
        db.session.add(Channel(kind="sms", name="Gateway", enabled=True, config={"url": "https://sms.example"}))
        change_settings(CAPS, None)
    courses = {one.name: [_course(one, n) for n in range(3 if one is POLICIES[0] else 1)] for one in POLICIES}
    zones = {life.person: life.zone.key for life in found}
    with unit_of_work():
        rows = [_employee(n, zones[n]) for n in range(people)]
        ids = list(db.session.scalars(insert(Employee).returning(Employee.id, sort_by_parameter_order=True), rows))
        said = [{"employee_id": one, "sms_consent": n % NOBODY_TEXTED > 0} for n, one in enumerate(ids)]
        db.session.execute(insert(ContactPreference), said)
    return Stage(by, courses, ids)


def play(days: int, found: list[Life], stage: Stage, clock: Clock, seed: int, played: Played) -> None:
    """Day by day: what people do, the job (late, twice, or not at all), and the post."""
    chance, order = Random(seed + 1), count()
    acts = [(life.assigned_at, next(order), "assign", life) for life in found]
    acts += [(life.at, next(order), life.fate, life) for life in found if life.fate != "forgets"]
    heapq.heapify(acts)
    for day in range(days):
        down = day % 30 in (11, 12, 13)  # nothing runs for three days
        played.downtime += down
        for hour in sorted(chance.sample(range(24), RUNS_A_DAY)):
            now = BEGIN + dt.timedelta(days=day, hours=hour, minutes=chance.randrange(60))
            _act(acts, now, stage, clock, played)
            clock.set(now)
            if not down:
                _run(found, now, chance, played)


def _act(acts: list[Any], now: dt.datetime, stage: Stage, clock: Clock, played: Played) -> None:
    begun = time.perf_counter()
    while acts and acts[0][0] <= now:
        at, _order, what, life = heapq.heappop(acts)
        clock.set(at)
        if what == "assign":
            together = [life]
            while acts and acts[0][0] == at and acts[0][2] == "assign":
                together.append(heapq.heappop(acts)[3])
            _assign(together, stage)
        elif life.open:
            _live(life, what, at, stage)
    played.seconds["people"] += time.perf_counter() - begun


def _run(found: list[Life], now: dt.datetime, chance: Random, played: Played) -> None:
    for _again in range(chance.choice((1, 1, 1, 2))):
        begun = time.perf_counter()
        in_batches(end_pauses)
        remind()
        played.seconds["job"] += time.perf_counter() - begun
        played.job_runs += 1
    for life in found:
        if life.spans:
            life.job_runs(now, HOLIDAYS)
    begun = time.perf_counter()
    _send(now, played.handed)
    db.session.remove()
    played.seconds["post"] += time.perf_counter() - begun


def _send(now: dt.datetime, handed: Counter[str]) -> None:
    """Everything that is due, as two workers would: one of them here, one in a process of its own."""
    due = select(Notice.id).where(Notice.status == "queued", Notice.next_try_at <= now).order_by(Notice.id)
    ids = db.session.scalars(due).all()
    db.session.remove()
    if len(ids) < WORTH_A_WORKER:
        _work(ids)
        return
    reading, writing = os.pipe()
    worker = os.fork()
    if not worker:
        _be_the_other_worker(ids[1::2], writing, handed)
    os.close(writing)
    _work(ids[::2])
    with os.fdopen(reading, "rb") as told:
        handed.update(json.load(told))
    os.waitpid(worker, 0)


def _work(ids: Sequence[int]) -> None:
    for notice_id in ids:
        delivery.send(notice_id, STILL_WANTED, WORDS)


def _be_the_other_worker(ids: Sequence[int], writing: int, handed: Counter[str]) -> NoReturn:
    """Tells by the pipe what it handed over, and ends. Whatever goes wrong, it must not become a second proof."""
    try:
        db.engine.dispose(close=False)  # the connections are the other's
        handed.clear()
        _work(ids)
        with os.fdopen(writing, "w") as telling:
            json.dump(handed, telling)
    finally:
        os._exit(0)


def _assign(together: list[Life], stage: Stage) -> None:
    """In one go for each course, as a moderator would. Who has left meanwhile gets nothing."""
    by_course: dict[tuple[str, int], list[Life]] = defaultdict(list)
    for life in together:
        by_course[life.policy.name, life.course].append(life)
    for (name, place), few in sorted(by_course.items()):
        with unit_of_work():
            ids = {stage.employees[life.person]: life for life in few}
            employees = db.session.scalars(select(Employee).where(Employee.id.in_(ids))).all()
            course = db.session.get_one(Course, stage.courses[name][place])
            due = {employee_id: life.due_on for employee_id, life in ids.items()}
            source = "renewal" if few[0].policy.renewal else "demo"  # whoever is assigned so gets no letter about it
            assign_many(employees, course, due, by=None, source=source)
            made = select(TrainingAssignment.id, TrainingAssignment.employee_id).where(
                TrainingAssignment.course_id == course.id, TrainingAssignment.employee_id.in_(ids)
            )
            for row in db.session.execute(made):
                ids[row.employee_id].assignment_id = row.id
                ids[row.employee_id].begin()
        db.session.remove()


def _live(life: Life, what: str, at: dt.datetime, stage: Stage) -> None:
    with unit_of_work():
        one = db.session.scalars(with_all_it_names().where(TrainingAssignment.id == life.assignment_id)).one()
        enrollment = one.enrollment
        if what == "completes":
            enrollment.employee = one.employee
            enrollment.completed_at, enrollment.progress = at, 100
            complete_for(CourseCompleted(enrollment, None))
            life.end(at)
        elif what == "is cancelled":
            close(one, "cancelled", by=stage.by, reason="Not needed")
            life.end(at)
        elif what == "gets more time":
            change_due_date(one, life.move(at), by=stage.by, reason="More time")
        elif what == "pauses":
            enrollment.employee, enrollment.course = one.employee, one.course
            pause(enrollment, life.pause(at), kind="leave", reason="Away", by=stage.by)
    if what == "leaves":
        _leave(life, at, stage)
    db.session.remove()


def _leave(life: Life, at: dt.datetime, stage: Stage) -> None:
    with unit_of_work():
        employee = db.session.get_one(Employee, stage.employees[life.person])
        leave_all([employee], at.astimezone(life.zone).date(), None, "left")
    for other in life.siblings:
        if other.open:
            other.end(at)


def _course(steps: Steps, number: int) -> int:
    written = Written(author(f"Author {steps.name} {number}"), title=f"{steps.name} {number}").publish()
    with unit_of_work():
        policy = db.session.scalar(select(ReminderPolicy).where(ReminderPolicy.name == steps.name))
        policy = policy or _policy(steps)
        course_id = written.course.id
        db.session.add(CourseReminderPolicy(course_id=course_id, policy_id=policy.id))
    return course_id


def _policy(steps: Steps) -> ReminderPolicy:
    moment = "before expiry" if steps.renewal else "before due"
    told = [ReminderStep(moment=moment, days=days, channels=list(steps.before_by)) for days in steps.before]
    told.append(ReminderStep(moment="on due", channels=list(steps.after_by), mandatory=True))
    if steps.after:
        first, every, most = steps.after
        by = list(steps.after_by)
        told.append(ReminderStep(moment="after due", days=first, every=every, most=most, channels=by, mandatory=True))
    for position, one in enumerate(told):
        one.position = position
    policy = ReminderPolicy(name=steps.name, working_days=steps.working_days, steps=told)
    db.session.add(policy)
    db.session.flush()
    return policy


def _employee(number: int, zone: str) -> dict[str, Any]:
    name = f"Person {number}"
    email, mobile = f"p{number}@example.org", f"+1312555{number:04d}"[:12]
    told = {"number": f"P{number:05d}", "name": name, "sort_name": name.lower(), "email": email, "mobile": mobile}
    return {**told, "time_zone": zone, "status": "active", "language": "en" if number % 3 else "es"}
