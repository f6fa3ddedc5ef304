"""Compliance types, and HR's decisions. A decision is never edited: the next one replaces it (HRD-3, HRD-4)."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lmsapp.assignments.policies.actions import place_for_type
from lmsapp.assignments.policies.events import CoursePolicyReset
from lmsapp.compliance.documents.models import EmployeeDocument
from lmsapp.compliance.ledger.models import ComplianceType, EmployeeCompliance
from lmsapp.compliance.ledger.rules import renewal_on
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.people.employees.queries import EmployeeView
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class TypeFacts:
    """What HR says about a compliance type; fields as in `ComplianceType`."""

    name: str
    regulator: str = ""
    reference: str = ""
    renewal_months: int | None = None
    notice_days: int = 60
    evidence_needed: bool = True
    course_id: int | None = None
    reminder_policy_id: int | None = None


def create_type(facts: TypeFacts, by: Viewer) -> ComplianceType:
    """A new thing that must be held. Raises RuleBroken when the name is taken."""
    _only_hr(by)
    type_ = ComplianceType(**asdict(facts))
    _save(type_)
    record_change("created", ("compliance_type", type_.id), by=by, after=asdict(facts))
    if type_.course_id is not None:
        remind_for_types(type_.course_id, by)
    return type_


def change_type(type_: ComplianceType, facts: TypeFacts, by: Viewer) -> None:
    """New facts hold from now on; renewal dates already given stay as they were decided."""
    _only_hr(by)
    before = {key: getattr(type_, key) for key in asdict(facts)}
    for key, value in asdict(facts).items():
        setattr(type_, key, value)
    _save(type_)
    if before != asdict(facts):
        record_change("changed", ("compliance_type", type_.id), by=by, before=before, after=asdict(facts))
        for course_id in {before["course_id"], type_.course_id} - {None}:
            remind_for_types(course_id, by)


def place_again(event: CoursePolicyReset) -> None:
    """The course gave up its own reminder policy: what its compliance type says holds again."""
    remind_for_types(event.course_id, event.by)


def remind_for_types(course_id: int, by: Viewer) -> None:
    """The reminder policy that compliance types say for their training; of several the one named first."""
    said = db.session.scalar(
        select(ComplianceType.reminder_policy_id)
        .where(
            ComplianceType.course_id == course_id,
            ComplianceType.archived_at.is_(None),
            ComplianceType.reminder_policy_id.is_not(None),
        )
        .order_by(ComplianceType.id)
        .limit(1)
    )
    place_for_type(course_id, said, by=by)


def mark_complete(
    employee: EmployeeView,
    type_: ComplianceType,
    completed_on: dt.date,
    *,
    evidence: EmployeeDocument | None,
    by: Viewer,
    reason: str = "",
) -> EmployeeCompliance:
    """HR says it is held. The renewal date follows from the type by calendar months. Raises RuleBroken."""
    _only_hr(by)
    if completed_on > clock.today(employee.time_zone):
        raise RuleBroken(N_("The day of completion lies in the future."), field="completed_on")
    if evidence is None and type_.evidence_needed:
        raise RuleBroken(N_("Choose the document that shows it. File or upload one first."), field="evidence")
    if evidence is not None and (evidence.employee_id != employee.id or evidence.archived_at is not None):
        raise RuleBroken(N_("Choose a document from this employee's file."), field="evidence")
    decision = EmployeeCompliance(
        decision="complete",
        completed_on=completed_on,
        renewal_on=renewal_on(completed_on, type_.renewal_months),
        evidence_id=evidence.id if evidence else None,
    )
    return _decide(employee, type_, decision, by, reason)


def waive(
    employee: EmployeeView, type_: ComplianceType, *, by: Viewer, reason: str, until: dt.date | None = None
) -> EmployeeCompliance:
    """HR says it is not asked of this person, for good or until a day. Raises RuleBroken without a reason."""
    _only_hr(by)
    if not reason.strip():
        raise RuleBroken(N_("Say why this is waived."), field="reason")
    if until is not None and until < clock.today(employee.time_zone):
        raise RuleBroken(N_("Choose a day from today on."), field="until")
    return _decide(employee, type_, EmployeeCompliance(decision="waived", renewal_on=until), by, reason)


def require(employee: EmployeeView, type_: ComplianceType, *, by: Viewer, reason: str = "") -> EmployeeCompliance:
    """HR asks for it, or asks again after an earlier decision. Raises RuleBroken."""
    _only_hr(by)
    return _decide(employee, type_, EmployeeCompliance(decision="required"), by, reason)


def _decide(
    employee: EmployeeView, type_: ComplianceType, decision: EmployeeCompliance, by: Viewer, reason: str
) -> EmployeeCompliance:
    """Replace the current decision. One at a time: the row is locked, and the unique index guards the first one."""
    current = db.session.scalar(
        select(EmployeeCompliance)
        .where(
            EmployeeCompliance.employee_id == employee.id,
            EmployeeCompliance.type_id == type_.id,
            EmployeeCompliance.replaced_at.is_(None),
        )
        .with_for_update()
    )
    if current is not None and current.decision != "required" and not reason.strip():
        raise RuleBroken(N_("There is a decision already. Say why you change it."), field="reason")
    if current is not None:
        current.replaced_at = clock.now()
    decision.employee_id, decision.type, decision.type_id = employee.id, type_, type_.id
    decision.reason, decision.decided_by_id, decision.decided_by_name = reason.strip(), by.user_id, by.name
    try:
        with db.session.begin_nested():
            db.session.add(decision)
            db.session.flush()
    except IntegrityError as clash:
        raise RuleBroken(N_("Somebody decided this a moment ago. Look again before you change it.")) from clash
    record_change(
        decision.decision,
        ("employee_compliance", decision.id),
        by=by,
        before=_facts(current) if current else None,
        after={"employee_id": employee.id, "type": type_.name, **_facts(decision)},
        reason=decision.reason,
    )
    return decision


def _facts(row: EmployeeCompliance) -> dict[str, object]:
    return {
        "decision": row.decision,
        "completed_on": row.completed_on,
        "renewal_on": row.renewal_on,
        "evidence_id": row.evidence_id,
    }


def _save(type_: ComplianceType) -> None:
    try:
        with db.session.begin_nested():
            db.session.add(type_)
            db.session.flush()
    except IntegrityError as clash:
        raise RuleBroken(N_("There is a compliance type of that name."), field="name") from clash


def _only_hr(by: Viewer) -> None:
    if not by.may(May.KEEP_RECORDS):
        raise NotAllowed(N_("Only HR decides in the compliance ledger."))
