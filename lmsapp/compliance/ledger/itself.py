"""What a completion does by itself for the types it supports, where HR has switched that on (HRD-2, HRD-3).

Filing follows the sealed PDF; marking follows the document in the file or, where no evidence is needed, the completion.
Each names the policy, who had switched it on and when. What a person decided is not overwritten, see
`rules.policy_may_replace`.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from lmsapp.compliance.documents.actions import file_by_policy, type_named
from lmsapp.compliance.documents.events import DocumentFiled
from lmsapp.compliance.documents.models import DocumentType, EmployeeDocument
from lmsapp.compliance.documents.rules import TRAINING_RECORD
from lmsapp.compliance.ledger.deciding import Person, complete_by_policy, current_decision, policy_name
from lmsapp.compliance.ledger.models import ComplianceSwitch, ComplianceType, ComplianceTypeCourse, EmployeeCompliance
from lmsapp.compliance.ledger.rules import Decided, policy_may_replace
from lmsapp.compliance.ledger.supporting import completed_on, course_of_sealed
from lmsapp.evidence.seals.events import FileSealed
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import RuleBroken
from lmsapp.learning.enrollments.events import CourseCompleted
from lmsapp.people.employees.models import Employee

log = logging.getLogger(__name__)

CERTIFICATE = "certificate"


def file_for(event: FileSealed) -> None:
    """A certificate was sealed: it is filed where a type it supports says so."""
    file_by_itself(event.sealed)


def mark_for_filed(event: DocumentFiled) -> None:
    """A certificate came into the file, by whomever: the types it supports are marked where they say so."""
    mark_by_itself(event.document)


def mark_for_completion(event: CourseCompleted) -> None:
    """The same where no document is needed."""
    enrollment = event.enrollment
    for type_, switch in switched_on(enrollment.course_id, "mark"):
        if not type_.evidence_needed:
            day = dt.datetime.fromisoformat(event.record.local_time).date()
            _mark(enrollment.employee, type_, switch, day, None)


def file_by_itself(sealed: SealedFile) -> EmployeeDocument | None:
    """File it, once, if a type of its course says so; None when none does, or it is in the file already."""
    course_id = course_of_sealed(sealed) if sealed.kind == CERTIFICATE and sealed.file is not None else None
    found = switched_on(course_id, "file") if course_id is not None else []
    if not found or _filed_before(sealed.id):
        return None
    type_, switch = found[0]
    kind = db.session.get(DocumentType, type_.document_type_id) if type_.document_type_id else None
    if kind is None or kind.needs_expiry:
        kind = type_named(TRAINING_RECORD)
    return file_by_policy(sealed, kind, policy_name(type_.name, switch))


def mark_by_itself(document: EmployeeDocument) -> list[EmployeeCompliance]:
    """The decisions that follow from a certificate in the file."""
    if document.sealed_file_id is None or document.source != CERTIFICATE:
        return []
    sealed = db.session.get_one(SealedFile, document.sealed_file_id)
    course_id = course_of_sealed(sealed)
    if course_id is None:
        return []
    day = completed_on(document.employee_id, course_id)
    employee = db.session.get_one(Employee, document.employee_id)
    if day is None:
        return []
    marked = [_mark(employee, type_, switch, day, document) for type_, switch in switched_on(course_id, "mark")]
    return [one for one in marked if one is not None]


def switched_on(course_id: int, what: str) -> Sequence[tuple[ComplianceType, ComplianceSwitch]]:
    """Types of that course in use, with what is switched on; by name of age."""
    rows = db.session.execute(
        select(ComplianceType, ComplianceSwitch)
        .join(ComplianceTypeCourse, ComplianceTypeCourse.type_id == ComplianceType.id)
        .join(ComplianceSwitch, ComplianceSwitch.type_id == ComplianceType.id)
        .where(
            ComplianceTypeCourse.course_id == course_id,
            ComplianceType.archived_at.is_(None),
            ComplianceSwitch.what == what,
            ComplianceSwitch.off_at.is_(None),
        )
        .order_by(ComplianceType.id)
    )
    return [(row[0], row[1]) for row in rows]


def _mark(
    employee: Any,
    type_: ComplianceType,
    switch: ComplianceSwitch,
    day: dt.date,
    evidence: EmployeeDocument | None,
) -> EmployeeCompliance | None:
    if employee.status != "active":
        return None
    current = current_decision(employee.id, type_.id, lock=True)
    if current is not None:
        zone = clock.zone(employee.time_zone)
        decided_on = current.decided_at.astimezone(zone).date()
        now = Decided(current.decision, current.how, current.completed_on, current.renewal_on, decided_on)
        if not policy_may_replace(now, day, type_.notice_days):
            return None
    person = Person(employee.id, employee.time_zone)
    try:
        with db.session.begin_nested():
            return complete_by_policy(person, type_, day, evidence=evidence, switch=switch)
    except RuleBroken as broken:  # HR decides it then; nobody's completion fails for it
        log.warning("compliance type %s of employee %s not marked: %s", type_.id, employee.id, broken.message)
        return None


def _filed_before(sealed_id: int) -> bool:
    """In the file now, or taken out by somebody, who is not to find it there again."""
    there = select(EmployeeDocument.id).where(EmployeeDocument.sealed_file_id == sealed_id).limit(1)
    return db.session.scalar(there) is not None
