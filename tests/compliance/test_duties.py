"""Who has to hold what is true at once, and stays readable (HRD-3, HRD-4)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select, update

from lmsapp.assignments.standing.actions import archive_audience, change_audience, create_audience
from lmsapp.compliance.batches.models import ComplianceBatch
from lmsapp.compliance.batches.work import work_on
from lmsapp.compliance.ledger import following
from lmsapp.compliance.ledger.actions import TypeFacts, archive_type, change_type, create_type
from lmsapp.compliance.ledger.duties import Moves, preview
from lmsapp.compliance.ledger.expressions import status_at
from lmsapp.compliance.ledger.models import ComplianceDuty, ComplianceType, EmployeeCompliance
from lmsapp.compliance.ledger.rules import status
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra import clock as time
from lmsapp.infra.db import db
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.people.audiences.rules import AudienceRule
from lmsapp.people.employees.actions import update_employee
from lmsapp.people.employees.leaving import leave, return_employee
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.forwhom.rules import ForWhom
from lmsapp.people.organisation.actions import change_department, create_department
from lmsapp.people.organisation.models import OrganisationValue
from lmsapp.people.organisation.words import rename_value
from tests.cast import Cast, employee, make_cast
from tests.clock import Clock
from tests.guards import without_guard

NURSES = AudienceRule(who=ForWhom(job_roles=("RN",)))


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


def asked(type_: ComplianceType) -> set[int]:
    """Whom it asks now."""
    present = (ComplianceDuty.type_id == type_.id, ComplianceDuty.until.is_(None))
    return set(db.session.scalars(select(ComplianceDuty.employee_id).where(*present)))


def said(action: str) -> list[Any]:
    return [row.after for row in db.session.scalars(select(AuditEntry).where(AuditEntry.action == action))]


def test_follows_people(cast: Cast, clock: Clock) -> None:
    """HRD-3: on hire, move, leaving and return, at once; a period each, on the trail of the person."""
    hana = cast.hana.viewer
    everybody = create_type(TypeFacts("Fire safety"), hana)
    licence = create_type(TypeFacts("RN licence", rule=NURSES.as_json(), kind="licence"), hana)
    lena, mark, otto = (one.record.id for one in (cast.lena, cast.mark, cast.otto))
    assert (asked(everybody), asked(licence)) == ({lena, mark, otto}, {lena})
    new = employee("Priya Raman", "E-200", department="Cardiology", job_role="RN").record
    assert new.id in asked(everybody) & asked(licence)
    assert said("duties changed")[-1] == {"must hold": ["Fire safety", "RN licence"]}
    update_employee(cast.otto.record, {"job_role": "RN"}, hana)
    update_employee(cast.lena.record, {"job_role": "Charge Nurse"}, hana)
    assert asked(licence) == {otto, new.id}
    clock.move(days=1)
    leave(new, dt.date(2026, 11, 3), hana)
    assert asked(licence) == {otto} and asked(everybody) == {lena, mark, otto}
    clock.move(days=1)
    return_employee(new, hana)
    periods = db.session.scalars(select(ComplianceDuty).where(ComplianceDuty.employee_id == new.id,
                                                              ComplianceDuty.type_id == licence.id)).all()  # fmt: skip
    assert [one.until is None for one in sorted(periods, key=lambda one: one.id)] == [False, True]


def test_follows_types_and_audiences(cast: Cast) -> None:
    """HRD-3: a type that is changed, an audience that is changed or archived, a type that is archived; in numbers."""
    hana, milo = cast.hana.viewer, cast.milo.viewer
    type_ = create_type(TypeFacts("HIPAA privacy"), hana)
    assert preview(type_.id, NURSES) == (1, Moves(0, 2))
    audience, _run = create_audience("Nurses", NURSES, milo)
    change_type(type_, TypeFacts("HIPAA privacy", audience_id=audience.id), hana)
    assert asked(type_) == {cast.lena.record.id}
    assert said("duties made true")[-1] == {"asks more": 0, "asks no longer": 2}
    change_audience(audience, "Nurses", AudienceRule(who=ForWhom(job_roles=("RN", "Technician"))), milo)
    assert asked(type_) == {cast.lena.record.id, cast.otto.record.id}
    archive_audience(audience, by=milo, reason="Not used", withdraws=False)
    assert asked(type_) == set()
    with pytest.raises(RuleBroken, match="in use"):
        change_type(type_, TypeFacts("HIPAA privacy", audience_id=audience.id), hana)
    change_type(type_, TypeFacts("HIPAA privacy"), hana)
    assert len(asked(type_)) == 3
    with pytest.raises(RuleBroken, match="Say why"):
        archive_type(type_, hana, " ")
    archive_type(type_, hana, "The law has changed.")
    assert asked(type_) == set()
    with pytest.raises(NotAllowed):
        create_type(TypeFacts("Another"), milo)


def test_follows_words_and_departments(cast: Cast) -> None:
    """HRD-3, ORG-3: a renamed word is followed in the rule; a department moved beneath another brings its people."""
    hana = cast.hana.viewer
    value = db.session.scalars(select(OrganisationValue).where(OrganisationValue.name == "RN")).one()
    licence = create_type(TypeFacts("RN licence", rule=NURSES.as_json()), hana)
    rename_value(value, "Registered Nurse", hana)
    assert licence.rule == {"job_roles": ["Registered Nurse"]} and asked(licence) == {cast.lena.record.id}
    surgery = create_department("Surgery", None, hana)
    below = AudienceRule(who=ForWhom(departments=(surgery.id,)))
    type_ = create_type(TypeFacts("Sterile work", rule=below.as_json()), hana)
    cardiology = db.session.scalars(select(Department).where(Department.name == "Cardiology")).one()
    assert asked(type_) == set()
    change_department(cardiology, hana, name="Cardiology", parent=surgery, head=None)
    assert asked(type_) == {cast.lena.record.id, cast.mark.record.id}


def test_many_and_the_nightly_check(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """HRD-3: many changes of one transaction, and large types, are the worker's; the check repairs and says so; doing
    it all again changes nothing."""
    hana = cast.hana.viewer
    type_ = create_type(TypeFacts("RN licence", rule=NURSES.as_json()), hana)
    monkeypatch.setattr(following, "FEW_EVENTS", 1)
    for one in (cast.lena, cast.otto, cast.mark):
        update_employee(one.record, {"job_role": "Porter" if one is cast.lena else "RN"}, hana)
    waiting = db.session.scalars(select(ComplianceBatch).where(ComplianceBatch.state == "waiting")).all()
    assert [one.asked for one in waiting] == ["settle"]
    db.session.commit()
    assert work_on(waiting[0].id) and not work_on(waiting[0].id)
    assert asked(type_) == {cast.otto.record.id, cast.mark.record.id}
    monkeypatch.setattr(following, "AT_ONCE", 0)
    large = create_type(TypeFacts("Fire safety"), hana)
    assert asked(large) == set()
    batch = db.session.scalars(select(ComplianceBatch).where(ComplianceBatch.type_id == large.id)).one()
    db.session.commit()
    work_on(batch.id)
    assert len(asked(large)) == 3
    db.session.execute(update(ComplianceDuty).where(ComplianceDuty.type_id == large.id).values(until=time.now()))
    assert following.check_duties() == 3 and following.check_duties() == 0
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "duties made true").order_by(AuditEntry.id.desc())
    ).first()
    assert entry is not None and entry.reason == "Repaired in the nightly check"


@pytest.mark.owner
def test_sql_says_the_same_as_the_rule(cast: Cast) -> None:
    """HRD-4: the status in lists is the status of the rule, on a grid of days about the ends of months."""
    without_guard("employee_compliance")
    lena = cast.lena.record
    type_ = ComplianceType(name="Grid")
    db.session.add(type_)
    db.session.flush()
    row = EmployeeCompliance(employee_id=lena.id, type_id=type_.id, decided_by_name="Hana")
    db.session.add(row)
    db.session.flush()
    asked = (
        select(status_at(time.now()))
        .select_from(Employee)
        .join(ComplianceType, ComplianceType.id == type_.id)
        .outerjoin(EmployeeCompliance, EmployeeCompliance.employee_id == Employee.id)
        .where(Employee.id == lena.id)
    )
    today = time.today(lena.time_zone)
    for notice in (0, 20, 60):
        type_.notice_days = notice
        for decision in ("required", "complete", "waived"):
            for ends in (
                None,
                *(today + dt.timedelta(days=days) for days in (-1, 0, 1, 20, 28, 29, 30, 31, 59, 60, 61)),
            ):
                row.decision, row.completed_on, row.renewal_on = decision, today, ends
                db.session.flush()
                expected = status(decision, ends, notice, today)
                assert db.session.scalar(asked) == expected.value, (notice, decision, ends)
