"""An organisation in which anything may happen to records, and a reckoning of its own of what must still be there.

The reckoning knows nothing of the database's views: it keeps each record's days, the rules and holds in Python, and
says which records may be gone.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from bench.proofs._retention_model import Days, Model, Rule
from lmsapp.compliance.documents.actions import add_standard_types
from lmsapp.compliance.documents.models import DocumentType, EmployeeDocument
from lmsapp.courses.catalogue.models import Course
from lmsapp.evidence.records.actions import Completed, record_completion
from lmsapp.evidence.retention.erasures.actions import approve_erasure, enter_erasure
from lmsapp.evidence.retention.erasures.models import Erasure
from lmsapp.evidence.retention.holds.actions import lift_hold, set_hold
from lmsapp.evidence.retention.holds.models import LegalHold
from lmsapp.evidence.retention.holds.rules import HoldFacts, Scope
from lmsapp.evidence.retention.policies.actions import change_policy
from lmsapp.evidence.retention.policies.models import RetentionPolicy
from lmsapp.evidence.retention.policies.queries import in_force
from lmsapp.evidence.retention.policies.rules import Start, Terms
from lmsapp.evidence.retention.reviews import disposing
from lmsapp.evidence.retention.reviews.actions import approve_review, finish_review, keep_longer, open_review
from lmsapp.evidence.retention.reviews.models import RetentionItem, RetentionReview
from lmsapp.infra import clock, files
from lmsapp.infra.db import db, unit_of_work
from lmsapp.insight.keeping import work as keeping
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.employees.actions import EmployeeFacts, hire
from lmsapp.people.employees.leaving import leave
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.roles import Role
from lmsapp.people.viewer import Viewer
from tests.cast import staff
from tests.clock import Clock

KINDS = ("completion_record", "employee_document", "notice")
DEPARTMENTS, COURSES = 4, 5
ATTACKS = (
    "DELETE FROM {kind} WHERE id = {id}",
    "UPDATE {kind} SET {column} = '' WHERE id = {id}",
    "UPDATE {kind} SET employee_id = NULL WHERE id = {id}",
    "DELETE FROM {kind}",
    "TRUNCATE {kind} CASCADE",
    "DELETE FROM ledger_salt WHERE event_id IN (SELECT id FROM ledger_event WHERE record_kind = '{kind}')",
    "DELETE FROM employee WHERE id = {person}",
    "UPDATE employee SET name = '' WHERE id = {person}",
    "UPDATE retention_policy SET months = 1",
    "DELETE FROM legal_hold",
    "DELETE FROM retention_policy",
    "SELECT retention_drop_file(1)",
    "SELECT set_config('lms.door', 'open', true); DELETE FROM {kind} WHERE id = {id}",
    (
        "INSERT INTO disposal (kind, record_id, subject, why, law, due_on, item_id, sha256, files, txid)"
        " VALUES ('{kind}', {id}, '', '', '', '2000-01-01', 1, '', '[]', pg_current_xact_id()::text);"
        " DELETE FROM {kind} WHERE id = {id}"
    ),
    "CREATE OR REPLACE FUNCTION retention_today() RETURNS date LANGUAGE sql AS $$ SELECT date '2999-01-01' $$",
    "ALTER TABLE {kind} DISABLE TRIGGER ALL",
)  # fmt: skip
# A forged list, as whoever holds the application's role could write it: the door must look for itself.
FORGED = (
    "WITH v AS (INSERT INTO retention_review (why, status, opened_at, approved_at, asked, state, tries, done, total)"
    " VALUES ('by hand', 'approved', now(), now(), '', 'ready', 0, 0, 0) RETURNING id)"
    " INSERT INTO retention_item (review_id, kind, record_id, state, words)"
    " SELECT id, :kind, :id, 'approved', '' FROM v RETURNING id"
)
COLUMN = {"completion_record": "employee_name", "employee_document": "sha256", "notice": "body_text"}


class Killed(BaseException):
    """The worker dies where it stands."""


@dataclass
class Scene:
    """`model` reckons; `figures` counts what was tried; `wrong` says what must not be. `forged`: completions that went by a
    list nobody reviewed, while they were due."""

    app: Flask
    clock: Clock
    owner: psycopg.Connection
    chance: random.Random
    model: Model = field(default_factory=Model)
    figures: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    forged: set[int] = field(default_factory=set)
    people: dict[int, str] = field(default_factory=dict)
    left: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        with unit_of_work():
            self.hana = staff("Hana Keeper", Role.HR_MANAGER).viewer
            self.ida = staff("Ida Keeper", Role.HR_MANAGER).viewer
            add_standard_types()
            db.session.execute(update(DocumentType).values(keep_years=None))
            db.session.add_all(Department(name=f"Ward {n}") for n in range(DEPARTMENTS))
            db.session.add_all(Course(slug=f"c{n}", title=f"Course {n}", language="en") for n in range(COURSES))
            rows = db.session.scalars(select(RetentionPolicy).where(in_force(), RetentionPolicy.kind.in_(KINDS)))
            for row in rows:
                self.model.rules[row.id] = Rule(row.kind, row.months, row.start, row.duty)
        self.departments = list(db.session.scalars(select(Department.id).order_by(Department.id)))
        self.courses = list(db.session.scalars(select(Course.id).order_by(Course.id)))
        self.type_id = db.session.scalars(select(DocumentType.id).order_by(DocumentType.id)).first() or 0
        db.session.commit()

    @property
    def today(self) -> dt.date:
        return self.clock.instant.date()

    def keeper(self) -> Viewer:
        return self.chance.choice((self.hana, self.ida))

    def person(self) -> Employee | None:
        return db.session.get(Employee, self.chance.choice(list(self.people))) if self.people else None

    # What happens

    def step_hire(self) -> None:
        number = len(self.people) + 1
        name = f"Quillon Zephyr{number:05d}"
        with unit_of_work():
            facts = EmployeeFacts(number=f"N{number:05d}", name=name, time_zone="UTC", email=f"n{number}@x.example")
            one = hire(facts, None, invited=False)
            one.department_id = self.chance.choice(self.departments)
        self.people[one.id] = name
        self.model.person(one.id, one.department_id)

    def step_complete(self) -> None:
        if (one := self.person()) is None or one.erased_at:
            return
        course = self.chance.choice(self.courses)
        with unit_of_work():
            done = Completed(("course", course), "Course", 1, "0" * 64, 1, [])
            row = record_completion(one, "Ward", done, at=clock.now(), by=None)
        self.model.add("completion_record", row.id, one.id, Days(self.today, None), course)

    def step_file(self) -> None:
        if (one := self.person()) is None or one.erased_at:
            return
        ends = self.today + dt.timedelta(days=self.chance.randrange(30, 900)) if self.chance.random() < 0.5 else None
        with unit_of_work():
            kept = files.store(f"paper {self.chance.random()}".encode(), name="paper.pdf", media_type="application/pdf")
            row = EmployeeDocument(
                employee_id=one.id, type_id=self.type_id, title="Paper", source="upload", file_id=kept.id,
                sha256=kept.sha256, expires_on=ends, filed_by_name="Hana Keeper", filed_at=clock.now(),
            )  # fmt: skip
            db.session.add(row)
            db.session.flush()
        self.model.add("employee_document", row.id, one.id, Days(self.today, ends), None)

    def step_write(self) -> None:
        if (one := self.person()) is None or one.erased_at:
            return
        with unit_of_work():
            row = Notice(
                key=f"proof/{self.chance.random()}", channel="in_app", template="training_assigned", employee_id=one.id,
                to_name=one.name, language="en", subject="Due", body_text=f"Hello {one.name}", body_html="",
                reason={}, status="sent", queued_at=clock.now(), sent_at=clock.now(), next_try_at=clock.now(),
                mandatory=False,
            )  # fmt: skip
            db.session.add(row)
            db.session.flush()
        self.model.add("notice", row.id, one.id, Days(self.today, self.today), None)

    def step_hold(self) -> None:
        if len(self.model.holds) > 6:
            return
        scope = self.chance.choice(list(Scope))
        targets = {Scope.PERSON: list(self.people), Scope.COURSE: self.courses, Scope.DEPARTMENT: self.departments}
        if scope not in targets or not targets[scope]:
            return
        target = self.chance.choice(targets[scope])
        kind = self.chance.choice(("", "", *KINDS))
        with unit_of_work():
            hold = set_hold(HoldFacts("A matter", "A claim.", scope, target, kind), by=self.keeper())
        self.model.hold(hold.id, scope.value, target, kind)
        self.figures["holds"] += 1

    def step_lift(self) -> None:
        if self.model.holds:
            hold_id = self.chance.choice(list(self.model.holds))
            with unit_of_work():
                lift_hold(db.session.get_one(LegalHold, hold_id), by=self.keeper(), reason="Settled.")
            del self.model.holds[hold_id]

    def step_rule(self) -> None:
        rule_id = self.chance.choice(list(self.model.rules))
        old = self.model.rules[rule_id]
        months, start = self.chance.choice((6, 12, 24, 36, 48)), self.chance.choice(list(Start))
        if (months, start.value) == (old.months, old.start):
            return
        with unit_of_work():
            row = db.session.get_one(RetentionPolicy, rule_id)
            terms = Terms(months, start, old.duty, row.law)
            new = change_policy(row, terms, by=self.keeper(), reason="Another schedule.")
        del self.model.rules[rule_id]
        self.model.rules[new.id] = Rule(old.kind, months, start.value, old.duty)
        self.figures["rules"] += 1

    def step_years(self) -> None:
        self.clock.move(days=self.chance.choice((20, 90, 200, 400)))
        self.owner.execute("UPDATE proof_day SET day = %s", [self.today])
        self.figures["years"] = self.today.year - 2026

    def step_leave(self) -> None:
        if (one := self.person()) is None or one.status == "left":
            return
        with unit_of_work():
            leave(one, self.today, None)
        self.left.add(one.id)
        self.model.people[one.id].left_on = self.today

    def step_move(self) -> None:
        if (one := self.person()) is None:
            return
        with unit_of_work():
            one.department_id = self.chance.choice(self.departments)
        self.model.move(one.id, one.department_id)

    def step_retire_course(self) -> None:
        with unit_of_work():
            status = self.chance.choice(("archived", "draft"))
            retired = update(Course).where(Course.id == self.chance.choice(self.courses)).values(status=status)
            try:
                with db.session.begin_nested():
                    db.session.execute(retired)
            except DBAPIError:
                self.figures["refused"] += 1

    def step_erase(self) -> None:
        waiting = sorted(self.left - self.model.erased)
        if not waiting:
            return
        one = self.chance.choice(waiting)
        with unit_of_work():
            erasure = enter_erasure(one, self.today, by=self.hana, language="en", confirmed=True)
            approve_erasure(erasure, by=self.ida)
        self.model.erased.add(one)
        self.figures["erasures"] += 1
        self.run(lambda: keeping.erase(erasure.id), Erasure, erasure.id)

    def step_review(self) -> None:
        with unit_of_work():
            review = open_review("by hand", by=self.hana)
        keeping.review(review.id)
        review = db.session.get_one(RetentionReview, review.id, populate_existing=True)
        if review.status != "open":
            return
        self.keep_some(review)
        if self.chance.random() < 0.5:
            return  # it stays open; another step comes between
        with unit_of_work():
            seen = self.count(review.id)
            finish_review(review, by=self.hana, seen=seen)
            if review.status == "reviewed":
                approve_review(review, by=self.ida)
        if self.chance.random() < 0.3:
            self.step_hold()  # set between approval and disposal
        self.run(lambda: keeping.review(review.id), RetentionReview, review.id)
        self.figures["reviews"] += 1

    def keep_some(self, review: RetentionReview) -> None:
        rows = select(RetentionItem).where(RetentionItem.review_id == review.id, RetentionItem.state == "open")
        found = db.session.scalars(rows.limit(3)).all()
        if found and self.chance.random() < 0.3:
            until = self.today + dt.timedelta(days=self.chance.randrange(30, 800))
            with unit_of_work():
                keep_longer(review, [one.id for one in found], until, by=self.hana, reason="A question.")
            for one in found:
                self.model.longer(one.kind, one.record_id, until)

    def count(self, review_id: int) -> int:
        rows = "SELECT count(*) FROM retention_item WHERE review_id = :id AND state = 'open'"
        return db.session.scalar(text(rows), {"id": review_id}) or 0

    def run(self, job: Any, model: Any, row_id: int) -> None:
        """The worker, which dies in the middle now and then and is followed by another."""
        for _life in range(6):
            dies_after = self.chance.randrange(0, 8) if self.chance.random() < 0.25 else None
            if not self.lives(job, dies_after):
                with unit_of_work():
                    free = update(model).where(model.id == row_id, model.state == "running")
                    db.session.execute(free.values(state="waiting", lease_until=None))
                continue
            break
        found = db.session.get_one(model, row_id, populate_existing=True)
        if found.state != "ready":
            self.wrong.append(f"{model.__tablename__} {row_id} is {found.state}: {found.error}")
        db.session.commit()

    def lives(self, job: Any, dies_after: int | None) -> bool:
        real, left = disposing.attest, [dies_after if dies_after is not None else 10**9]

        def dying(*args: Any, **more: Any) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise Killed
            real(*args, **more)

        disposing.attest = dying
        try:
            job()
        except Killed:
            db.session.rollback()
            self.figures["kills"] += 1
            return False
        finally:
            disposing.attest = real
        return True

    def step_attack(self) -> None:
        record = self.model.any_record(self.chance)
        if record is None:
            return
        kind, record_id = record
        values = {
            "kind": kind,
            "id": record_id,
            "column": COLUMN[kind],
            "person": self.chance.choice(list(self.people)),
        }
        statement = self.chance.choice(ATTACKS).format(**values)
        try:
            with db.session.begin_nested():
                db.session.execute(text(statement.replace("::", "\\:\\:")))
        except DBAPIError:
            self.figures["refused"] += 1
        self.figures["attacks"] += 1
        db.session.commit()

    def step_forge(self) -> None:
        """A list nobody reviewed, written by SQL: the door is asked for any record whatever."""
        record = self.model.any_record(self.chance)
        if record is None:
            return
        kind, record_id = record
        may = self.model.may_go(kind, record_id, self.today)
        try:
            with db.session.begin_nested():
                item = db.session.scalar(text(FORGED), {"kind": kind, "id": record_id})
                db.session.execute(text("SELECT retention_dispose(:item)"), {"item": item})
            if not may:
                self.wrong.append(f"{self.today}: the door let {kind} {record_id} go by a forged list")
            self.figures["forged, due"] += 1
            if kind == "completion_record":
                self.forged.add(record_id)
        except DBAPIError as refused:
            if may and "restrict" not in type(refused.orig).__name__.lower() and "unique" not in str(refused.orig):
                self.wrong.append(f"{kind} {record_id}: {refused.orig}")
            self.figures["refused"] += 1
        self.figures["attacks"] += 1
        db.session.commit()
