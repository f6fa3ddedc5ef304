"""Which document in the file shows that a type is held (HRD-4)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, case, or_, select
from sqlalchemy.orm import aliased

from lmsapp.compliance.documents.models import EmployeeDocument
from lmsapp.compliance.ledger.models import ComplianceType, ComplianceTypeCourse
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra.db import db
from lmsapp.learning.certificates.models import Certificate


def newest_evidence(employee_id: int, type_: ComplianceType) -> EmployeeDocument | None:
    """The newest certificate of a training that supports it, else the newest document of the kind it asks for."""
    return db.session.scalar(
        select(EmployeeDocument)
        .where(EmployeeDocument.employee_id == employee_id, EmployeeDocument.archived_at.is_(None), fitting(type_))
        .order_by(case((EmployeeDocument.source == "certificate", 0), else_=1), EmployeeDocument.id.desc())
        .limit(1)
    )


def fitting(type_: ComplianceType) -> ColumnElement[bool]:
    """Documents that can show it, of whomever."""
    sealed: Any = aliased(SealedFile)
    courses = select(ComplianceTypeCourse.course_id).where(ComplianceTypeCourse.type_id == type_.id)
    certificates = (
        select(sealed.id)
        .join(Certificate, (sealed.kind == "certificate") & (Certificate.id == sealed.subject_id))
        .where(Certificate.course_id.in_(courses))
    )
    shown = EmployeeDocument.sealed_file_id.in_(certificates)
    if type_.document_type_id is None:
        return shown
    return or_(shown, EmployeeDocument.type_id == type_.document_type_id)
