"""Making a link at the moment a message is handed over. The path it returns stands nowhere but in that message."""

from __future__ import annotations

import datetime as dt
import secrets

from sqlalchemy import select

from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.links.actions import revoke
from lmsapp.learning.links.models import AccessLink
from lmsapp.learning.links.queries import gets_links
from lmsapp.learning.links.rules import CHANNELS, TOKEN_BYTES, Ended, masked
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.accounts.queries import token_hash
from lmsapp.people.employees.models import Employee
from lmsapp.people.settings.queries import setting


def link_for(enrollment_id: int | None, notice: Notice) -> str | None:
    """The path of a fresh link ('/l/3vQx…'), or None where the reader of this notice gets none; the earlier one by the
    same channel, if nobody opened it, opens nothing from now on.

    Only the learner gets one, and only at the address or number that is on file now: not a manager who is told of the
    same training, nor whoever has an old number. Call it in the worker just before the message leaves the house, and
    keep the path nowhere.
    """
    enrollment = db.session.get(Enrollment, enrollment_id) if enrollment_id else None
    if enrollment is None or notice.channel not in CHANNELS or enrollment.withdrawn_at is not None:
        return None
    if not _is_theirs(notice, enrollment.employee_id) or not gets_links(enrollment.employee_id):
        return None
    channel, address = notice.channel, notice.address or ""
    earlier = select(AccessLink).where(
        AccessLink.enrollment_id == enrollment.id,
        AccessLink.channel == channel,
        AccessLink.opened_at.is_(None),
        AccessLink.revoked_at.is_(None),
    )
    revoke(db.session.scalars(earlier.with_for_update()).all(), Ended.REPLACED, by=None)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = AccessLink(
        token_sha256=token_hash(token),
        employee_id=enrollment.employee_id,
        enrollment_id=enrollment.id,
        course_id=enrollment.course_id,
        cycle=enrollment.cycle + (1 if enrollment.complete else 0),  # who is to renew it takes the next time round
        channel=channel,
        sent_to=masked(address),
        notice_key=notice.key,
        expires_at=clock.now() + dt.timedelta(hours=setting("link_hours")),
    )
    db.session.add(link)
    db.session.flush()
    told = {"link": link.id, "channel": channel, "sent_to": link.sent_to, "until": link.expires_at}
    record_change("link made", ("enrollment", enrollment.id), by=None, after={**told, "notice": notice.key})
    return f"/l/{token}"


def address_of(employee: Employee, channel: str) -> str | None:
    """Where somebody is reached by that channel."""
    return employee.mobile if channel == "sms" else employee.email


def _is_theirs(notice: Notice, employee_id: int) -> bool:
    employee = db.session.get(Employee, employee_id)
    if employee is None or notice.employee_id != employee.id or not notice.address:
        return False
    on_file = address_of(employee, notice.channel)
    return on_file is not None and on_file.lower() == notice.address.lower()
