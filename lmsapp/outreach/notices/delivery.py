"""Sending one e-mail notice, each step a transaction of its own: a kill between two leaves a row that tells the truth.

claim ('sending') -> ask whether it is still wanted -> connect -> note that handing over begins (`message_id`) -> send
-> mark. A worker that dies before the note: sent again. After it: 'unknown', and a person decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, select, update

from lmsapp.infra import clock, files, mail
from lmsapp.infra.backoff import LEASE, wait_after
from lmsapp.infra.claims import run_out
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.files import StoredFile
from lmsapp.infra.queue import ring, rings_wait
from lmsapp.infra.words import N_
from lmsapp.outreach.contact.queries import allows_sms
from lmsapp.outreach.notices.actions import SEND_JOB
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.rules import OPTIONAL, NoticeStatus, after_lost_worker
from lmsapp.outreach.notices.wording import one_line
from lmsapp.people.accounts.queries import switched_off_by

# By template: given the id of what the notice is about, why it should not be sent any more, or None.
StillWanted = Mapping[str, Callable[[int], str | None]]

FATE_UNKNOWN = N_("The worker stopped while sending; nobody knows whether this e-mail arrived.")
SWITCHED_OFF = N_("The recipient has switched letters of this kind off.")
NO_CONSENT = N_("The recipient has not agreed to text messages.")
ATTACHMENT_GONE = N_("The attached file is missing.")
RINGS_A_SWEEP = 1000


class ClaimLost(Exception):
    """We were too slow: the lease ran out, and the row is somebody else's now."""


def send(notice_id: int, still_wanted: StillWanted) -> None:
    """What the doorbell asks for. Claimed by somebody else, or done already: nothing."""
    notice = _claim(notice_id)
    if notice is None:
        return
    unwanted = _why_not(notice, still_wanted)
    if unwanted is not None:
        _mark(notice, NoticeStatus.SUPPRESSED, error=unwanted)
        return
    try:
        _hand_over(notice)
    except mail.Refused as refusal:
        _mark(notice, NoticeStatus.FAILED, error=str(refusal))
    except mail.NotNow as problem:
        _try_later(notice, str(problem))
    except ClaimLost:
        return
    except mail.Uncertain as problem:
        _mark(notice, NoticeStatus.UNKNOWN, error=str(problem))
    else:
        _mark(notice, NoticeStatus.SENT, error=None)


def sweep() -> None:
    """Give up the claims of dead workers, truthfully; ring again for what is due."""
    dead = select(Notice).where(Notice.status == NoticeStatus.SENDING, run_out(Notice.lease_until, LEASE))
    for notice in db.session.scalars(dead.with_for_update(skip_locked=True)):
        notice.status, notice.lease_until = after_lost_worker(notice.message_id is not None), None
        notice.error = FATE_UNKNOWN if notice.status == NoticeStatus.UNKNOWN else None
    db.session.flush()
    if rings_wait():
        return
    due = select(Notice.id).where(Notice.status == NoticeStatus.QUEUED, Notice.next_try_at <= clock.now())
    for notice_id in db.session.scalars(due.order_by(Notice.next_try_at).limit(RINGS_A_SWEEP)):
        ring(SEND_JOB, notice_id)


def _claim(notice_id: int) -> Notice | None:
    with unit_of_work():
        taken = db.session.scalars(
            update(Notice)
            .where(Notice.id == notice_id, Notice.status == NoticeStatus.QUEUED, Notice.next_try_at <= clock.now())
            .values(status=NoticeStatus.SENDING, lease_until=clock.now() + LEASE, tries=Notice.tries + 1)
            .returning(Notice),
            execution_options={"populate_existing": True},
        ).one_or_none()
        if taken is not None:
            db.session.expunge(taken)  # what is read of it later must not open a transaction
        return taken


def _why_not(notice: Notice, still_wanted: StillWanted) -> str | None:
    if notice.template in OPTIONAL and notice.user_id is not None:
        with unit_of_work():
            if notice.template in switched_off_by(notice.user_id):
                return SWITCHED_OFF
    if notice.channel == "sms":
        with unit_of_work():
            if not allows_sms(notice.employee_id):
                return NO_CONSENT
    ask = still_wanted.get(notice.template)
    if ask is None or notice.about_id is None:
        return None
    with unit_of_work():
        return ask(notice.about_id)


def _hand_over(notice: Notice) -> None:
    sender = current_app.config["MAIL_FROM"]
    message_id = mail.message_id_for(f"notice/{notice.id}", sender)
    message = mail.compose(
        to_name=notice.to_name,
        address=notice.address or "",
        subject=notice.subject,
        text=notice.body_text,
        html=notice.body_html,
        message_id=message_id,
        sender=sender,
        sender_name=current_app.config["ORGANISATION"],
        attachments=_attachments(notice),
    )
    with mail.connection(current_app.config) as smtp:
        mail.announce(smtp, message, sender)
        _note_hand_over(notice, message_id)
        mail.transmit(smtp, message)


def _note_hand_over(notice: Notice, message_id: str) -> None:
    with unit_of_work():
        noted = update(Notice).where(*_ours(notice)).values(message_id=message_id).returning(Notice.id)
        if db.session.scalars(noted).one_or_none() is None:
            raise ClaimLost


def _attachments(notice: Notice) -> tuple[mail.Attachment, ...]:
    if notice.attachment_id is None:
        return ()
    with unit_of_work():
        stored = db.session.get_one(StoredFile, notice.attachment_id)
        name, media_type, sha256 = one_line(stored.name), stored.media_type, stored.sha256
    try:
        return (mail.Attachment(name, media_type, files.read(sha256)),)
    except FileNotFoundError as missing:
        raise mail.Refused(ATTACHMENT_GONE) from missing


def _mark(notice: Notice, status: NoticeStatus, *, error: str | None) -> None:
    sent_at = clock.now() if status == NoticeStatus.SENT else None
    _settle(notice, status=status, error=error, sent_at=sent_at)


def _try_later(notice: Notice, words: str) -> None:
    wait = wait_after(notice.tries)
    if wait is None:
        _settle(notice, status=NoticeStatus.FAILED, error=words, message_id=None)
    else:
        later = clock.now() + wait
        _settle(notice, status=NoticeStatus.QUEUED, error=words, message_id=None, next_try_at=later)


def _settle(notice: Notice, **values: Any) -> None:
    with unit_of_work():
        db.session.execute(update(Notice).where(*_ours(notice)).values(lease_until=None, **values))


def _ours(notice: Notice) -> tuple[ColumnElement[bool], ...]:
    """The row, as long as our claim of it stands. By its lease too: a person's retry counts the tries from 0 again."""
    ours = Notice.tries == notice.tries, Notice.lease_until == notice.lease_until
    return (Notice.id == notice.id, Notice.status == NoticeStatus.SENDING, *ours)
