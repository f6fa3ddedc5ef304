"""What to show of the ledger."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, select

from lmsapp.compliance.documents.models import EmployeeDocument
from lmsapp.compliance.ledger.models import ComplianceType, EmployeeCompliance
from lmsapp.compliance.ledger.rules import ComplianceStatus, status
from lmsapp.courses.catalogue.models import Course
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.evidence.records.queries import counts
from lmsapp.infra.db import db
from lmsapp.people.queries import employee_ids_visible_to
from lmsapp.people.viewer import Viewer

ORDER = {word: position for position, word in enumerate(ComplianceStatus)}


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One type for one employee. The decision's fields are None where nobody decided yet."""

    type_id: int
    name: str
    evidence_needed: bool
    status: ComplianceStatus
    decision: str | None
    completed_on: dt.date | None
    renewal_on: dt.date | None
    reason: str
    decided_by: str
    decided_at: dt.datetime | None
    evidence_id: int | None
    evidence_title: str | None


@dataclass(frozen=True, slots=True)
class TypeRow:
    """A compliance type in the list; `held` counts current decisions 'complete'."""

    id: int
    name: str
    regulator: str
    reference: str
    renewal_months: int | None
    notice_days: int
    evidence_needed: bool
    course: str | None
    held: int


def ledger_of(viewer: Viewer, employee_id: int, today: dt.date) -> list[LedgerLine]:
    """Every type with its status for one employee, what needs somebody first. One statement."""
    current = (
        (EmployeeCompliance.type_id == ComplianceType.id)
        & (EmployeeCompliance.employee_id == employee_id)
        & EmployeeCompliance.replaced_at.is_(None)
        & EmployeeCompliance.employee_id.in_(employee_ids_visible_to(viewer))
    )
    rows = db.session.execute(
        select(
            ComplianceType.id,
            ComplianceType.name,
            ComplianceType.notice_days,
            ComplianceType.evidence_needed,
            EmployeeCompliance.decision,
            EmployeeCompliance.completed_on,
            EmployeeCompliance.renewal_on,
            EmployeeCompliance.reason,
            EmployeeCompliance.decided_by_name,
            EmployeeCompliance.decided_at,
            EmployeeCompliance.evidence_id,
            EmployeeDocument.title.label("evidence_title"),
        )
        .select_from(ComplianceType)
        .outerjoin(EmployeeCompliance, current)
        .outerjoin(EmployeeDocument, EmployeeDocument.id == EmployeeCompliance.evidence_id)
        .where(ComplianceType.archived_at.is_(None))
    )
    lines = [
        LedgerLine(
            type_id=row.id,
            name=row.name,
            evidence_needed=row.evidence_needed,
            status=status(row.decision or "required", row.renewal_on, row.notice_days, today),
            decision=row.decision,
            completed_on=row.completed_on,
            renewal_on=row.renewal_on,
            reason=row.reason or "",
            decided_by=row.decided_by_name or "",
            decided_at=row.decided_at,
            evidence_id=row.evidence_id,
            evidence_title=row.evidence_title,
        )
        for row in rows
    ]
    return sorted(lines, key=lambda line: (ORDER[line.status], line.renewal_on or dt.date.max, line.name.casefold()))


def decisions_about(viewer: Viewer, employee_id: int, type_id: int) -> list[EmployeeCompliance]:
    """Every decision, newest first; the ones replaced stay readable."""
    return list(
        db.session.scalars(
            select(EmployeeCompliance)
            .where(
                EmployeeCompliance.employee_id == employee_id,
                EmployeeCompliance.type_id == type_id,
                EmployeeCompliance.employee_id.in_(employee_ids_visible_to(viewer)),
            )
            .order_by(EmployeeCompliance.id.desc())
        )
    )


def compliance_types() -> list[TypeRow]:
    """The types in use, by name."""
    held = (
        select(EmployeeCompliance.type_id, func.count().label("held"))
        .where(EmployeeCompliance.replaced_at.is_(None), EmployeeCompliance.decision == "complete")
        .group_by(EmployeeCompliance.type_id)
        .subquery()
    )
    rows = db.session.execute(
        select(
            ComplianceType.id,
            ComplianceType.name,
            ComplianceType.regulator,
            ComplianceType.reference,
            ComplianceType.renewal_months,
            ComplianceType.notice_days,
            ComplianceType.evidence_needed,
            Course.title.label("course"),
            func.coalesce(held.c.held, 0).label("held"),
        )
        .outerjoin(Course, Course.id == ComplianceType.course_id)
        .outerjoin(held, held.c.type_id == ComplianceType.id)
        .where(ComplianceType.archived_at.is_(None))
        .order_by(func.lower(ComplianceType.name))
    )
    return [TypeRow(**row) for row in rows.mappings()]


def type_by_id(type_id: int) -> ComplianceType | None:
    """The type, archived ones left out."""
    found = db.session.get(ComplianceType, type_id)
    return found if found and found.archived_at is None else None


def course_choices() -> list[tuple[int, str]]:
    """Courses that can support a type: (id, title), by title."""
    rows = db.session.execute(
        select(Course.id, Course.title).where(Course.status == "published").order_by(func.lower(Course.title))
    )
    return [(row.id, row.title) for row in rows]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What learning and the file hold for a type: the last completion of its course, and the document that shows it."""

    completed_on: dt.date | None = None
    document_id: int | None = None


def suggestion_for(viewer: Viewer, employee_id: int, type_: ComplianceType) -> Suggestion:
    """Only a suggestion: the ledger changes when HR says so. Empty without a linked course."""
    if type_.course_id is None:
        return Suggestion()
    visible = employee_ids_visible_to(viewer)
    record = db.session.execute(
        select(CompletionRecord.local_time, CompletionRecord.title)
        .where(
            CompletionRecord.employee_id == employee_id,
            CompletionRecord.employee_id.in_(visible),
            CompletionRecord.subject_kind == "course",
            CompletionRecord.subject_id == type_.course_id,
            counts(),
        )
        .order_by(CompletionRecord.id.desc())
        .limit(1)
    ).one_or_none()
    if record is None:
        return Suggestion()
    document = db.session.scalar(
        select(EmployeeDocument.id)
        .where(
            EmployeeDocument.employee_id == employee_id,
            EmployeeDocument.title == record.title,
            EmployeeDocument.source != "upload",
            EmployeeDocument.archived_at.is_(None),
        )
        .order_by(EmployeeDocument.source, EmployeeDocument.id.desc())
        .limit(1)
    )
    return Suggestion(dt.datetime.fromisoformat(record.local_time).date(), document)
