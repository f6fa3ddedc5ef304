"""HR's decisions. One is never edited: the next one replaces it, and both testify (HRD-4, EVD-2)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lmsapp.compliance.documents.models import EmployeeDocument
from lmsapp.compliance.ledger.looks import plan_look
from lmsapp.compliance.ledger.models import ComplianceSwitch, ComplianceType, EmployeeCompliance
from lmsapp.compliance.ledger.rules import UNDO, held_until, policy_for, renewal_dates
from lmsapp.compliance.ledger.testimony import DECISIONS
from lmsapp.courses.validity.rules import Dates
from lmsapp.evidence.audit.actions import SYSTEM, record_change
from lmsapp.evidence.ledger.actions import attest
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.people.employees.queries import EmployeeView
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a decision is about, as far as deciding asks: an `EmployeeView` has it too."""

    id: int
    time_zone: str


@dataclass(frozen=True, slots=True)
class Waiver:
    """`until` None: for good. `evidence`: a document that shows why."""

    reason: str
    until: dt.date | None = None
    not_applicable: bool = False
    evidence: EmployeeDocument | None = None


def mark_complete(
    employee: EmployeeView | Person,
    type_: ComplianceType,
    completed_on: dt.date,
    *,
    evidence: EmployeeDocument | None,
    by: Viewer,
    reason: str = "",
) -> EmployeeCompliance:
    """HR says it is held. The renewal date follows from the type, see `dates_for`. Raises RuleBroken."""
    only_hr(by)
    _check_completed(employee, type_, completed_on, evidence)
    return decide(employee, type_, _complete(employee.id, type_, completed_on, evidence), by, reason)


def complete_by_policy(
    employee: EmployeeView | Person,
    type_: ComplianceType,
    completed_on: dt.date,
    *,
    evidence: EmployeeDocument | None,
    switch: ComplianceSwitch,
) -> EmployeeCompliance:
    """A completion marks it by itself, because somebody had switched that on. Raises RuleBroken."""
    _check_completed(employee, type_, completed_on, evidence)
    decision = _complete(employee.id, type_, completed_on, evidence)
    decision.how, decision.switch_id = "policy", switch.id
    return decide(employee, type_, decision, None, f"By {policy_name(type_.name, switch)}.")


def policy_name(name: str, switch: ComplianceSwitch) -> str:
    """Who did it, when the system did: 'the policy of HIPAA privacy, switched on by Hana Novák on 2026-11-02'."""
    return f"the policy of {name}, switched on by {switch.on_by_name} on {switch.on_at.date().isoformat()}"


def waive(
    employee: EmployeeView | Person,
    type_: ComplianceType,
    *,
    by: Viewer,
    reason: str,
    until: dt.date | None = None,
    not_applicable: bool = False,
    evidence: EmployeeDocument | None = None,
) -> EmployeeCompliance:
    """HR says it is not asked of this person, for good or until a day. Raises RuleBroken without a reason."""
    waiver = Waiver(reason, until, not_applicable, evidence)
    check_waiver(employee, waiver, by)
    return decide(employee, type_, waived(waiver), by, reason)


def require(
    employee: EmployeeView | Person, type_: ComplianceType, *, by: Viewer, reason: str = ""
) -> EmployeeCompliance:
    """HR asks for it, or asks again after an earlier decision. Raises RuleBroken."""
    only_hr(by)
    return decide(employee, type_, EmployeeCompliance(decision="required"), by, reason)


def may_undo(decision: EmployeeCompliance, now: dt.datetime) -> bool:
    """Within the hour; a taking back is not taken back itself."""
    return decision.undoes_id is None and decision.replaced_at is None and now - decision.decided_at < UNDO


def dates_for(employee_id: int, type_: ComplianceType, completed_on: dt.date) -> Dates:
    """What completing on that day gives: a renewal where an earlier completion is on record, else a first one."""
    policy = policy_for(type_.renewal_months, type_.notice_days, type_.validity_terms)
    earlier = db.session.execute(
        select(EmployeeCompliance.renewal_on, EmployeeCompliance.anchor_day)
        .where(
            EmployeeCompliance.employee_id == employee_id,
            EmployeeCompliance.type_id == type_.id,
            EmployeeCompliance.decision == "complete",
            EmployeeCompliance.completed_on < completed_on,
            EmployeeCompliance.renewal_on.is_not(None),
        )
        .order_by(EmployeeCompliance.completed_on.desc(), EmployeeCompliance.id.desc())
        .limit(1)
    ).one_or_none()
    if earlier is None or earlier.renewal_on is None or policy.months is None:
        return renewal_dates(policy, completed_on)
    held = held_until(earlier.renewal_on, type_.notice_days, policy.grace_days, earlier.anchor_day)
    return renewal_dates(policy, completed_on, held)


def current_decision(employee_id: int, type_id: int, *, lock: bool = False) -> EmployeeCompliance | None:
    """The one that holds now."""
    found = select(EmployeeCompliance).where(
        EmployeeCompliance.employee_id == employee_id,
        EmployeeCompliance.type_id == type_id,
        EmployeeCompliance.replaced_at.is_(None),
    )
    return db.session.scalar(found.with_for_update() if lock else found)


