"""Writing notices, reading them, and asking for another try. Sending is in `delivery`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.files import StoredFile
from lmsapp.infra.queue import ring
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.outreach.channels.queries import honours_keys
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.recipient import Recipient
from lmsapp.outreach.notices.rules import RETRIED_BY_HAND, NoticeStatus, Suppressed
from lmsapp.outreach.notices.wording import one_line, write_letter
from lmsapp.people.changes import Changed
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

SEND_JOB = "send_notice"
NO_ADDRESS = N_("There is no e-mail address on file.")
RINGS_AT_ONCE = 500


def write_notice(
    *,
    key: str,
    channel: str,
    template: str,
    to: Recipient,
    values: Mapping[str, Any],
    link: str | None = None,
    about: tuple[str, int] | None = None,
    reason: dict[str, Any] | None = None,
    attachment: StoredFile | None = None,
) -> Notice | None:
    """Promise one message, once: None when a notice with that key exists already (REM-3).

    `channel` is 'email' (sent by the worker after commit) or 'in_app' (there at once). `link` is a path of this site.
    A recipient without an address gets a suppressed e-mail notice, so that staff see why nothing was sent.
    """
    row = notice_row(
        key=key,
        channel=channel,
        template=template,
        to=to,
        values=values,
        link=link,
        about=about,
        reason=reason,
        attachment=attachment,
    )
    promise = insert(Notice).values(**row).on_conflict_do_nothing(index_elements=[Notice.key]).returning(Notice)
    notice = db.session.scalars(promise).one_or_none()
    if notice is not None and notice.status == "queued":
        ring(SEND_JOB, notice.id)
    return notice


def notice_row(
    *,
    key: str,
    channel: str,
    template: str,
    to: Recipient,
    values: Mapping[str, Any],
    link: str | None = None,
    about: tuple[str, int] | None = None,
    reason: dict[str, Any] | None = None,
    attachment: StoredFile | None = None,
) -> dict[str, Any]:
    """The row `write_notice` would write, rendered; many of them go to `write_letters`."""
    path = link if link is not None else values.get("link")
    told = {"name": to.name, "employee_id": to.employee_id, **values, "link": path}
    letter = write_letter(template, to.language, told, channel)
    status = "sent" if channel == "in_app" else "queued" if to.address else "suppressed"
    return {
        "key": key,
        "channel": channel,
        "template": template,
        "employee_id": to.employee_id,
        "user_id": to.user_id,
        "to_name": one_line(to.name),
        "address": to.address,
        "language": to.language,
        "subject": letter.subject,
        "body_text": letter.text,
        "body_html": letter.html,
        "link": path,
        "about_kind": about[0] if about else None,
        "about_id": about[1] if about else None,
        "reason": reason or {},
        "attachment_id": attachment.id if attachment else None,
        "status": status,
        "error": NO_ADDRESS if status == "suppressed" else None,
        "suppressed_as": Suppressed.NO_ADDRESS.value if status == "suppressed" else None,
        "sent_at": clock.now() if status == "sent" else None,
    }


def write_letters(rows: list[dict[str, Any]]) -> int:
    """Promise many messages, made by `notice_row`, in one statement for each thousand. How many were new.

    Rings for the first of them; of thousands the sweep rings for the rest, so that a large roster is not held up here.
    """
    promise = insert(Notice).on_conflict_do_nothing(index_elements=[Notice.key]).returning(Notice.id, Notice.status)
    written = db.session.execute(promise, rows).all() if rows else []
    for notice_id in [notice_id for notice_id, status in written if status == "queued"][:RINGS_AT_ONCE]:
        ring(SEND_JOB, notice_id)
    return len(written)


def mark_read(viewer: Viewer, notice_ids: Collection[int] | None = None) -> int:
    """Mark the viewer's own in-app notices as read, all of them when no ids are given. How many were unread."""
    unread = (Notice.user_id == viewer.user_id, Notice.channel == "in_app", Notice.read_at.is_(None))
    change = update(Notice).where(*unread).values(read_at=clock.now())
    if notice_ids is not None:
        change = change.where(Notice.id.in_(notice_ids))
    return len(db.session.scalars(change.returning(Notice.id)).all())


def retry_notice(notice_id: int, by: Viewer) -> Notice:
    """Send again what failed or what nobody knows the fate of. Then it may arrive twice, unless its channel knows
    second copies by their key: that one gets it once more, with the same key. Raises RuleBroken, NotAllowed."""
    notice = _stuck(notice_id, by)
    if notice.channel == "email" and not notice.address:
        raise RuleBroken(NO_ADDRESS)
    before = {"status": notice.status, "error": notice.error}
    if notice.status != NoticeStatus.UNKNOWN or not honours_keys(notice.channel_id):
        notice.message_id = None
    notice.status, notice.tries, notice.next_try_at = "queued", 0, clock.now()
    notice.error = notice.lease_until = notice.given_up_at = None
    ring(SEND_JOB, notice.id)
    emit(Changed("sent again", ("notice", notice.id), by, before, {"status": "queued"}))
    return notice


def give_up_notice(notice_id: int, by: Viewer) -> Notice:
    """Leave it as it is, and off the list of what somebody has to look at. Raises RuleBroken, NotAllowed."""
    notice = _stuck(notice_id, by)
    if notice.given_up_at is None:
        notice.given_up_at = clock.now()
        kept = {"status": notice.status, "error": notice.error}
        emit(Changed("given up", ("notice", notice.id), by, kept, {"status": "given up"}))
    return notice


def forget_attachment(file: StoredFile) -> None:
    """The file goes: letters that carried it, or were to, lead to where it was."""
    db.session.execute(update(Notice).where(Notice.attachment_id == file.id).values(attachment_id=None))


def _stuck(notice_id: int, by: Viewer) -> Notice:
    if not by.may(May.CONFIGURE):
        raise NotAllowed(N_("Only system managers can send a notice again."))
    notice = db.session.scalar(select(Notice).where(Notice.id == notice_id).with_for_update())
    if notice is None or notice.status not in RETRIED_BY_HAND:
        raise RuleBroken(N_("This notice is not waiting for another try."))
    return notice
