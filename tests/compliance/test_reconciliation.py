"""Learning beside the ledger: every kind is found, mended from its row, and gone afterwards (HRD-6)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import pytest
from sqlalchemy import func, select, update

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.compliance.documents.actions import file_sealed, take_out, type_named
from lmsapp.compliance.ledger.actions import TypeFacts, create_type, mark_complete
from lmsapp.compliance.ledger.models import ComplianceDuty, ComplianceTypeCourse, EmployeeCompliance
from lmsapp.compliance.reconciling.actions import ask_daily, ask_look, say_right
from lmsapp.compliance.reconciling.mending import Key, mend_many, present_differences
from lmsapp.compliance.reconciling.models import ReconciliationFinding, ReconciliationRun
from lmsapp.compliance.reconciling.queries import ReportFilters, finding, months, report
from lmsapp.compliance.reconciling.rules import Kind, Mend
from lmsapp.compliance.reconciling.work import sweep_looks, work_on_look
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra import clock as product_clock
from lmsapp.infra.db import db
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.validity.models import CertificationPeriod
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.employees.models import Employee
from tests.clock import Clock
from tests.compliance.files import Graduate

TODAY = dt.date(2026, 11, 2)


@dataclass
class Desk:
    """Priya has finished a course that supports a type; HR is Hana."""

    clock: Clock
    graduate: Graduate = field(init=False)

    def __post_init__(self) -> None:
        self.graduate = Graduate(self.clock)
        self.hana = self.graduate.hana
        course = self.graduate.learner.written.course
        self.type = create_type(TypeFacts("HIPAA privacy", "HHS", "45 CFR", 12, course_id=course.id), self.hana)
        self.sealed = self.graduate.seal()[0]
        db.session.commit()

    @property
    def person(self) -> int:
        return self.graduate.employee.id

    def key(self, kind: Kind) -> Key:
        return (kind.value, self.person, self.type.id)

    def kinds(self) -> set[str]:
        db.session.flush()
        return {key[0] for key in present_differences({self.person})}

    def mend(self, kind: Kind, reason: str = "as agreed") -> object:
        said = mend_many([self.key(kind)], self.hana, reason)[self.key(kind)]
        return said.did or said.refused

    def decision(self) -> EmployeeCompliance:
        return db.session.scalars(select(EmployeeCompliance).where(EmployeeCompliance.replaced_at.is_(None))).one()


@pytest.fixture
def desk(clock: Clock) -> Desk:
    return Desk(clock)


def test_from_completed_to_marked_in_two_steps(desk: Desk) -> None:
    """HRD-6: completed and not filed is filed; filed and not marked is marked, with evidence and computed renewal; then
    both sides agree. A row that is gone says so, and nobody but HR mends."""
    assert desk.kinds() == {Kind.NOT_FILED}
    with pytest.raises(NotAllowed):
        mend_many([desk.key(Kind.NOT_FILED)], desk.graduate.learner.viewer, "")
    assert desk.mend(Kind.NOT_FILED, "") == Mend.FILE
    assert desk.kinds() == {Kind.NOT_MARKED}
    assert desk.mend(Kind.NOT_MARKED, "") == Mend.MARK
    held = desk.decision()
    assert (held.completed_on, held.renewal_on) == (TODAY, dt.date(2027, 11, 2))
    assert held.evidence_id is not None
    assert desk.kinds() == set()
    assert isinstance(desk.mend(Kind.NOT_MARKED), RuleBroken)
    assert db.session.scalar(select(func.count()).select_from(ReconciliationFinding)) == 0


def test_evidence_that_is_gone_is_attached_again(desk: Desk) -> None:
    """HRD-6: marked without a document, or its document taken out; with none to attach somebody has to decide."""
    document = file_sealed(desk.sealed, type_named("Training Record"), desk.hana)
    mark_complete(desk.graduate.employee, desk.type, TODAY, evidence=document, by=desk.hana)
    assert desk.kinds() == set()
    take_out(document, desk.hana, "wrong person")
    assert desk.kinds() == {Kind.NO_EVIDENCE, Kind.NOT_FILED}
    assert isinstance(desk.mend(Kind.NO_EVIDENCE), RuleBroken)
    assert desk.mend(Kind.NOT_FILED) == Mend.FILE
    assert isinstance(desk.mend(Kind.NO_EVIDENCE, " "), RuleBroken)  # an earlier decision is changed: say why
    assert desk.mend(Kind.NO_EVIDENCE) == Mend.ATTACH
    assert desk.kinds() == set()
    assert desk.decision().completed_on == TODAY


def test_expired_in_one_and_valid_in_the_other(desk: Desk, clock: Clock) -> None:
    """HRD-6: both ways; the day of learning is taken over, or it is asked for again."""
    document = file_sealed(desk.sealed, type_named("Training Record"), desk.hana)
    old = TODAY - dt.timedelta(days=500)
    mark_complete(desk.graduate.employee, desk.type, old, evidence=document, by=desk.hana)
    assert desk.kinds() == {Kind.NOT_MARKED, Kind.EXPIRED_HERE}
    assert desk.mend(Kind.EXPIRED_HERE) == Mend.TAKE_OVER
    assert desk.kinds() == set()
    assert desk.decision().completed_on == TODAY
    period = db.session.scalars(select(CertificationPeriod)).one()
    copied = {one.name: getattr(period, one.name) for one in CertificationPeriod.__table__.columns if one.name != "id"}
    period.is_current, period.replaced_at = False, dt.datetime(2026, 11, 2, tzinfo=dt.UTC)
    db.session.flush()
    ended = {**copied, "valid_until": TODAY - dt.timedelta(days=1), "replaces_id": period.id}
    db.session.add(CertificationPeriod(**ended))
    assert desk.kinds() == {Kind.EXPIRED_THERE}
    assert desk.mend(Kind.EXPIRED_THERE) == Mend.REQUIRE
    assert desk.decision().decision == "required"


def test_what_was_taken_back_since(desk: Desk) -> None:
    """HRD-6: marked by a certificate that was revoked: asked for again, with the reason."""
    document = file_sealed(desk.sealed, type_named("Training Record"), desk.hana)
    mark_complete(desk.graduate.employee, desk.type, TODAY, evidence=document, by=desk.hana)
    db.session.execute(update(Certificate).values(revoked_at=dt.datetime(2026, 11, 3, tzinfo=dt.UTC)))
    assert desk.kinds() == {Kind.REVOKED}
    assert desk.mend(Kind.REVOKED, "revoked by the board") == Mend.REQUIRE
    assert (desk.decision().decision, desk.decision().reason) == ("required", "revoked by the board")


def test_asked_of_others_and_asked_twice(desk: Desk) -> None:
    """HRD-6: held without being asked, once the type is asked of anybody; two courses assigned where one is enough."""
    document = file_sealed(desk.sealed, type_named("Training Record"), desk.hana)
    mark_complete(desk.graduate.employee, desk.type, TODAY, evidence=document, by=desk.hana)
    other = Employee(number="X-1", name="X", sort_name="x", time_zone="UTC")
    db.session.add(other)
    db.session.flush()
    assert desk.kinds() == set()
    db.session.add(ComplianceDuty(type_id=desk.type.id, employee_id=other.id))
    his = (ComplianceDuty.type_id == desk.type.id, ComplianceDuty.employee_id == desk.person)
    db.session.execute(update(ComplianceDuty).where(*his).values(until=product_clock.now()))
    assert desk.kinds() == {Kind.NOT_ASKED}
    for n in range(2):
        course = Course(slug=f"twice-{n}", title=f"Course {n}", status="published")
        db.session.add(course)
        db.session.flush()
        db.session.add(ComplianceTypeCourse(type_id=desk.type.id, course_id=course.id))
        enrollment = Enrollment(employee_id=desk.person, course_id=course.id)
        db.session.add(enrollment)
        db.session.flush()
        due = TODAY + dt.timedelta(days=30 + n)
        at = dt.datetime(2026, 12, 20, tzinfo=dt.UTC)
        one = TrainingAssignment(employee_id=desk.person, course_id=course.id, enrollment_id=enrollment.id, due_on=due)
        one.due_at, one.assigned_by_name = at, "Mo"
        db.session.add(one)
    assert desk.kinds() == {Kind.NOT_ASKED, Kind.ASKED_TWICE}
    assert isinstance(desk.mend(Kind.ASKED_TWICE), RuleBroken)  # HR does not close what others assigned


def test_the_look_keeps_what_it_found_until_something_changes(desk: Desk, clock: Clock) -> None:
    """HRD-6: a row that is right as it is stays away until anything about it changes; when it was first found stays."""
    first = ask_look(desk.hana)
    assert first is not None
    assert ask_look(desk.hana) is None  # one at a time
    db.session.commit()
    assert work_on_look(first.id)
    assert not work_on_look(first.id)
    found = report(desk.hana, ReportFilters())
    assert (found.total, dict(found.kinds)) == (1, {Kind.NOT_FILED: 1})
    row = finding(desk.hana, desk.key(Kind.NOT_FILED))
    assert row is not None
    with pytest.raises(RuleBroken):
        say_right(row, desk.hana, " ")
    say_right(row, desk.hana, "Filed on paper")
    found = report(desk.hana, ReportFilters())
    assert (found.total, found.right) == (0, 1)
    assert report(desk.hana, ReportFilters(right=True)).rows[0].reason == "Filed on paper"
    assert report(desk.graduate.learner.viewer, ReportFilters()).total == 0
    row.mark = "another certificate"  # as after another look
    db.session.flush()
    assert report(desk.hana, ReportFilters()).total == 1


def test_once_a_month_whatever_the_clock_does(desk: Desk, clock: Clock) -> None:
    """HRD-6: the first look of a month is the month's, told to HR once by letter and in the product; a dead worker's is
    taken up again."""
    for day in (1, 2, 2, 1, 30):
        ask_daily(dt.date(2026, 11, day))
        db.session.commit()
        run = db.session.scalars(select(ReconciliationRun).order_by(ReconciliationRun.id.desc()).limit(1)).one()
        work_on_look(run.id)
    assert [(run.month, run.counts[Kind.NOT_FILED]) for run in months()] == [(dt.date(2026, 11, 1), 1)]
    told = db.session.scalars(select(Notice).where(Notice.template == "reconciliation")).all()
    assert sorted(one.channel for one in told) == ["email", "in_app"]
    assert "1 row" in told[0].subject
    ask_daily(dt.date(2026, 12, 1))
    run = db.session.scalars(select(ReconciliationRun).where(ReconciliationRun.state == "waiting")).one()
    run.state, run.tries, run.lease_until = "running", 1, dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    db.session.commit()
    sweep_looks()
    db.session.commit()
    assert work_on_look(run.id)
    assert [one.month.month for one in months() if one.month] == [11, 12]
