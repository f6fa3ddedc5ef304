"""What to show of compliance types: the list, one of them, what can be chosen for it (HRD-3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from lmsapp.compliance.documents.models import DocumentType, EmployeeDocument
from lmsapp.compliance.ledger.models import (
    ComplianceDuty,
    ComplianceSwitch,
    ComplianceType,
    ComplianceTypeCourse,
    EmployeeCompliance,
)
from lmsapp.courses.catalogue.models import Course
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra.db import db
from lmsapp.learning.certificates.models import Certificate
from lmsapp.people.audiences.models import Audience
from lmsapp.people.audiences.rules import AudienceRule
from lmsapp.people.employees.models import Employee
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

LATEST = 10


@dataclass(frozen=True, slots=True)
class Linked:
    """A training that supports a type; `validity_months` None: completing it counts for good."""

    id: int
    title: str
    status: str
    validity_months: int | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a policy would find when it is switched on: certificates to file, documents in the file to mark by."""

    sealed: Sequence[tuple[int, int]]  # employee, sealed file
    documents: Sequence[tuple[int, int]]  # employee, document


def linked_courses(type_id: int) -> list[Linked]:
    """Those that support it, the first one first."""
    rows = db.session.execute(
        select(Course.id, Course.title, Course.status, Course.validity_months)
        .join(ComplianceTypeCourse, ComplianceTypeCourse.course_id == Course.id)
        .join(ComplianceType, ComplianceType.id == ComplianceTypeCourse.type_id)
        .where(ComplianceTypeCourse.type_id == type_id)
        .order_by((Course.id == ComplianceType.course_id).desc(), func.lower(Course.title))
    )
    return [Linked(**row) for row in rows.mappings()]


def course_titles(course_ids: Sequence[int]) -> list[str]:
    """In the order given."""
    rows = db.session.execute(select(Course.id, Course.title).where(Course.id.in_(course_ids)))
    titles = {row.id: row.title for row in rows}
    return [titles[one] for one in course_ids if one in titles]


def switches_of(type_id: int) -> dict[str, ComplianceSwitch]:
    """What is on: 'file', 'mark'."""
    on = (ComplianceSwitch.type_id == type_id, ComplianceSwitch.off_at.is_(None))
    return {one.what: one for one in db.session.scalars(select(ComplianceSwitch).where(*on))}


def switches_named(decisions: Sequence[EmployeeCompliance]) -> dict[int, ComplianceSwitch]:
    """By id, of decisions that a policy made."""
    ids = {one.switch_id for one in decisions if one.switch_id is not None}
    if not ids:
        return {}
    return {one.id: one for one in db.session.scalars(select(ComplianceSwitch).where(ComplianceSwitch.id.in_(ids)))}


def waiting_for(type_: ComplianceType, what: str) -> Waiting:
    """What came before the switch: certificates of its courses that nobody has filed nor taken out, or those in the
    file of people for whom nothing is decided. Of people who work here."""
    certificates = (
        select(SealedFile.employee_id, SealedFile.id)
        .join(Certificate, (SealedFile.kind == "certificate") & (Certificate.id == SealedFile.subject_id))
        .join(ComplianceTypeCourse, ComplianceTypeCourse.course_id == Certificate.course_id)
        .join(Employee, Employee.id == SealedFile.employee_id)
        .where(
            ComplianceTypeCourse.type_id == type_.id,
            SealedFile.status == "ready",
            Certificate.revoked_at.is_(None),
            Certificate.replaced_at.is_(None),
            Employee.status == "active",
            SealedFile.employee_id.is_not(None),
        )
    )
    document = EmployeeDocument.sealed_file_id == SealedFile.id
    if what == "file":
        untouched = ~select(EmployeeDocument.id).where(document).exists()
        rows = db.session.execute(certificates.where(untouched).order_by(SealedFile.id))
        return Waiting([(row[0] or 0, row[1]) for row in rows], ())
    decided = select(EmployeeCompliance.id).where(
        EmployeeCompliance.employee_id == SealedFile.employee_id,
        EmployeeCompliance.type_id == type_.id,
        EmployeeCompliance.replaced_at.is_(None),
        EmployeeCompliance.decision != "required",
    )
    filed = (
        certificates.with_only_columns(SealedFile.employee_id, func.max(EmployeeDocument.id))
        .join(EmployeeDocument, document)
        .where(EmployeeDocument.archived_at.is_(None), ~decided.exists())
        .group_by(SealedFile.employee_id)
    )
    return Waiting((), [(row[0] or 0, row[1]) for row in db.session.execute(filed)])


