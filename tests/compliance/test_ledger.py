"""The compliance ledger changes only when HR says so, and keeps what was said (HRD-3, HRD-4)."""

from __future__ import annotations

import datetime as dt

import pytest

from lmsapp.compliance.documents.actions import file_sealed, type_named
from lmsapp.compliance.ledger.actions import TypeFacts, change_type, create_type, mark_complete, require, waive
from lmsapp.compliance.ledger.models import ComplianceType
from lmsapp.compliance.ledger.queries import compliance_types, decisions_about, ledger_of, suggestion_for
from lmsapp.compliance.ledger.rules import ComplianceStatus
from lmsapp.infra.db import db
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.people.roles import Role
from tests.cast import staff
from tests.clock import Clock
from tests.compliance.files import Graduate
from tests.kept import kept

TODAY = dt.date(2026, 11, 2)


@pytest.fixture
def graduate(clock: Clock) -> Graduate:
    return Graduate(clock)


@pytest.fixture
@kept
def privacy(graduate: Graduate) -> ComplianceType:
    facts = TypeFacts("HIPAA privacy", "HHS OCR", "45 CFR 164.530(b)", 12, course_id=graduate.learner.written.course.id)
    return create_type(facts, graduate.hana)


def test_complete_with_evidence_and_computed_renewal(graduate: Graduate, privacy: ComplianceType) -> None:
    """HRD-4: evidence, who decided, and the renewal date by calendar months from the type."""
    assert ledger_of(graduate.hana, graduate.employee.id, TODAY)[0].status == ComplianceStatus.REQUIRED
    evidence = file_sealed(graduate.seal()[0], type_named("Training Record"), graduate.hana)
    suggested = suggestion_for(graduate.hana, graduate.employee.id, privacy)
    assert (suggested.completed_on, suggested.document_id) == (TODAY, evidence.id)
    mark_complete(graduate.employee, privacy, TODAY, evidence=evidence, by=graduate.hana)
    line = ledger_of(graduate.hana, graduate.employee.id, TODAY)[0]
    assert (line.status, line.renewal_on, line.evidence_id) == (
        ComplianceStatus.COMPLETE,
        dt.date(2027, 11, 2),
        evidence.id,
    )
    assert line.decided_by == "Hana Novák"
    assert ledger_of(graduate.hana, graduate.employee.id, dt.date(2027, 11, 3))[0].status == ComplianceStatus.EXPIRED


def test_completing_the_course_changes_nothing_here(graduate: Graduate, privacy: ComplianceType) -> None:
    """HRD-4: two tracks on purpose."""
    assert graduate.learner.certificate
    assert ledger_of(graduate.hana, graduate.employee.id, TODAY)[0].decision is None


def test_what_is_refused(graduate: Graduate, privacy: ComplianceType, clock: Clock) -> None:
    """HRD-4: no evidence, a day in the future, somebody else's document, a change without a reason."""
    employee, hana = graduate.employee, graduate.hana
    with pytest.raises(RuleBroken, match="Choose the document"):
        mark_complete(employee, privacy, TODAY, evidence=None, by=hana)
    evidence = file_sealed(graduate.seal()[0], type_named("Training Record"), hana)
    with pytest.raises(RuleBroken, match="future"):
        mark_complete(employee, privacy, TODAY + dt.timedelta(days=1), evidence=evidence, by=hana)
    evidence.employee_id += 1
    with db.session.no_autoflush, pytest.raises(RuleBroken, match="this employee's file"):
        mark_complete(employee, privacy, TODAY, evidence=evidence, by=hana)
    evidence.employee_id -= 1
    mark_complete(employee, privacy, TODAY, evidence=evidence, by=hana)
    with pytest.raises(RuleBroken, match="Say why you change it"):
        mark_complete(employee, privacy, TODAY - dt.timedelta(days=1), evidence=evidence, by=hana)
    with pytest.raises(RuleBroken, match="Say why this is waived"):
        waive(employee, privacy, by=hana, reason=" ")
    with pytest.raises(NotAllowed):
        waive(employee, privacy, by=staff("Milo Brandt", Role.MODERATOR).viewer, reason="no")


def test_every_decision_stays(graduate: Graduate, privacy: ComplianceType) -> None:
    """HRD-4: a new decision is a new row; the old one is marked replaced, with who and why."""
    employee, hana = graduate.employee, graduate.hana
    waive(employee, privacy, by=hana, reason="On leave", until=TODAY + dt.timedelta(days=30))
    require(employee, privacy, by=hana, reason="Back at work")
    waive(employee, privacy, by=hana, reason="No patient contact")
    history = decisions_about(hana, employee.id, privacy.id)
    assert [(one.decision, one.reason, one.replaced_at is None) for one in history] == [
        ("waived", "No patient contact", True),
        ("required", "Back at work", False),
        ("waived", "On leave", False),
    ]
    assert ledger_of(hana, employee.id, TODAY)[0].status == ComplianceStatus.WAIVED


def test_types(graduate: Graduate, privacy: ComplianceType) -> None:
    """HRD-3: names are unique, changes are kept, things outside training need no evidence when the type says so."""
    with pytest.raises(RuleBroken, match="with that name"):
        create_type(TypeFacts("HIPAA privacy"), graduate.hana)
    i9 = create_type(TypeFacts("I-9", evidence_needed=False), graduate.hana)
    mark_complete(graduate.employee, i9, TODAY, evidence=None, by=graduate.hana)
    change_type(i9, TypeFacts("I-9 form", renewal_months=36, evidence_needed=False), graduate.hana)
    assert [(t.name, t.held, t.renewal_months) for t in compliance_types()] == [
        ("HIPAA privacy", 0, 12),
        ("I-9 form", 1, 36),
    ]
    lines = {line.name: line for line in ledger_of(graduate.hana, graduate.employee.id, TODAY)}
    assert lines["I-9 form"].renewal_on is None, "what was decided stays as it was decided"


def test_others_see_no_decision(graduate: Graduate, privacy: ComplianceType) -> None:
    """SEC-4: through the viewer."""
    waive(graduate.employee, privacy, by=graduate.hana, reason="x")
    stranger = staff("Cora Reyes", Role.COURSE_CREATOR).viewer
    assert decisions_about(stranger, graduate.employee.id, privacy.id) == []
    assert ledger_of(stranger, graduate.employee.id, TODAY) == []
