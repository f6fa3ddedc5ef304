"""Asking for another link, without telling whether there was one.

The request does the same whatever the token: it keeps a row and rings. The worker looks whether there is anybody to
write to; the answer goes to the number or address on file and nowhere else.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import delete, func, select
from sqlalchemy.orm import joinedload

from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.queue import ring, rings_wait
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.links.letters import write_another
from lmsapp.learning.links.models import AccessLink, AccessLinkAsked
from lmsapp.learning.links.queries import gets_links
from lmsapp.learning.links.rules import (
    ASKED_AGAIN_FOR,
    ASKS_PER_ADDRESS,
    KEPT,
    LINKS_A_DAY,
    LINKS_A_WINDOW,
    may_ask_again,
)
from lmsapp.people.accounts import throttle
from lmsapp.people.accounts.queries import token_hash

LINK_JOB = "answer_link_asked"
RING_LOST_AFTER = dt.timedelta(seconds=30)


def ask_for_another(token: str, address: str) -> None:
    """Another link will be sent, if this one ever led anywhere and still would. Raises TooManyTries."""
    digest = token_hash(token)
    throttle.book({f"link-again/{digest[:32]}": LINKS_A_WINDOW, f"link-again-from/{address}": ASKS_PER_ADDRESS})
    asked = AccessLinkAsked(token_sha256=digest)
    db.session.add(asked)
    db.session.flush()
    ring(LINK_JOB, asked.id, urgent=True)


def answer_asked(asked_id: int) -> None:
    """Once: the row goes, the message is promised where there is somebody to send it to."""
    going = delete(AccessLinkAsked).where(AccessLinkAsked.id == asked_id).returning(AccessLinkAsked.token_sha256)
    digest = db.session.scalar(going)
    link = db.session.scalar(select(AccessLink).where(AccessLink.token_sha256 == digest)) if digest else None
    if link is None or not _may_have_another(link):
        return
    whole = (joinedload(Enrollment.employee), joinedload(Enrollment.course))
    enrollment = db.session.get_one(Enrollment, link.enrollment_id, options=whole)
    done = enrollment.complete and link.cycle <= enrollment.cycle
    if not done and enrollment.withdrawn_at is None:
        write_another(enrollment, link.channel, asked_id)


def sweep_asked() -> None:
    """Ring again for those nobody heard."""
    if rings_wait():
        return
    before = clock.now() - RING_LOST_AFTER
    unheard = select(AccessLinkAsked.id).where(AccessLinkAsked.at < before).order_by(AccessLinkAsked.id)
    for asked_id in db.session.scalars(unheard.limit(100)):
        ring(LINK_JOB, asked_id, urgent=True)


def forget_old_links() -> None:
    """What a record needs to say of a link, it says itself."""
    db.session.execute(delete(AccessLink).where(AccessLink.made_at < clock.now() - KEPT))


def _may_have_another(link: AccessLink) -> bool:
    now = clock.now()
    if link.made_at < now - ASKED_AGAIN_FOR or not may_ask_again(link.revoked_as):
        return False
    today = (AccessLink.enrollment_id == link.enrollment_id, AccessLink.made_at > now - dt.timedelta(days=1))
    made = db.session.scalar(select(func.count()).select_from(AccessLink).where(*today)) or 0
    return made < LINKS_A_DAY and gets_links(link.employee_id)
