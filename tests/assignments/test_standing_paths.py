"""CRS-5 with CRS-4: an audience has to take a learning path; it follows people as a course does."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.standing import actions, work
from lmsapp.assignments.standing.actions import RuleFacts
from lmsapp.assignments.standing.models import AudienceRun, RuleException, RulePath, TrainingRule
from lmsapp.assignments.standing.preview import preview_audience, preview_rule
from lmsapp.assignments.standing.queries import rules_of
from lmsapp.assignments.standing.rules import Due, DueKind
from lmsapp.courses.paths.actions import publish_path, retire_path
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra.db import db
from lmsapp.infra.words import RuleBroken
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.paths.actions import withdraw_from_path
from lmsapp.learning.paths.models import PathEnrollment
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.audiences.models import Audience
from lmsapp.people.audiences.rules import AudienceRule
from lmsapp.people.employees.actions import leave, update_employee
from lmsapp.people.employees.leaving import return_employee
from lmsapp.people.employees.models import Employee
from lmsapp.people.forwhom.rules import ForWhom
from tests.clock import Clock
from tests.learning.paths.scene import Sales, course, make_path

TODAY = dt.date(2026, 11, 2)  # a Monday
TEN_WORKING_DAYS = Due(DueKind.AFTER_JOINING, 10, working=True)
DUE = dt.date(2026, 11, 16)


@pytest.fixture
def sales(clock: Clock) -> Sales:
    return Sales()


def audience(sales: Sales, role: str = "RN") -> Audience:
    rule = AudienceRule(who=ForWhom(job_roles=(role,)))
    return actions.create_audience(f"All {role}", rule, sales.cast.milo.viewer)[0]


def a_rule(sales: Sales, of: Audience, target: Any, due: Due = TEN_WORKING_DAYS) -> TrainingRule:
    actions.add_rule(of, target, RuleFacts(due=due, starts_on=TODAY), by=sales.cast.milo.viewer)
    return db.session.scalars(select(TrainingRule).order_by(TrainingRule.id.desc())).all()[0]


def on_path(employee: Employee) -> PathEnrollment | None:
    db.session.flush()
    mine = select(PathEnrollment).where(PathEnrollment.employee_id == employee.id)
    return db.session.scalars(mine.execution_options(populate_existing=True)).one_or_none()


def open_ones(employee: Employee) -> list[tuple[dt.date, bool]]:
    """(due date, whether it came with a path) of open assignments."""
    mine = (TrainingAssignment.employee_id == employee.id, TrainingAssignment.closed_as.is_(None))
    rows = db.session.scalars(select(TrainingAssignment).where(*mine, TrainingAssignment.completed_at.is_(None)))
    return [(one.due_on, one.path_id is not None) for one in rows]


def exceptions() -> list[RuleException]:
    return list(db.session.scalars(select(RuleException).where(RuleException.resolved_at.is_(None))))


def test_a_path_follows_people(sales: Sales, clock: Clock) -> None:
    """CRS-5, CRS-4: joining puts on the path and assigns its courses, leaving takes off and withdraws; once each."""
    milo, mine = sales.cast.milo.viewer, audience(sales)
    seen = preview_rule(mine.id, sales.path, RuleFacts(TEN_WORKING_DAYS, TODAY))
    assert (seen.assigned, [said.due_on for _name, said in seen.samples]) == (1, [DUE])
    rule = a_rule(sales, mine, sales.path)
    lena, otto = sales.cast.lena.record, sales.cast.otto.record
    row = on_path(lena)
    assert row and (row.due_on, row.source) == (DUE, "audience")
    assert open_ones(lena) == [(DUE, True)] * 4
    assert sales.locks(sales.cast.lena) == [False, False, True, True]
    letters = set(db.session.scalars(select(Notice.template)))
    assert "path_assigned" in letters and "training_assigned" not in letters, "one letter, not one for each course"
    with pytest.raises(RuleBroken, match="already"):
        a_rule(sales, mine, sales.path)
    update_employee(otto, {"job_role": "RN"}, None)
    before = set(db.session.scalars(select(TrainingAssignment.id)))
    work.ask_run("again")
    assert before == set(db.session.scalars(select(TrainingAssignment.id))), "run twice is the same"
    assert [(one.title, one.open_ones, one.completed) for one in rules_of(milo, mine.id)] == [("Sales Readiness", 2, 0)]

    clock.move(days=1)
    sales.complete(sales.cast.otto, 0)
    update_employee(otto, {"job_role": "Clerk"}, None)
    left = on_path(otto)
    assert left and left.withdrawn_at and not open_ones(otto)
    closed = select(TrainingAssignment.closed_as).where(TrainingAssignment.employee_id == otto.id)
    assert sorted(map(str, db.session.scalars(closed))) == ["None", *["withdrawn"] * 3], "what is completed stays"
    untouched = select(Enrollment.withdrawn_at).where(Enrollment.employee_id == otto.id)
    assert sum(one is not None for one in db.session.scalars(untouched)) == 3
    clock.move(days=1)
    update_employee(otto, {"job_role": "RN"}, None)
    again = on_path(otto)
    assert again and (again.withdrawn_at, again.due_on) == (None, dt.date(2026, 11, 18)), "back, with a date of its own"
    assert len(open_ones(otto)) == 3 and not exceptions()
    leave(lena, TODAY, None)
    assert not open_ones(lena)
    return_employee(lena, None)
    assert len(open_ones(lena)) == 4
    told = set(db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_kind == "path_enrollment")))
    assert {"put on the path", "assigned", "taken off the path", "on the path again"} <= told
    sales.complete(sales.cast.lena, 0, 1, 2, 3)
    update_employee(lena, {"job_role": "Clerk"}, None)
    done = on_path(lena)
    assert done and done.completed_at and done.withdrawn_at is None, "who completed it keeps it"
    assert rule.status == "active"


def test_staff_other_rules_and_endings(sales: Sales, clock: Clock) -> None:
    """CRS-5: whom staff took off is asked about; two rules for one path hand over; ending withdraws or keeps."""
    milo, mine, lena = sales.cast.milo.viewer, audience(sales), sales.cast.lena.record
    rule = a_rule(sales, mine, sales.path)
    row = db.session.scalars(select(PathEnrollment)).one()
    withdraw_from_path(row, by=milo, reason="On leave")
    work.ask_run("again")
    assert [one.reason for one in exceptions()] == ["withdrawn"] and not open_ones(lena)
    assert actions.set_due_dates(exceptions(), dt.date(2026, 12, 24), by=milo) == 1
    assert open_ones(lena) == [(dt.date(2026, 12, 24), True)] * 4 and not exceptions()

    clock.move(hours=1)
    everybody = actions.create_audience("Everybody", AudienceRule(everybody=True), milo)[0]
    other = a_rule(sales, everybody, sales.path)
    preview = preview_audience(mine, AudienceRule(who=ForWhom(job_roles=("Nobody",))))
    assert [one.withdrawn for one in preview.rules] == [0]
    clock.move(days=1)
    update_employee(lena, {"job_role": "Clerk"}, None)
    assert on_path(lena).withdrawn_at is None  # type: ignore[union-attr]
    lenas = db.session.get_one(RulePath, on_path(lena).id)  # type: ignore[union-attr]
    db.session.refresh(lenas)
    assert lenas.rule_id == other.id, "the other rule's from now on"
    course_rule = a_rule(sales, everybody, sales.courses[0], Due(DueKind.AFTER_ASSIGNMENT, 30))
    assert open_ones(lena) == [(dt.date(2026, 12, 24), True)] * 4, "it is open already"
    wanted = preview_audience(everybody, AudienceRule(who=ForWhom(job_roles=("Nobody",))))
    assert sum(one.withdrawn for one in wanted.rules) == wanted.leaves
    actions.end_rule(other, by=milo, reason="Another path", withdraws=True)
    run = db.session.scalars(select(AudienceRun).order_by(AudienceRun.id.desc())).first()
    assert run and run.withdrawn == wanted.leaves
    assert not db.session.scalar(select(PathEnrollment.id).where(PathEnrollment.withdrawn_at.is_(None)))
    work.ask_run("every day")
    assert open_ones(lena) == [(dt.date(2026, 12, 3), False)], "what the path ended, the rule for the course asks"
    assert (rule.status, course_rule.status) == ("active", "active")


def test_a_rule_waits_for_its_path(sales: Sales) -> None:
    """CRS-5: a draft waits and publishing assigns; a retired one assigns nobody new, and what is open stays."""
    milo = sales.cast.milo.viewer
    draft, _items = make_path([course("Fire", milo)], milo, "Fire wardens")
    mine = audience(sales)
    a_rule(sales, mine, draft)
    assert on_path(sales.cast.lena.record) is None and not exceptions()
    publish_path(draft, by=milo)
    assert len(open_ones(sales.cast.lena.record)) == 1
    retire_path(draft, by=milo)
    update_employee(sales.cast.otto.record, {"job_role": "RN"}, None)
    assert on_path(sales.cast.otto.record) is None and open_ones(sales.cast.lena.record)
    publish_path(draft, by=milo)
    assert len(open_ones(sales.cast.otto.record)) == 1, "open again"
    retire_path(draft, by=milo)
    with pytest.raises(RuleBroken, match="retired"):
        a_rule(sales, audience(sales, "Clerk"), draft)
