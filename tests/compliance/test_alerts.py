"""People are told before something they hold ends, once for each day, and the training comes by itself (HRD-5)."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from lmsapp.assignments.models import TrainingAssignment
from lmsapp.compliance.ledger.actions import TypeFacts, change_type, create_type, mark_complete, waive
from lmsapp.compliance.ledger.alerts import look_at_renewals
from lmsapp.compliance.ledger.deciding import current_decision
from lmsapp.compliance.ledger.letters import compliance_letter, why_unwanted, words
from lmsapp.compliance.ledger.models import ComplianceLook
from lmsapp.courses.validity.actions import set_validity
from lmsapp.courses.validity.policy import Policy
from lmsapp.infra.db import db
from lmsapp.jobs.batches import in_batches
from lmsapp.outreach.digests.actions import send_digests
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.employees.leaving import leave
from lmsapp.people.employees.models import Employee
from lmsapp.people.employees.queries import employee_for
from tests.cast import Cast, employee, make_cast
from tests.clock import Clock
from tests.courses.authors import Written

TODAY = dt.date(2026, 11, 2)


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


def told(template: str) -> list[tuple[str, int]]:
    rows = db.session.scalars(select(Notice).where(Notice.template == template).order_by(Notice.id))
    return [(one.to_name, one.reason["days"]) for one in rows if one.channel == "email"]


def test_told_once_for_each_day(cast: Cast, clock: Clock) -> None:
    """HRD-5: to the employee, the manager and HR; days missed are one alert; not after a renewal, waiver or leaving;
    what was promised is asked again when it is sent; other days of the type hold from then on."""
    hana = cast.hana.viewer
    facts = TypeFacts("HIPAA privacy", renewal_months=12, evidence_needed=False)
    type_ = create_type(facts, hana)
    new = employee("Priya Raman", "E-200", department="Cardiology", job_role="RN", manager=cast.mark.record)
    for person in (cast.lena, new):
        view = employee_for(hana, person.record.id)
        assert view is not None
        mark_complete(view, type_, TODAY, evidence=None, by=hana)  # until 2 Nov 2027
    in_batches(look_at_renewals)
    assert told("compliance_renewal") == []
    clock.move(days=306)  # 60 days before is 3 Sep; it is 4 Sep
    in_batches(look_at_renewals, look_at_renewals)
    assert sorted(told("compliance_renewal")) == [("Lena Fischer", 60), ("Priya Raman", 60)]
    above = told("compliance_told")
    assert sorted(name for name, _days in above) == ["Hana Novák", "Hana Novák", "Mark Okafor", "Mark Okafor"]
    change_type(
        type_,
        TypeFacts("HIPAA privacy", renewal_months=12, evidence_needed=False, reminder_days=(60, 50, 20, 10)),
        hana,
    )
    leave(new.record, TODAY, hana)
    clock.move(days=48)  # 22 Oct: 50, 20 fell meanwhile
    in_batches(look_at_renewals)
    assert told("compliance_renewal")[2:] == [("Lena Fischer", 20)]
    letter = db.session.scalars(
        select(Notice).where(Notice.template == "compliance_renewal").order_by(Notice.id.desc()).limit(1)
    ).one()
    said = words(letter)
    assert said is not None and (said["title"], said["days_left"]) == ("HIPAA privacy", 11)
    in_batches(send_digests)
    digest = db.session.scalars(
        select(Notice).where(Notice.template == "digest_compliance", Notice.employee_id == cast.mark.record.id)
    ).one()
    values = compliance_letter(digest)
    assert values is not None and [line["employee"] for line in values["sections"][0].lines] == ["Lena Fischer"]
    decision = current_decision(cast.lena.record.id, type_.id)
    lena = employee_for(hana, cast.lena.record.id)
    assert decision is not None and lena is not None and why_unwanted(decision.id) is None
    waive(lena, type_, by=hana, reason="On leave")
    assert why_unwanted(decision.id) == "It was renewed, waived or decided anew meanwhile."
    assert words(letter) is None and compliance_letter(digest) is None
    clock.move(days=5)
    in_batches(look_at_renewals)
    assert len(told("compliance_renewal")) == 3


@pytest.mark.parametrize(("days", "due_on"), [(310, dt.date(2027, 11, 2)), (365, dt.date(2027, 11, 3))])
def test_the_renewal_is_assigned_once(cast: Cast, clock: Clock, days: int, due_on: dt.date) -> None:
    """HRD-5: the linked training is assigned when the notice begins, due on the last day that counts, or tomorrow where
    that is today or over; once."""
    hana, written = cast.hana.viewer, Written(cast.milo.viewer)
    written.publish()
    set_validity(written.course, Policy(months=12), by=None)
    type_ = create_type(
        TypeFacts("HIPAA privacy", renewal_months=12, evidence_needed=False, course_id=written.course.id), hana
    )
    lena = employee_for(hana, cast.lena.record.id)
    assert lena is not None
    decision = mark_complete(lena, type_, TODAY, evidence=None, by=hana)
    clock.move(days=days)
    in_batches(look_at_renewals)
    made = db.session.scalars(select(TrainingAssignment)).one()
    look = db.session.get_one(ComplianceLook, decision.id)
    assert (made.source, made.due_on, look.assigned_as) == ("renewal", due_on, "assigned")
    clock.move(days=30)
    in_batches(look_at_renewals)
    assert len(db.session.scalars(select(TrainingAssignment)).all()) == 1
    assert db.session.get_one(Employee, lena.id).status == "active"
