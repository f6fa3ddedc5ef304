"""The viewer's own certificates with the state of their PDFs, in one statement, for home and record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select

from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra.db import db
from lmsapp.learning.certificates.dates import of_certificate, until_of
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.validity.models import CertificationPeriod
from lmsapp.people.viewer import Viewer

OWN = (
    select(
        Certificate.id,
        Certificate.number,
        Certificate.title,
        Certificate.course_id,
        Certificate.path_id,
        Certificate.issued_on,
        until_of().label("valid_until"),
        Certificate.revoked_at,
        Certificate.replaced_at,
        SealedFile.status.label("pdf"),
    )
    .outerjoin(CertificationPeriod, of_certificate())
    .outerjoin(SealedFile, (SealedFile.kind == "certificate") & (SealedFile.subject_id == Certificate.id))
    .where(
        Certificate.employee_id == bindparam("employee_id"),
        Certificate.replaced_at.is_(None) | bindparam("replaced"),
    )
    .order_by(Certificate.issued_on.desc(), Certificate.id.desc())
    .limit(bindparam("most"))
)


def own_certificates(viewer: Viewer, limit: int | None = None, *, replaced: bool = False) -> Sequence[Any]:
    """Newest first. Columns: id, number, title, course_id, path_id (one of them None), issued_on, valid_until,
    revoked_at, replaced_at, pdf (its status). `replaced`: those a newer one has replaced, too."""
    asked = {"employee_id": viewer.employee_id, "most": limit, "replaced": replaced}
    return db.session.execute(OWN, asked).all()
