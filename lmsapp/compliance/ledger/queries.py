"""What to show of the ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Text, cast, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, array

from lmsapp.compliance.documents.models import EmployeeDocument
from lmsapp.compliance.ledger.evidence import newest_evidence
from lmsapp.compliance.ledger.models import (
    ComplianceDuty,
    ComplianceLook,
    ComplianceSwitch,
    ComplianceType,
    ComplianceTypeCourse,
    EmployeeCompliance,
)
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
    asked: bool
    not_applicable: bool


@dataclass(frozen=True, slots=True)
class TypeRow:
    """A compliance type in the list; `held` counts current decisions 'complete', `asked` those who have to hold it,
    `by_itself` what a completion does by itself ('file', 'mark')."""

    id: int
    name: str
    regulator: str
    reference: str
    renewal_months: int | None
    notice_days: int
    evidence_needed: bool
    course: str | None
    held: int
    kind: str
    courses: int
    asked: int
    by_itself: Sequence[str]


def ledger_of(viewer: Viewer, employee_id: int, today: dt.date, *, type_id: int | None = None) -> list[LedgerLine]:
    """Every type that is asked of one employee, or decided about them, what needs somebody first. One statement.

    `type_id`: that type too, where it is neither.
    """
    duty = (
        (ComplianceDuty.type_id == ComplianceType.id)
        & (ComplianceDuty.employee_id == employee_id)
        & ComplianceDuty.until.is_(None)
        & ComplianceDuty.employee_id.in_(employee_ids_visible_to(viewer))
    )
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
            ComplianceDuty.id.label("duty_id"),
            EmployeeCompliance.not_applicable,
        )
        .select_from(ComplianceType)
        .outerjoin(EmployeeCompliance, current)
        .outerjoin(EmployeeDocument, EmployeeDocument.id == EmployeeCompliance.evidence_id)
        .outerjoin(ComplianceDuty, duty)
        # Neither asked for nor decided: none of their business. One type asked about by name is shown all the same.
        .where(
            ComplianceType.archived_at.is_(None),
            or_(
                ComplianceDuty.id.is_not(None), EmployeeCompliance.id.is_not(None), ComplianceType.id == (type_id or 0)
            ),
        )
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
            asked=row.duty_id is not None,
            not_applicable=bool(row.not_applicable),
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


def look_of(decision_id: int) -> ComplianceLook | None:
    """What the clock does about a decision, and what came of assigning its renewal."""
    return db.session.get(ComplianceLook, decision_id)


def compliance_types() -> list[TypeRow]:
    """The types in use, by name."""
    held = (
        select(EmployeeCompliance.type_id, func.count().label("held"))
        .where(EmployeeCompliance.replaced_at.is_(None), EmployeeCompliance.decision == "complete")
        .group_by(EmployeeCompliance.type_id)
        .subquery()
    )
    asked = select(func.count()).where(ComplianceDuty.type_id == ComplianceType.id, ComplianceDuty.until.is_(None))
    courses = select(func.count()).where(ComplianceTypeCourse.type_id == ComplianceType.id)
    on = (ComplianceSwitch.type_id == ComplianceType.id, ComplianceSwitch.off_at.is_(None))
    by_itself = select(func.array_agg(ComplianceSwitch.what)).where(*on)
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
            ComplianceType.kind,
            courses.scalar_subquery().label("courses"),
            asked.scalar_subquery().label("asked"),
            func.coalesce(by_itself.scalar_subquery(), cast(array([]), ARRAY(Text))).label("by_itself"),
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
    courses = select(ComplianceTypeCourse.course_id).where(ComplianceTypeCourse.type_id == type_.id)
    visible = employee_ids_visible_to(viewer)
    record = db.session.execute(
        select(CompletionRecord.local_time)
        .where(
            CompletionRecord.employee_id == employee_id,
            CompletionRecord.employee_id.in_(visible),
            CompletionRecord.subject_kind == "course",
            CompletionRecord.subject_id.in_(courses),
            counts(),
        )
        .order_by(CompletionRecord.id.desc())
        .limit(1)
    ).one_or_none()
    document = newest_evidence(employee_id, type_) if record is not None or type_.document_type_id else None
    day = dt.datetime.fromisoformat(record.local_time).date() if record is not None else None
    if day is None and document is not None:
        day = document.issued_on
    return Suggestion(day, document.id if document else None)
