"""Making a link at the moment a message is handed over. The path it returns stands nowhere but in that message.

Its token follows from the notice and a key of ours, so that a second copy of a message that may have arrived carries
the link of the first: a gateway that knows copies drops the second, and the first must go on working.
"""

from __future__ import annotations

import base64
import datetime as dt
import hmac

from sqlalchemy import select

from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.site import key_for
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.links.actions import revoke
from lmsapp.learning.links.models import AccessLink
from lmsapp.learning.links.queries import gets_links
from lmsapp.learning.links.rules import CHANNELS, TOKEN_BYTES, Ended, masked
from lmsapp.outreach.notices.models import Notice
from lmsapp.people.accounts.queries import token_hash
from lmsapp.people.employees.models import Employee
from lmsapp.people.settings.queries import setting

PURPOSE = "single-use link"


def link_for(enrollment_id: int | None, notice: Notice) -> str | None:
    """The path of a fresh link ('/l/3vQx…'), or None where the reader of this notice gets none; the earlier one by the
    same channel, if nobody opened it, opens nothing from now on. A message that may have arrived keeps its link.

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
    of_this = select(AccessLink).where(AccessLink.enrollment_id == enrollment.id, AccessLink.notice_key == notice.key)
    made = db.session.scalars(of_this.order_by(AccessLink.id).with_for_update()).all()
    if notice.message_id is not None and made and _holds(made[-1]):
        return f"/l/{token_of(notice.key, len(made) - 1)}"
    earlier = select(AccessLink).where(
        AccessLink.enrollment_id == enrollment.id,
        AccessLink.channel == channel,
        AccessLink.opened_at.is_(None),
        AccessLink.revoked_at.is_(None),
    )
    revoke(db.session.scalars(earlier.with_for_update()).all(), Ended.REPLACED, by=None)
    token = token_of(notice.key, len(made))
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


def token_of(notice_key: str, number: int) -> str:
    """The token of the link made for that notice, the `number`-th from 0. The same each time."""
    made = hmac.digest(key_for(PURPOSE), f"{notice_key}/{number}".encode(), "sha256")
    return base64.urlsafe_b64encode(made[:TOKEN_BYTES]).rstrip(b"=").decode()


def address_of(employee: Employee, channel: str) -> str | None:
    """Where somebody is reached by that channel."""
    return employee.mobile if channel == "sms" else employee.email


def _holds(link: AccessLink) -> bool:
    return link.revoked_at is None and link.expires_at > clock.now()


def _is_theirs(notice: Notice, employee_id: int) -> bool:
    employee = db.session.get(Employee, employee_id)
    if employee is None or notice.employee_id != employee.id or not notice.address:
        return False
    on_file = address_of(employee, notice.channel)
    return on_file is not None and on_file.lower() == notice.address.lower()
