"""The viewer's own certification periods, for course page and record. Never writes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select

from lmsapp.courses.catalogue.models import Course
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.infra.db import db
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.validity.models import CertificationPeriod
from lmsapp.people.viewer import Viewer

# Built once: each course page asks.
OWN = (
    select(
        CertificationPeriod.id,
        CertificationPeriod.course_id,
        CertificationPeriod.number,
        CertificationPeriod.certified_on,
        CertificationPeriod.valid_from,
        CertificationPeriod.window_opens_on,
        CertificationPeriod.renewal_from,
        CertificationPeriod.valid_until,
        CertificationPeriod.grace_until,
        CertificationPeriod.revoked_at,
        CertificationPeriod.is_current,
        Course.title,
        CompletionRecord.score,
        CompletionRecord.how,
        Certificate.id.label("certificate_id"),
        Certificate.number.label("certificate_number"),
    )
    .join(Course, Course.id == CertificationPeriod.course_id)
    .join(CompletionRecord, CompletionRecord.id == CertificationPeriod.record_id)
    .outerjoin(
        Certificate, (Certificate.record_id == CertificationPeriod.record_id) & Certificate.replaced_at.is_(None)
    )
    .where(CertificationPeriod.employee_id == bindparam("employee_id"), CertificationPeriod.replaced_at.is_(None))
    .order_by(CertificationPeriod.certified_on.desc(), CertificationPeriod.id.desc())
)
OF_COURSE = OWN.where(CertificationPeriod.course_id == bindparam("course_id"))


def own_periods(viewer: Viewer, course_id: int | None = None) -> Sequence[Any]:
    """Newest first, of one course or of all; replaced rows left out. One statement.

    Columns: id, course_id, number, certified_on, valid_from, window_opens_on, renewal_from, valid_until, grace_until,
    revoked_at, is_current, title, score, how, certificate_id, certificate_number.
    """
    if course_id is None:
        return db.session.execute(OWN, {"employee_id": viewer.employee_id}).all()
    return db.session.execute(OF_COURSE, {"employee_id": viewer.employee_id, "course_id": course_id}).all()
