"""Until when a certificate is valid today: as its period says, which another policy may have replaced (CRS-6).

What is printed stays printed (`Certificate.valid_until`); pages that are asked show what holds.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ColumnElement, case, select

from lmsapp.infra.db import db
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.validity.models import CertificationPeriod


def of_certificate() -> ColumnElement[bool]:
    """The condition that joins a certificate's period to it."""
    return (CertificationPeriod.record_id == Certificate.record_id) & CertificationPeriod.replaced_at.is_(None)


def until_of() -> ColumnElement[dt.date | None]:
    """The last valid day, where both are joined (the period by an outer join)."""
    return case((CertificationPeriod.id.is_not(None), CertificationPeriod.valid_until), else_=Certificate.valid_until)


def valid_until(certificate: Certificate) -> dt.date | None:
    """The same for one certificate at hand."""
    return db.session.scalar(
        select(until_of())
        .select_from(Certificate)
        .outerjoin(CertificationPeriod, of_certificate())
        .where(Certificate.id == certificate.id)
    )
