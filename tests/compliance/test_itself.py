"""Decisions that explain themselves, and what a completion does by itself (HRD-2, HRD-3, HRD-4, EVD-2)."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from lmsapp.compliance.batches.actions import ask_batch
from lmsapp.compliance.batches.models import ComplianceBatchLine
from lmsapp.compliance.batches.work import begin
from lmsapp.compliance.documents.actions import file_sealed, type_named
from lmsapp.compliance.documents.models import EmployeeDocument
from lmsapp.compliance.ledger.actions import (
    TypeFacts,
    create_type,
    mark_complete,
    require,
    switch_off,
    switch_on,
    undo_last,
    waive,
)
from lmsapp.compliance.ledger.deciding import current_decision
from lmsapp.compliance.ledger.models import ComplianceType, EmployeeCompliance
from lmsapp.compliance.ledger.testimony import DECISIONS
from lmsapp.compliance.ledger.waivers import answer_waiver, ask_or_waive
from lmsapp.evidence.ledger.models import LedgerEvent
from lmsapp.infra.db import db
from lmsapp.infra.words import RuleBroken
from lmsapp.people.roles import Role
from lmsapp.people.settings.actions import change_settings
from tests.cast import staff
from tests.clock import Clock
from tests.compliance.files import Graduate

TODAY = dt.date(2026, 11, 2)


@pytest.fixture
def graduate(clock: Clock) -> Graduate:
    return Graduate(clock)


def type_of(graduate: Graduate, **more: object) -> ComplianceType:
    course_id = graduate.learner.written.course.id
    facts = {"name": "HIPAA privacy", "renewal_months": 12, "course_id": course_id, **more}
    return create_type(TypeFacts(**facts), graduate.hana)  # type: ignore[arg-type]


def now_decided(graduate: Graduate, type_: ComplianceType) -> EmployeeCompliance:
    found = current_decision(graduate.employee.id, type_.id)
    assert found is not None
    return found


def test_counted_as_courses_count(graduate: Graduate) -> None:
    """HRD-3, CRS-6: the validity of courses: from the last end, whose day of the month it keeps, with grace; a fixed
    date. A correction to an earlier day is no renewal."""
    hana, employee = graduate.hana, graduate.employee
    terms = {"basis": "previous expiry", "grace_days": 30}
    keeps = type_of(graduate, evidence_needed=False, renewal_months=1, notice_days=10, validity_terms=terms)
    days = [dt.date(2026, 1, 31), dt.date(2026, 2, 25), dt.date(2026, 4, 5)]
    for day in days:
        mark_complete(employee, keeps, day, evidence=None, by=hana, reason="renewed")
    rows = db.session.scalars(select(EmployeeCompliance).order_by(EmployeeCompliance.id)).all()
    assert [(one.counted_from, one.renewal_on) for one in rows] == [
        (dt.date(2026, 1, 31), dt.date(2026, 2, 28)),
        (dt.date(2026, 2, 28), dt.date(2026, 3, 31)),
        (dt.date(2026, 3, 31), dt.date(2026, 4, 30)),
    ]
    fixed = {"basis": "fixed date", "fixed_month": 3, "fixed_day": 31, "fixed_within": 30}
    yearly = type_of(graduate, name="Flu season", evidence_needed=False, validity_terms=fixed)
    assert mark_complete(employee, yearly, TODAY, evidence=None, by=hana).renewal_on == dt.date(2027, 3, 31)
    plain = type_of(graduate, name="Fire", evidence_needed=False)
    mark_complete(employee, plain, TODAY, evidence=None, by=hana)
    right = mark_complete(employee, plain, dt.date(2026, 9, 2), evidence=None, by=hana, reason="The day was wrong")
    assert right.renewal_on == dt.date(2027, 9, 2)
    with pytest.raises(RuleBroken, match="whole years"):
        type_of(graduate, name="Odd", renewal_months=7, validity_terms=fixed)


def test_taken_back_and_on_record(graduate: Graduate, clock: Clock) -> None:
    """HRD-4, EVD-2: the last decision is taken back within the hour by one that says again what held; each decision
    and each replacement testifies, with the evidence."""
    hana, employee = graduate.hana, graduate.employee
    type_ = type_of(graduate)
    evidence = file_sealed(graduate.seal()[0], type_named("Training Record"), hana)
    with pytest.raises(RuleBroken, match="no decision of the last hour"):
        undo_last(employee, type_, by=hana)
    first = mark_complete(employee, type_, TODAY, evidence=evidence, by=hana)
    undo_last(employee, type_, by=hana)
    assert current_decision(employee.id, type_.id) is None, "nothing had been decided before"
    mark_complete(employee, type_, TODAY, evidence=evidence, by=hana)
    clock.move(minutes=5)
    waive(employee, type_, by=hana, reason="No patients", not_applicable=True)
    clock.move(minutes=5)
    again = undo_last(employee, type_, by=hana)
    assert (again.decision, again.renewal_on, again.evidence_id) == ("complete", first.renewal_on, evidence.id)
    with pytest.raises(RuleBroken, match="no decision of the last hour"):
        undo_last(employee, type_, by=hana)
    clock.move(hours=2)
    waive(employee, type_, by=hana, reason="On leave")
    clock.move(hours=1)
    with pytest.raises(RuleBroken, match="no decision of the last hour"):
        undo_last(employee, type_, by=hana)
    events = db.session.scalars(
        select(LedgerEvent).where(LedgerEvent.record_kind == DECISIONS.kind).order_by(LedgerEvent.id)
    ).all()
    assert [one.what for one in events if one.record_id == first.id] == ["decided", "replaced"]
    assert evidence.sha256.encode() in events[0].payload and b"Hana" not in events[0].payload
    columns = {column.name for column in EmployeeCompliance.__table__.columns}
    assert columns == {"id", *DECISIONS.facts, *DECISIONS.personal, *DECISIONS.left_out}


def test_by_itself(graduate: Graduate, clock: Clock) -> None:
    """HRD-2, HRD-3: off by default; switched on, the certificate is filed and the type marked, and both say by which
    policy, switched on by whom and when. What was taken out is not filed again."""
    hana, employee = graduate.hana, graduate.employee
    type_ = type_of(graduate)
    other = type_of(graduate, name="Fire safety", evidence_needed=False)
    switch_on(type_, "file", hana)
    switch_on(type_, "mark", hana)
    with pytest.raises(RuleBroken, match="on already"):
        switch_on(type_, "mark", hana)
    clock.move(days=1)
    graduate.seal()
    document = db.session.scalars(select(EmployeeDocument).where(EmployeeDocument.source != "signature")).one()
    assert document.source == "certificate"
    assert document.filed_by_name == "the policy of HIPAA privacy, switched on by Hana Novák on 2026-11-02"
    decision = now_decided(graduate, type_)
    assert (decision.how, decision.completed_on, decision.evidence_id) == ("policy", TODAY, document.id)
    assert decision.reason == "By the policy of HIPAA privacy, switched on by Hana Novák on 2026-11-02."
    assert current_decision(employee.id, other.id) is None
    switch_off(type_, "mark", hana)
    with pytest.raises(RuleBroken, match="off already"):
        switch_off(type_, "mark", hana)


def test_a_person_s_word_stands(graduate: Graduate, clock: Clock) -> None:
    """HRD-4: what HR decided is not overwritten by a policy: waived, or asked again after the completion."""
    hana, employee = graduate.hana, graduate.employee
    waived, again = type_of(graduate), type_of(graduate, name="Fire safety")
    for type_ in (waived, again):
        switch_on(type_, "mark", hana)
    waive(employee, waived, by=hana, reason="No patients")
    clock.move(days=1)
    require(employee, again, by=hana, reason="The certificate was wrong")
    file_sealed(graduate.seal()[0], type_named("Training Record"), hana)
    assert now_decided(graduate, waived).decision == "waived"
    assert now_decided(graduate, again).decision == "required"


def test_filed_and_marked_and_taken_out_again(graduate: Graduate) -> None:
    """HRD-2: a batch files and, where ticked, marks what each completion supports; each row says what came of it; the
    batch is taken out again with its decisions, once, but not what was decided since."""
    hana, employee = graduate.hana, graduate.employee
    type_, since = type_of(graduate), type_of(graduate, name="Fire safety")
    certificate, report = graduate.seal()
    lines = [{"employee_id": one.employee_id, "sealed_id": one.id} for one in (certificate, report, certificate)]
    batch = begin(ask_batch("file", lines, by=hana, terms={"type": "Training Record", "mark": True}), hana)
    rows = db.session.scalars(select(ComplianceBatchLine).order_by(ComplianceBatchLine.id)).all()
    assert batch.state == "ready" and [one.state for one in rows] == ["done", "done", "refused"]
    assert [one["type"] for one in rows[0].marked] == ["Fire safety", "HIPAA privacy"]
    assert rows[1].said[0]["message"].endswith("already.") and rows[2].said[0]["message"].startswith("This is in the")
    assert now_decided(graduate, type_).renewal_on == dt.date(2027, 11, 2)
    require(employee, since, by=hana, reason="Look again")
    undo = [
        {"employee_id": one.employee_id, "sealed_id": one.sealed_id, "document_id": one.document_id,
         "marked": one.marked} for one in rows if one.state == "done"
    ]  # fmt: skip
    back = begin(ask_batch("take out", undo, by=hana, after=batch, terms={"reason": "Wrong people"}), hana)
    assert current_decision(employee.id, type_.id) is None
    assert now_decided(graduate, since).decision == "required"
    left = select(EmployeeDocument.id).where(
        EmployeeDocument.archived_at.is_(None), EmployeeDocument.source != "signature"
    )
    assert db.session.scalars(left).all() == []
    assert {one.state for one in rows} == {"undone", "refused"} and back.state == "ready"
    with pytest.raises(RuleBroken, match="taken back already"):
        ask_batch("take out", undo, by=hana, after=batch, terms={"reason": "Again"})


def test_two_people_for_a_waiver(graduate: Graduate) -> None:
    """HRD-4: where the organisation wants two, a waiver waits for a second person of HR, and names both."""
    hana, employee = graduate.hana, graduate.employee
    type_ = type_of(graduate)
    sam = staff("Sam Whitaker", Role.SYSTEM_MANAGER).viewer
    change_settings({"waiver_second_person": True}, sam)
    request = ask_or_waive(employee, type_, by=hana, reason="On leave", until=TODAY)
    assert request is not None and current_decision(employee.id, type_.id) is None
    with pytest.raises(RuleBroken, match="waits already"):
        ask_or_waive(employee, type_, by=hana, reason="Twice")
    with pytest.raises(RuleBroken, match="Somebody else"):
        answer_waiver(request, by=hana, approved=True)
    answer_waiver(request, by=sam, approved=True)
    decision = now_decided(graduate, type_)
    assert (decision.decided_by_name, decision.approved_by_name) == ("Hana Novák", "Sam Whitaker")
    with pytest.raises(RuleBroken, match="meanwhile"):
        answer_waiver(request, by=sam, approved=False, reason="No")
