"""Certificates for staff: found by number, name or title, and one with all there is to it (CRT-3).

Moderators find all; authors and evaluators those of the courses that are theirs (`learning.grading.scope`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, true

from lmsapp.courses.catalogue.models import Course
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra.db import db
from lmsapp.learning.certificates.dates import of_certificate, until_of
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.certificates.rules import CertificateStatus
from lmsapp.learning.certificates.templates.models import CertificateTemplate
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.grading.scope import in_scope
from lmsapp.learning.validity.models import CertificationPeriod
from lmsapp.people.employees.models import Employee
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

PAGE = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """`status`: of `CertificateStatus`, or ''. `kind`: 'course', 'path' or ''."""

    search: str = ""
    status: str = ""
    kind: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class CertificatePage:
    """Rows as `_columns` names them."""

    rows: Sequence[Any]
    total: int
    number: int
    size: int = PAGE


def list_certificates(viewer: Viewer, asked: Asked, today: dt.date) -> CertificatePage:
    """Newest first. Two statements, however many rows."""
    wanted = [_within(viewer), *_matching(asked, today)]
    counted = _joined(select(func.count()).select_from(Certificate)).where(*wanted)
    total = db.session.scalar(counted) or 0
    number = min(max(asked.page, 1), max(1, -(-total // PAGE)))
    rows = _joined(_columns()).where(*wanted).order_by(Certificate.issued_at.desc(), Certificate.id.desc())
    return CertificatePage(db.session.execute(rows.limit(PAGE).offset((number - 1) * PAGE)).all(), total, number)


def certificate_to_look_after(viewer: Viewer, certificate_id: int) -> Certificate | None:
    """One of theirs, to act on."""
    return db.session.scalar(_joined(select(Certificate)).where(Certificate.id == certificate_id, _within(viewer)))


def one_certificate(certificate: Certificate) -> Any:
    """A certificate at hand as a row of the list, and more: how, actor_name, reason, approved_by_name, score,
    template, template_id, replaces (id, number), replaced_by (id, number)."""
    return db.session.execute(
        _joined(
            _columns().add_columns(
                CompletionRecord.how,
                CompletionRecord.actor_name,
                CompletionRecord.reason.label("record_reason"),
                CompletionRecord.approved_by_name,
                CompletionRecord.score,
                CertificateTemplate.title.label("template"),
            )
        )
        .join(CompletionRecord, CompletionRecord.id == Certificate.record_id)
        .outerjoin(CertificateTemplate, CertificateTemplate.id == Certificate.template_id)
        .where(Certificate.id == certificate.id)
    ).one()


def neighbours(certificate: Certificate) -> tuple[Any, Any]:
    """(id, number) of the one it replaced, and of the one that replaced it; None where there is none."""
    columns = select(Certificate.id, Certificate.number)
    older = db.session.execute(columns.where(Certificate.id == certificate.replaces_id)).one_or_none()
    newer = db.session.execute(columns.where(Certificate.replaces_id == certificate.id)).one_or_none()
    return older, newer


def certificates_of_enrollment(enrollment_id: int) -> Sequence[Any]:
    """Of an enrollment the viewer may see, newest first; rows of the list."""
    mine = Certificate.enrollment_id == enrollment_id
    return db.session.execute(_joined(_columns()).where(mine).order_by(Certificate.id.desc())).all()


def _within(viewer: Viewer) -> ColumnElement[bool]:
    """On Certificate, Enrollment and Course joined."""
    if viewer.may(May.MODERATE):
        return true()
    return Certificate.enrollment_id.is_not(None) & in_scope(viewer)


def _joined(statement: Any) -> Select[Any]:
    joined: Select[Any] = (
        statement.join(Employee, Employee.id == Certificate.employee_id)
        .outerjoin(Enrollment, Enrollment.id == Certificate.enrollment_id)
        .outerjoin(Course, Course.id == Certificate.course_id)
        .outerjoin(CertificationPeriod, of_certificate())
        .outerjoin(SealedFile, (SealedFile.kind == "certificate") & (SealedFile.subject_id == Certificate.id))
    )
    return joined


def _columns() -> Any:
    return select(
        Certificate.id,
        Certificate.number,
        Certificate.holder_name,
        Certificate.title,
        Certificate.course_id,
        Certificate.path_id,
        Certificate.enrollment_id,
        Certificate.issued_on,
        Certificate.issued_at,
        Certificate.revoked_at,
        Certificate.revoke_reason,
        Certificate.replaced_at,
        Certificate.template_version,
        Certificate.template_id,
        Certificate.token,
        until_of().label("valid_until"),
        Employee.id.label("employee_id"),
        Employee.name,
        Employee.number.label("employee_number"),
        SealedFile.status.label("pdf"),
    ).select_from(Certificate)


def _matching(asked: Asked, today: dt.date) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for word in asked.search.split()[:8]:
        columns = (Certificate.holder_name, Employee.name, Certificate.title, Certificate.number)
        hits = [column.icontains(word, autoescape=True) for column in columns]
        found.append(or_(*hits, Employee.number == word))
    if asked.kind:
        found.append(Certificate.path_id.is_not(None) if asked.kind == "path" else Certificate.course_id.is_not(None))
    revoked, replaced = Certificate.revoked_at.is_not(None), Certificate.replaced_at.is_not(None)
    over = func.coalesce(until_of() < today, False)
    conditions: dict[str, ColumnElement[bool]] = {
        CertificateStatus.REVOKED: revoked,
        CertificateStatus.REPLACED: ~revoked & replaced,
        CertificateStatus.EXPIRED: ~revoked & ~replaced & over,
        CertificateStatus.VALID: ~revoked & ~replaced & ~over,
    }
    if asked.status in conditions:
        found.append(conditions[asked.status])
    return found
