"""A notice as what its channel carries: to which number or member, by which key, with what attached."""

from __future__ import annotations

import uuid

from flask import current_app
from sqlalchemy import select

from lmsapp.infra import files, mail
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.files import StoredFile
from lmsapp.infra.outcomes import Refused
from lmsapp.infra.words import N_
from lmsapp.outreach.channels.carriers import Parcel
from lmsapp.outreach.contact.models import ContactPreference
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.promising import NO_MOBILE
from lmsapp.outreach.notices.rules import Suppressed
from lmsapp.outreach.notices.wording import absolute, one_line
from lmsapp.people.employees.models import Employee

ATTACHMENT_GONE = N_("The attached file is missing.")


class Unwanted(Exception):
    """It is not to be sent, and why."""

    def __init__(self, suppressed_as: Suppressed, words: str):
        self.suppressed_as, self.words = suppressed_as, words
        super().__init__(words)


def key_of(notice: Notice) -> str:
    """Always the same for one notice, by which a receiver knows a second copy: a Message-ID, else a UUID."""
    if notice.channel == "email":
        return mail.message_id_for(f"notice/{notice.id}", current_app.config["MAIL_FROM"])
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{current_app.config['BASE_URL']}/notice/{notice.id}"))


def parcel_of(notice: Notice) -> Parcel:
    """Raises Unwanted for somebody without a number, Refused when the attachment is gone."""
    address, member = _reached_at(notice)
    return Parcel(
        key=key_of(notice),
        to_name=notice.to_name,
        address=address,
        subject=notice.subject,
        text=notice.body_text,
        html=notice.body_html,
        link=absolute(notice.link) or "",
        language=notice.language,
        member=member,
        attachments=_attachments(notice),
    )


def _reached_at(notice: Notice) -> tuple[str, str]:
    """Address or number, and Slack member: as they are now, not as they were when it was promised."""
    if notice.channel == "email" or notice.employee_id is None:
        return notice.address or "", ""
    with unit_of_work():
        found = db.session.execute(
            select(Employee.mobile, ContactPreference.slack_member)
            .outerjoin(ContactPreference, ContactPreference.employee_id == Employee.id)
            .where(Employee.id == notice.employee_id)
        ).one()
    if notice.channel == "sms" and not found.mobile:
        raise Unwanted(Suppressed.NO_ADDRESS, NO_MOBILE)
    return (found.mobile or "") if notice.channel == "sms" else "", found.slack_member or ""


def _attachments(notice: Notice) -> tuple[mail.Attachment, ...]:
    if notice.attachment_id is None or notice.channel != "email":
        return ()
    with unit_of_work():
        stored = db.session.get_one(StoredFile, notice.attachment_id)
        name, media_type, sha256 = one_line(stored.name), stored.media_type, stored.sha256
    try:
        return (mail.Attachment(name, media_type, files.read(sha256)),)
    except FileNotFoundError as missing:
        raise Refused(ATTACHMENT_GONE) from missing
