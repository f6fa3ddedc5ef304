"""A house that lives for some months, from a seed: people come, move and go, train, are decided about, and are wrong.

Everything is done by the product's own actions at the clock's time; nothing is told to the reports.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sqlalchemy import select

from lmsapp.assignments.actions import assign_many, change_due_date, close
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.queries import with_all_it_names
from lmsapp.assignments.reopening import reopen
from lmsapp.compliance.ledger.actions import TypeFacts, change_type, create_type, mark_complete, require, waive
from lmsapp.compliance.ledger.models import ComplianceDuty, ComplianceType
from lmsapp.courses.catalogue.actions import edit_course
from lmsapp.evidence.records.actions import Completed, record_completion
from lmsapp.evidence.records.queries import latest_record
from lmsapp.infra import clock as product_clock
from lmsapp.infra.db import db
from lmsapp.infra.words import RuleBroken
from lmsapp.learning.certificates.actions import revoke_certificate
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.enrollments.access import give_back_access, revoke_access
from lmsapp.learning.enrollments.actions import open_lesson
from lmsapp.learning.enrollments.by_hand import complete_by_hand, take_back_completion
from lmsapp.learning.enrollments.completing import ByHand
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.enrollments.queries import one_enrollment
from lmsapp.learning.validity.actions import renew
from lmsapp.people.accounts.actions import add_roles
from lmsapp.people.accounts.models import User
from lmsapp.people.employees.actions import EmployeeFacts, hire, leave, update_employee
from lmsapp.people.employees.leaving import return_employee
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.employees.queries import employee_for
from lmsapp.people.organisation.actions import change_department, create_department
from lmsapp.people.queries import load_viewer
from lmsapp.people.roles import Role
from lmsapp.people.viewer import Viewer
from tests.cast import staff
from tests.clock import Clock
from tests.courses.authors import Written, author

ZONES = ("America/Chicago", "Asia/Kolkata", "Pacific/Auckland", "Pacific/Honolulu")
ROLES = ("Nurse", "Technician", "Clerk")
PLACES = ("Tower A", "Tower B", "Annex")


@dataclass
class Life:
    """`people` to begin with; `act()` does one thing by chance. `mark` leads some of them, `hana` is HR."""

    clock: Clock
    seed: int
    people: int = 8
    chance: Random = field(init=False)
    employees: list[Employee] = field(default_factory=list)
    types: list[ComplianceType] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)  # of the employees; as numbers, which are the same on every day
    done: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)
        self.hana = staff("Hana Novák", Role.HR_MANAGER).viewer
        moderator = staff("Milo Brandt", Role.MODERATOR)
        add_roles([moderator.user.id], Role.HR_MANAGER, None)
        self.milo = self._viewer(moderator.user)
        self.departments = [create_department(name, None, self.hana) for name in ("Ward A", "Ward B", "Kitchen")]
        writer = author()
        self.written = [Written(writer, title=title).publish() for title in ("Hand hygiene", "Fire safety", "Lifting")]
        self.courses = [one.course for one in self.written]
        self.boss = hire(self._facts("Mark Okafor", "M-1", email="mark@example.org"), None, invited=False)
        user = db.session.get_one(User, self.boss.user_id)
        self._account = (user.id, user.session_epoch)
        for _each in range(self.people):
            self.hire()
        for name in ("Privacy", "Vaccination"):
            self.add_type(name)
        db.session.commit()

    @property
    def mark(self) -> Viewer:
        """As his next request would see him."""
        viewer = load_viewer(*self._account, "America/Chicago")
        assert viewer is not None
        return viewer

    def act(self) -> str:
        """One thing; '' where it could not be done just then."""
        name, deed = self.chance.choice(DEEDS)
        try:
            with db.session.begin_nested():
                if not deed(self):
                    return ""
                db.session.flush()
        except RuleBroken:
            return ""
        self.done[name] = self.done.get(name, 0) + 1
        return name

    def _viewer(self, user: User) -> Viewer:
        viewer = load_viewer(user.id, user.session_epoch, "America/Chicago")
        assert viewer is not None
        return viewer

    def _facts(self, name: str, number: str, **more: Any) -> EmployeeFacts:
        return EmployeeFacts(
            number=number, name=name, time_zone=self.chance.choice(ZONES), job_role=self.chance.choice(ROLES),
            location=self.chance.choice(PLACES), department=self.chance.choice(self.departments).name, **more,
        )  # fmt: skip

    def _some(self, *, active: bool = True) -> Employee:
        return self.chance.choice([one for one in self.employees if (one.status == "active") is active])

    def hire(self) -> bool:
        number = len(self.employees) + 1
        boss = self.chance.choice([None, self.boss, *self.employees[:3]])
        facts = self._facts(
            f"Person {number:03d}", f"P-{number:03d}", manager=boss if boss and boss.status == "active" else None
        )
        self.employees.append(hire(facts, self.hana, invited=False))
        self.ids.append(self.employees[-1].id)
        return True

    def move(self) -> bool:
        one = self._some()
        column, value = self.chance.choice(
            [
                ("department_id", self.chance.choice(self.departments).id),
                ("job_role", self.chance.choice(ROLES)),
                ("location", self.chance.choice(PLACES)),
                ("manager_id", self.chance.choice([None, self.boss.id, self._some().id])),
                ("name", f"{one.name.split(' of ')[0]} of {self.chance.choice(PLACES)}"),
                ("time_zone", self.chance.choice(ZONES)),
            ]
        )
        return value != one.id and bool(update_employee(one, {column: value}, self.hana, "a move"))

    def leave(self) -> bool:
        one = self._some()
        if sum(each.status == "active" for each in self.employees) < 4:
            return False
        leave(one, product_clock.today(one.time_zone), self.hana, "gone")
        return True

    def come_back(self) -> bool:
        if all(one.status == "active" for one in self.employees):
            return False
        return_employee(self._some(active=False), self.hana, "back")
        return True

    def rename(self) -> bool:
        unit: Department = self.chance.choice(self.departments)
        name = unit.name.split(" of")[0] + self.chance.choice(["", " of old", " of new"])
        change_department(unit, self.hana, name=name, parent=None, head=None)
        return True

    def retitle(self) -> bool:
        course = self.chance.choice(self.courses)
        edit_course(course, by=None, title=course.title.split(",")[0] + self.chance.choice(["", ", again", ", anew"]))
        return True

    def assign(self) -> bool:
        some = self.chance.sample(self.employees, k=min(len(self.employees), self.chance.randint(1, 4)))
        zone = max(ZONES, key=product_clock.today)
        due = product_clock.today(zone) + dt.timedelta(days=self.chance.randint(1, 40))
        return bool(assign_many(some, self.chance.choice(self.courses), due, by=self.milo).created)

    def _assignment(self, *, opened: bool) -> TrainingAssignment | None:
        found = [
            one
            for one in db.session.scalars(with_all_it_names().order_by(TrainingAssignment.id))
            if (one.completed_at is None and one.closed_as is None) is opened and one.employee.status == "active"
        ]
        return self.chance.choice(found) if found else None

    def extend(self) -> bool:
        if one := self._assignment(opened=True):
            later = max(product_clock.today(one.employee.time_zone), one.due_on) + dt.timedelta(
                days=self.chance.randint(1, 20)
            )
            change_due_date(one, later, by=self.milo, reason="more time")
        return one is not None

    def close(self) -> bool:
        if one := self._assignment(opened=True):
            close(one, self.chance.choice(["cancelled", "exempt"]), by=self.milo, reason="not needed")
        return one is not None

    def reopen(self) -> bool:
        if one := self._assignment(opened=False):
            reopen(one, by=self.milo, reason="needed after all")
        return one is not None

    def _enrollment(self, keep: Callable[[Enrollment], bool]) -> Enrollment | None:
        found = [one for one in db.session.scalars(select(Enrollment).order_by(Enrollment.id)) if keep(one)]
        if not found:
            return None
        chosen = self.chance.choice(found)
        return one_enrollment(Enrollment.id == chosen.id, withdrawn=True)

    def start(self) -> bool:
        one = self._enrollment(lambda e: e.started_at is None and e.withdrawn_at is None)
        if one:
            written = self.written[self.courses.index(one.course)]
            open_lesson(one, written.text)
        return one is not None

    def complete(self) -> bool:
        one = self._enrollment(lambda e: e.withdrawn_at is None and e.completed_at is None)
        if one:
            complete_by_hand(one, ByHand(self.milo, "seen"))
        return one is not None

    def renew(self) -> bool:
        one = self._enrollment(lambda e: e.completed_at is not None and e.withdrawn_at is None)
        if one:
            renew(one, by=self.milo)
        return one is not None

    def take_back(self) -> bool:
        one = self._enrollment(lambda e: e.completed_by_hand and e.completed_at is not None)
        record = one and latest_record(one.employee_id, ("course", one.course_id))
        if one and record and record.how == "by hand":
            take_back_completion(one, record, ByHand(self.milo, "a mistake"))
            return True
        return False

    def record_late(self) -> bool:
        """Entered today, about a day some weeks ago."""
        employee = self._some()
        at = product_clock.now() - dt.timedelta(days=self.chance.randint(5, 40))
        course = self.chance.choice(self.courses)
        completed = Completed(("course", course.id), course.title, 1, "", 1, [])
        record_completion(employee, "", completed, at=at, by=self.milo, reason="on paper")
        return True

    def revoke_certificate(self) -> bool:
        found = db.session.scalars(
            select(Certificate).where(Certificate.revoked_at.is_(None)).order_by(Certificate.id)
        ).all()
        if found:
            revoke_certificate(self.chance.choice(found), by=self.milo, reason="not theirs")
        return bool(found)

    def shut(self) -> bool:
        if one := self._enrollment(lambda e: e.withdrawn_at is None and e.completed_at is None):
            revoke_access(one, by=self.milo, reason="a stop")
        return one is not None

    def open(self) -> bool:
        if one := self._enrollment(lambda e: e.withdrawn_at is not None):
            give_back_access(one, by=self.milo, reason="again")
        return one is not None

    def add_type(self, name: str) -> bool:
        facts = TypeFacts(name, renewal_months=self.chance.choice([None, 1, 2]), notice_days=20, evidence_needed=False)
        self.types.append(create_type(facts, self.hana))
        return True

    def change_type(self) -> bool:
        one = self.chance.choice(self.types)
        named = one.name.split(",")[0] + self.chance.choice(["", ", revised"])
        facts = TypeFacts(
            named,
            renewal_months=self.chance.choice([None, 1, 3]),
            notice_days=self.chance.randint(5, 50),
            evidence_needed=False,
        )
        change_type(one, facts, self.hana)
        return True

    def decide(self) -> bool:
        employee = employee_for(self.hana, self._some().id)
        type_, kind = self.chance.choice(self.types), self.chance.randrange(3)
        assert employee is not None
        today = product_clock.today(employee.time_zone)
        if kind == 0:
            day = today - dt.timedelta(days=self.chance.randint(0, 30))
            mark_complete(employee, type_, day, evidence=None, by=self.hana, reason="shown")
        elif kind == 1:
            until = today + dt.timedelta(days=self.chance.randint(1, 30))
            waive(employee, type_, by=self.hana, reason="away", until=self.chance.choice([None, until]))
        else:
            require(employee, type_, by=self.hana, reason="asked again")
        return True

    def duty(self) -> bool:
        employee, type_ = self._some(), self.chance.choice(self.types)
        there = db.session.scalar(
            select(ComplianceDuty).where(
                ComplianceDuty.employee_id == employee.id,
                ComplianceDuty.type_id == type_.id,
                ComplianceDuty.until.is_(None),
            )
        )
        if there is not None:
            there.until = product_clock.now()
        else:
            db.session.add(ComplianceDuty(employee_id=employee.id, type_id=type_.id))
        return True


DEEDS: Sequence[tuple[str, Callable[[Life], bool]]] = (
    ("hired", Life.hire), ("moved", Life.move), ("moved", Life.move), ("left", Life.leave),
    ("came back", Life.come_back), ("department renamed", Life.rename), ("course renamed", Life.retitle),
    ("assigned", Life.assign), ("assigned", Life.assign), ("extended", Life.extend), ("closed", Life.close),
    ("reopened", Life.reopen), ("started", Life.start), ("completed", Life.complete),
    ("completed", Life.complete), ("renewed", Life.renew), ("taken back", Life.take_back),
    ("recorded late", Life.record_late), ("certificate revoked", Life.revoke_certificate),
    ("access revoked", Life.shut), ("access given back", Life.open), ("type changed", Life.change_type),
    ("decided", Life.decide), ("decided", Life.decide), ("duty", Life.duty),
)  # fmt: skip
