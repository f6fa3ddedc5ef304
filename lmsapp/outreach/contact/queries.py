"""What somebody allows."""

from __future__ import annotations

from sqlalchemy import select

from lmsapp.infra.db import db
from lmsapp.outreach.contact.models import ContactPreference


def allows_sms(employee_id: int | None) -> bool:
    """Only whoever said yes."""
    said = select(ContactPreference.sms_consent).where(ContactPreference.employee_id == employee_id)
    return bool(db.session.scalar(said))
