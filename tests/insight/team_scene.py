"""A line of random people with random training, for what must be true of any."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from random import Random
from typing import Any

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.courses.catalogue.models import Course
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.insight.filters import DUE_WINDOWS, SCOPES, SORTS, STANDINGS, TeamFilters
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.employees.models import Department, Employee, ReportingLine
from tests.cast import Cast, make_cast
from tests.kept import kept

ZONES = ("America/Chicago", "Asia/Kolkata", "Pacific/Kiritimati", "UTC")
STATUSES = ("Pending", "In Progress", "Completed", "Overdue", "Cancelled", "Exempt")


@kept
@dataclass
class Scene:
    """The cast, and people below Mark in two levels; some belong to nobody's line."""

    random: Random
    people: int = 12
    cast: Cast = field(init=False)
    employees: list[Employee] = field(default_factory=list)
    assignments: list[TrainingAssignment] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cast = make_cast()
        top = Department(name="House")
        db.session.add(top)
        db.session.flush()
        self.departments = [top, *(Department(name=f"Ward {n}", parent_id=top.id) for n in range(2))]
        titles = ("Fire Safety", "Safe Lifting", "Ethics", "Person first")
        self.courses = [Course(slug=f"s{n}", title=title, status="published") for n, title in enumerate(titles)]
        db.session.add_all([*self.departments, *self.courses])
        db.session.flush()
        for n in range(self.people):
            self._person(n)
        db.session.flush()

    def _person(self, n: int) -> None:
        some, mark = self.random, self.cast.mark.record
        person = Employee(
            number=f"S-{n:03d}", name=f"Person {n:03d}", sort_name=f"person {n:03d}",
            department_id=some.choice([None, *(one.id for one in self.departments)]), job_role=some.choice(("RN", "LPN", "")),
            location=some.choice(("North", "South")), region=some.choice(("East", "")), cohort=some.choice(("2024", "2025", "2026")),
            time_zone=some.choice(ZONES),
        )  # fmt: skip
        db.session.add(person)
        db.session.flush()
        if n % 5 < 4:  # the others are nobody's business
            db.session.add(ReportingLine(manager_id=mark.id, employee_id=person.id, depth=1 + n % 2))
        self.employees.append(person)
        for course in self.courses:
            self._trained(person, course)

    def _trained(self, person: Employee, course: Course) -> None:
        """One time round or more; at most the last is open."""
        some, now = self.random, clock.now()
        active = now - dt.timedelta(hours=some.choice((1, 47, 49, 500)))
        enrollment = Enrollment(
            employee_id=person.id, course_id=course.id, progress=some.choice((0, 30, 100)), last_active_at=some.choice((None, active)),
            paused_until=some.choice((None, None, None, now.date())),
        )  # fmt: skip
        db.session.add(enrollment)
        db.session.flush()
        rounds = some.choice((0, 1, 1, 2, 3))
        for number in range(rounds):
            self._assigned(person, course, enrollment, last=number == rounds - 1)

    def assigned_again(self, one: TrainingAssignment) -> None:
        """The same training for the same person, done once more."""
        person, course = db.session.get_one(Employee, one.employee_id), db.session.get_one(Course, one.course_id)
        self._assigned(person, course, db.session.get_one(Enrollment, one.enrollment_id), last=False)
        db.session.flush()

    def _assigned(self, person: Employee, course: Course, enrollment: Enrollment, *, last: bool) -> None:
        some, now = self.random, clock.now()
        due_on = now.date() + dt.timedelta(days=some.choice((-40, -1, 0, 1, 6, 7, 8, 14, 15, 29, 31, 90)))
        state = some.choice(
            ("open", "open", "completed", "exempt", "cancelled", "left")
            if last
            else ("completed", "completed", "exempt")
        )
        started = now - dt.timedelta(hours=some.choice((1, 47, 49, 500))) if some.random() < 0.6 else None
        done = now - dt.timedelta(days=some.choice((0, 9, 400))) if state == "completed" else None
        one = TrainingAssignment(
            employee_id=person.id, course_id=course.id, enrollment_id=enrollment.id, due_on=due_on,
            due_at=clock.end_of_day(due_on, person.time_zone), started_at=started, completed_at=done,
            completed_on=done.date() if done else None, closed_as=None if state in ("open", "completed") else state,
        )  # fmt: skip
        db.session.add(one)
        self.assignments.append(one)
        if done and some.random() < 0.7:
            self._certified(person, course, enrollment, done)

    def _certified(self, person: Employee, course: Course, enrollment: Enrollment, done: dt.datetime) -> None:
        some = self.random
        record = CompletionRecord(
            employee_id=person.id, employee_number=person.number, employee_name=person.name, job_role="", department="",
            subject_kind="course", subject_id=course.id, title=course.title, content_version=1, content_sha256="0" * 64,
            rule_version=1, criteria=[], attempt=1, occurred_at=done, local_time="", time_zone="UTC", actor_name="", how="rule",
        )  # fmt: skip
        db.session.add(record)
        db.session.flush()
        until = clock.now().date() + dt.timedelta(days=some.choice((-1, 0, 20, 60, 61, 300)))
        db.session.add(
            Certificate(
                number=f"N-{record.id}",
                token=f"t-{record.id}",
                record_id=record.id,
                enrollment_id=enrollment.id,
                employee_id=person.id,
                course_id=course.id,
                holder_name="",
                title="",
                issued_on=done.date(),
                valid_until=until,
                revoked_at=some.choice((None, None, None, done)),
            )
        )
        db.session.flush()

    def filters(self) -> TeamFilters:
        """Any; most set two or three things."""
        some = self.random

        def few(values: Any, chance: float = 0.2) -> tuple[Any, ...]:
            return tuple(some.sample(list(values), some.choice((1, 1, 2)))) if some.random() < chance else ()

        return TeamFilters(
            search=some.choice(("person", "safe", "00", "s-003", "zebra", "person 1")) if some.random() < 0.25 else "",
            scope=some.choice(SCOPES) if some.random() < 0.2 else "line",
            departments=few(one.id for one in self.departments),
            roles=few(("RN", "LPN")),
            locations=few(("North", "South")),
            regions=few(("East", "West")),
            cohorts=few(("2024", "2025", "2026")),
            courses=few(one.id for one in self.courses),
            statuses=few(STATUSES, 0.5),
            due=some.choice(DUE_WINDOWS) if some.random() < 0.3 else "",
            standing=some.choice(STANDINGS) if some.random() < 0.3 else "",
            sort=some.choice(SORTS),
            desc=some.random() < 0.5,
            alone=some.random() < 0.3,
        )