def trail_of(type_id: int) -> Sequence[Any]:
    """The latest changes: at, actor_name, action, before, after, reason."""
    about = (AuditEntry.subject_kind == "compliance_type", AuditEntry.subject_id == type_id)
    columns = (AuditEntry.at, AuditEntry.actor_name, AuditEntry.action, AuditEntry.before, AuditEntry.after)
    rows = select(*columns, AuditEntry.reason).where(*about).order_by(AuditEntry.id.desc()).limit(LATEST)
    return db.session.execute(rows).all()


def archived_types() -> Sequence[Any]:
    """id, name, archived_at, and how many decisions 'complete' stand of it; by name."""
    stand = (
        select(func.count())
        .where(
            EmployeeCompliance.type_id == ComplianceType.id,
            EmployeeCompliance.replaced_at.is_(None),
            EmployeeCompliance.decision == "complete",
        )
        .scalar_subquery()
    )
    rows = select(ComplianceType.id, ComplianceType.name, ComplianceType.archived_at, stand.label("held"))
    rows = rows.where(ComplianceType.archived_at.is_not(None)).order_by(func.lower(ComplianceType.name))
    return db.session.execute(rows).all()


def any_type(viewer: Viewer, type_id: int) -> ComplianceType | None:
    """The type, archived or not, for whoever keeps records."""
    return db.session.get(ComplianceType, type_id) if viewer.may(May.KEEP_RECORDS) else None


def audience_choices(chosen: int | None = None) -> list[tuple[int, str]]:
    """Audiences in use by name, and the one that was chosen."""
    wanted = Audience.archived_at.is_(None) | (Audience.id == chosen)
    rows = db.session.execute(select(Audience.id, Audience.name).where(wanted).order_by(func.lower(Audience.name)))
    return [(row.id, row.name) for row in rows]


def document_type_choices() -> list[tuple[int, str]]:
    """(id, name)."""
    rows = db.session.execute(select(DocumentType.id, DocumentType.name).order_by(DocumentType.id))
    return [(row.id, row.name) for row in rows]


def what_waits(viewer: Viewer, first: dt.date, last: dt.date) -> dict[str, int]:
    """'expired' by `first` and 'expiring' from then to `last`, of those who have to hold it. One statement."""
    if not viewer.may(May.KEEP_RECORDS):
        return {"expired": 0, "expiring": 0}
    renewal = EmployeeCompliance.renewal_on
    row = db.session.execute(
        select(
            func.count().filter(renewal < first).label("expired"),
            func.count().filter(renewal >= first).label("expiring"),
        )
        .select_from(EmployeeCompliance)
        .join(
            ComplianceDuty,
            (ComplianceDuty.type_id == EmployeeCompliance.type_id)
            & (ComplianceDuty.employee_id == EmployeeCompliance.employee_id)
            & ComplianceDuty.until.is_(None),
        )
        .where(EmployeeCompliance.replaced_at.is_(None), EmployeeCompliance.decision == "complete", renewal <= last)
    ).one()
    return {"expired": row.expired, "expiring": row.expiring}


def audience_rule(audience_id: int) -> AudienceRule:
    """Whom that audience takes; nobody once it is archived."""
    audience = db.session.get(Audience, audience_id)
    live = audience is not None and audience.archived_at is None
    return AudienceRule.from_json(audience.rule) if audience is not None and live else AudienceRule()
