"""Waivers that two people decide, where the organisation wants that (HRD-4)."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.exc import IntegrityError

from lmsapp.compliance.documents.models import EmployeeDocument
from lmsapp.compliance.ledger.deciding import Person, Waiver, check_waiver, decide, only_hr, waived
from lmsapp.compliance.ledger.models import ComplianceType, WaiverRequest
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.employees.models import Employee
from lmsapp.people.employees.queries import EmployeeView
from lmsapp.people.settings.queries import setting
from lmsapp.people.viewer import Viewer

SETTING = "waiver_second_person"


def ask_or_waive(
    employee: EmployeeView | Person,
    type_: ComplianceType,
    *,
    by: Viewer,
    reason: str,
    until: dt.date | None = None,
    not_applicable: bool = False,
    evidence: EmployeeDocument | None = None,
) -> WaiverRequest | None:
    """Waived at once, or asked of a second person: then the request. Raises RuleBroken, NotAllowed."""
    waiver = Waiver(reason.strip(), until, not_applicable, evidence)
    check_waiver(employee, waiver, by)
    if not setting(SETTING):
        decide(employee, type_, waived(waiver), by, reason)
        return None
    request = WaiverRequest(
        employee_id=employee.id,
        type_id=type_.id,
        until=until,
        not_applicable=not_applicable,
        reason=waiver.reason,
        evidence_id=evidence.id if evidence else None,
        asked_by_id=by.user_id,
        asked_by_name=by.name,
    )
    try:
        with db.session.begin_nested():
            db.session.add(request)
            db.session.flush()
    except IntegrityError as clash:
        raise RuleBroken(N_("A waiver waits already for a second person.")) from clash
    after = {"employee_id": employee.id, "type": type_.name, "until": until}
    record_change("waiver asked", ("waiver_request", request.id), by=by, after=after, reason=waiver.reason)
    return request


def answer_waiver(request: WaiverRequest, *, by: Viewer, approved: bool, reason: str = "") -> None:
    """The second person says yes, and it is decided with both names; or no, and why. Whoever asked may drop it.

    Raises RuleBroken, NotAllowed.
    """
    only_hr(by)
    db.session.refresh(request, with_for_update=True)
    if request.state != "waiting":
        raise RuleBroken(N_("This was decided meanwhile."))
    own = by.user_id == request.asked_by_id
    if approved and own:
        raise RuleBroken(N_("Somebody else has to approve what you asked for."))
    if not approved and not own and not reason.strip():
        raise RuleBroken(N_("Say why not."), field="reason")
    employee = db.session.get_one(Employee, request.employee_id)
    if approved:
        _apply(request, employee, by)
    request.state = "approved" if approved else "dropped" if own else "declined"
    request.decided_by_id, request.decided_by_name = by.user_id, by.name
    request.decided_at, request.decision_reason = clock.now(), reason.strip()
    db.session.flush()
    after = {"employee_id": employee.id}
    record_change(f"waiver {request.state}", ("waiver_request", request.id), by=by, after=after, reason=reason.strip())


def _apply(request: WaiverRequest, employee: Employee, by: Viewer) -> None:
    evidence = db.session.get(EmployeeDocument, request.evidence_id) if request.evidence_id else None
    waiver = Waiver(request.reason, request.until, request.not_applicable, evidence)
    asker = Viewer(user_id=request.asked_by_id, employee_id=None, name=request.asked_by_name, email="")
    person = Person(employee.id, employee.time_zone)
    check_waiver(person, waiver, by)
    type_ = db.session.get_one(ComplianceType, request.type_id)
    request.decision_id = decide(person, type_, waived(waiver), asker, request.reason, approved_by=by).id
