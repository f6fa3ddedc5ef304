"""One line of a batch, done in a savepoint of its own: what cannot be done says why and leaves the rest alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lmsapp.compliance.batches.models import ComplianceBatch, ComplianceBatchLine
from lmsapp.compliance.documents.actions import file_sealed, take_out, type_named
from lmsapp.compliance.documents.models import EmployeeDocument
from lmsapp.compliance.ledger.deciding import Person, current_decision, mark_complete
from lmsapp.compliance.ledger.evidence import newest_evidence
from lmsapp.compliance.ledger.itself import file_by_itself, mark_by_itself
from lmsapp.compliance.ledger.models import ComplianceType, EmployeeCompliance
from lmsapp.compliance.ledger.supporting import course_of_sealed, supported
from lmsapp.compliance.ledger.taking_back import take_back
from lmsapp.compliance.ledger.waivers import ask_or_waive
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.employees.models import Employee
from lmsapp.people.viewer import Viewer

DECIDED_SINCE = N_("%(type)s was decided anew since, so that decision stays.")
NOTHING_SINCE = N_("Nothing was left to do.")
WAITS = N_("It waits for a second person of HR.")
NOT_MARKED = N_("%(type)s not marked Complete: %(why)s")
ON_RECORD = N_("%(type)s is on record with this completion already.")

Do = Callable[[ComplianceBatch, ComplianceBatchLine, Viewer], None]


def do_line(batch: ComplianceBatch, line: ComplianceBatchLine, by: Viewer) -> None:
    """Leaves the line 'done' or 'refused', with what there is to say."""
    try:
        with db.session.begin_nested():
            DO[batch.asked](batch, line, by)
            line.state = "done"
            db.session.flush()
    except RuleBroken as broken:
        db.session.refresh(line)
        line.state = "refused"
        say(line, broken.message, **broken.values)


def say(line: ComplianceBatchLine, message: str, **values: Any) -> None:
    """To be read in the reader's language."""
    line.said = [*line.said, {"message": message, "values": {name: str(value) for name, value in values.items()}}]


def _file(batch: ComplianceBatch, line: ComplianceBatchLine, by: Viewer) -> None:
    sealed = _sealed(line)
    document = file_sealed(sealed, type_named(batch.terms["type"]), by)
    line.document_id = document.id
    if batch.terms.get("mark"):
        _mark_supported(line, sealed, document, by)


def _mark_supported(line: ComplianceBatchLine, sealed: SealedFile, document: EmployeeDocument, by: Viewer) -> None:
    """What the completion supports, as far as it can be; what cannot leaves the filing alone."""
    course_id = course_of_sealed(sealed)
    if course_id is None:
        return
    pair = (line.employee_id, course_id)
    for one in supported([pair]).get(pair, ()):
        if one.stands:
            say(line, ON_RECORD, type=one.name)
            continue
        type_ = db.session.get_one(ComplianceType, one.type_id)
        try:
            with db.session.begin_nested():
                reason = f"Filed and marked together: {document.title}."
                decision = mark_complete(
                    _person(line), type_, one.completed_on, evidence=document, by=by, reason=reason
                )
        except RuleBroken as broken:
            say(line, NOT_MARKED, type=one.name, why=broken.message % broken.values)
        else:
            _note(line, decision)


def _mark(batch: ComplianceBatch, line: ComplianceBatchLine, by: Viewer) -> None:
    type_, terms = db.session.get_one(ComplianceType, batch.type_id), batch.terms
    day = dt.date.fromisoformat(terms["completed_on"])
    evidence = newest_evidence(line.employee_id, type_)
    _note(line, mark_complete(_person(line), type_, day, evidence=evidence, by=by, reason=terms["reason"]))
    line.document_id = evidence.id if evidence else None


def _waive(batch: ComplianceBatch, line: ComplianceBatchLine, by: Viewer) -> None:
    type_, terms = db.session.get_one(ComplianceType, batch.type_id), batch.terms
    until = dt.date.fromisoformat(terms["until"]) if terms.get("until") else None
    if ask_or_waive(_person(line), type_, by=by, reason=terms["reason"], until=until) is not None:
        say(line, WAITS)
        return
    decision = current_decision(line.employee_id, type_.id)
    if decision is not None:
        _note(line, decision)


def _take_out(batch: ComplianceBatch, line: ComplianceBatchLine, by: Viewer) -> None:
    """What a line of an earlier batch did: decisions that still stand, and the document."""
    for one in line.marked:
        decision = db.session.get(EmployeeCompliance, one["decision_id"])
        if decision is None or decision.replaced_at is not None:
            say(line, DECIDED_SINCE, type=one["type"])
            continue
        take_back(_person(line), decision, by=by, reason=batch.terms["reason"])
    document = db.session.get(EmployeeDocument, line.document_id) if line.document_id and line.sealed_id else None
    if document is not None:
        take_out(document, by, batch.terms["reason"])
    earlier = select(ComplianceBatchLine).where(
        ComplianceBatchLine.batch_id == batch.after_id,
        ComplianceBatchLine.employee_id == line.employee_id,
        ComplianceBatchLine.sealed_id.is_not_distinct_from(line.sealed_id),
        ComplianceBatchLine.state == "done",
    )
    for done in db.session.scalars(earlier):
        done.state = "undone"


def _treat(_batch: ComplianceBatch, line: ComplianceBatchLine, _by: Viewer) -> None:
    """What waited when a policy was switched on, as if it came now: by the policy, not by whoever asked."""
    document = file_by_itself(_sealed(line)) if line.sealed_id else None
    if document is None and line.document_id is not None:
        document = db.session.get(EmployeeDocument, line.document_id)
        for decision in mark_by_itself(document) if document is not None else ():
            _note(line, decision)
    elif document is not None:
        line.document_id = document.id
        marked = select(EmployeeCompliance).where(
            EmployeeCompliance.evidence_id == document.id, EmployeeCompliance.replaced_at.is_(None)
        )
        for decision in db.session.scalars(marked.options(joinedload(EmployeeCompliance.type))):
            _note(line, decision)
    if document is None or not (line.sealed_id or line.marked):
        raise RuleBroken(NOTHING_SINCE)


def _sealed(line: ComplianceBatchLine) -> SealedFile:
    found = select(SealedFile).where(SealedFile.id == line.sealed_id).options(joinedload(SealedFile.file))
    return db.session.scalars(found.execution_options(populate_existing=True)).one()


def _person(line: ComplianceBatchLine) -> Person:
    employee = db.session.get_one(Employee, line.employee_id)
    return Person(employee.id, employee.time_zone)


def _note(line: ComplianceBatchLine, decision: EmployeeCompliance) -> None:
    kept = {
        "type_id": decision.type_id,
        "decision_id": decision.id,
        "type": decision.type.name,
        "renewal_on": decision.renewal_on.isoformat() if decision.renewal_on else None,
    }
    line.marked = [*line.marked, kept]


DO: dict[str, Do] = {"file": _file, "mark": _mark, "waive": _waive, "take out": _take_out, "treat": _treat}