def decide(
    employee: EmployeeView | Person,
    type_: ComplianceType,
    decision: EmployeeCompliance,
    by: Viewer | None,
    reason: str,
    approved_by: Viewer | None = None,
) -> EmployeeCompliance:
    """Replace the current decision. One at a time: the row is locked, and the unique index guards the first one.

    Raises RuleBroken.
    """
    current = current_decision(employee.id, type_.id, lock=True)
    if current is not None and current.decision != "required" and not reason.strip():
        raise RuleBroken(N_("There is a decision already. Say why you change it."), field="reason")
    before, at = (facts_of(current) if current else None), clock.now()
    if current is not None:
        current.replaced_at = at
    decision.employee_id, decision.type, decision.type_id = employee.id, type_, type_.id
    decision.decided_at, decision.reason = at, reason.strip()
    decision.replaced_at = at if decision.replaced_at is not None else None
    decision.decided_by_id, decision.decided_by_name = (by.user_id, by.name) if by else (None, SYSTEM)
    if approved_by is not None:
        decision.approved_by_id, decision.approved_by_name = approved_by.user_id, approved_by.name
    try:
        with db.session.begin_nested():
            db.session.add(decision)
            db.session.flush()
    except IntegrityError as clash:
        raise RuleBroken(N_("Somebody decided this a moment ago. Look again before you change it.")) from clash
    _keep(employee, type_, current, before, decision, by)
    return decision


def note_looked(employee_id: int, by: Viewer, type_name: str = "") -> None:
    """Reading what somebody holds is logged, as opening their documents is (EVD-3)."""
    after = {"page": "compliance"} | ({"type": type_name} if type_name else {})
    record_change("looked at", ("employee", employee_id), by=by, after=after)


def check_waiver(employee: EmployeeView | Person, waiver: Waiver, by: Viewer) -> None:
    """Raises RuleBroken, NotAllowed."""
    only_hr(by)
    if not waiver.reason.strip():
        raise RuleBroken(N_("Say why this is waived."), field="reason")
    if waiver.until is not None and waiver.until < clock.today(employee.time_zone):
        raise RuleBroken(N_("Choose a day from today on."), field="until")
    if waiver.until is not None and waiver.not_applicable:
        raise RuleBroken(N_("What does not concern somebody has no last day. Leave the day empty."), field="until")
    _check_theirs(employee, waiver.evidence)


def waived(waiver: Waiver) -> EmployeeCompliance:
    """The decision it is."""
    evidence = waiver.evidence.id if waiver.evidence else None
    return EmployeeCompliance(
        decision="waived", renewal_on=waiver.until, not_applicable=waiver.not_applicable, evidence_id=evidence
    )


def facts_of(row: EmployeeCompliance) -> dict[str, object]:
    """As the trail keeps it."""
    kept: dict[str, object] = {
        "decision": row.decision,
        "completed_on": row.completed_on,
        "renewal_on": row.renewal_on,
        "evidence_id": row.evidence_id,
    }
    return kept | ({"not applicable": True} if row.not_applicable else {}) | ({"how": row.how} if row.switch_id else {})


def only_hr(by: Viewer) -> None:
    """Raises NotAllowed."""
    if not by.may(May.KEEP_RECORDS):
        raise NotAllowed(N_("Only HR decides in the compliance ledger."))


def _complete(
    employee_id: int, type_: ComplianceType, completed_on: dt.date, evidence: EmployeeDocument | None
) -> EmployeeCompliance:
    dates = dates_for(employee_id, type_, completed_on)
    ends = dates.valid_until is not None
    return EmployeeCompliance(
        decision="complete",
        completed_on=completed_on,
        renewal_on=dates.valid_until,
        counted_from=dates.counted_from if ends else None,
        anchor_day=dates.anchor_day if ends else None,
        evidence_id=evidence.id if evidence else None,
    )


def _check_completed(
    employee: EmployeeView | Person, type_: ComplianceType, completed_on: dt.date, evidence: EmployeeDocument | None
) -> None:
    if type_.archived_at is not None:
        raise RuleBroken(N_("This compliance type is archived."))
    if completed_on > clock.today(employee.time_zone):
        raise RuleBroken(N_("The day of completion lies in the future."), field="completed_on")
    if evidence is None and type_.evidence_needed:
        raise RuleBroken(N_("Choose the document that shows it. File or upload one first."), field="evidence")
    _check_theirs(employee, evidence)


def _check_theirs(employee: EmployeeView | Person, evidence: EmployeeDocument | None) -> None:
    if evidence is not None and (evidence.employee_id != employee.id or evidence.archived_at is not None):
        raise RuleBroken(N_("Choose a document from this employee's file."), field="evidence")


def _keep(
    employee: EmployeeView | Person,
    type_: ComplianceType,
    current: EmployeeCompliance | None,
    before: dict[str, object] | None,
    decision: EmployeeCompliance,
    by: Viewer | None,
) -> None:
    """In the completion ledger, the one replaced too; for the clock; and on the trail."""
    if current is not None:
        attest(DECISIONS, current, "replaced")
    shown = db.session.get(EmployeeDocument, decision.evidence_id) if decision.evidence_id else None
    attest(DECISIONS, decision, "decided", evidence=[shown.sha256] if shown else [])
    plan_look(current, decision, type_, clock.today(employee.time_zone))
    record_change(
        "decision taken back" if decision.undoes_id else decision.decision,
        ("employee_compliance", decision.id),
        by=by,
        before=before,
        after={"employee_id": employee.id, "type": type_.name, **facts_of(decision)},
        reason=decision.reason,
    )
