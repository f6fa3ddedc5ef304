"""Asking for a link to set a new password, without telling whether there is an account.

The request does the same whatever the address: it keeps one row and rings. Whether the address has an account is looked
up by the worker, so that no difference in time can reach who asks (ASVS 6.3.8).
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import delete, select

from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.queue import ring, rings_wait
from lmsapp.people.accounts import throttle
from lmsapp.people.accounts.actions import make_link
from lmsapp.people.accounts.models import ResetAsked
from lmsapp.people.accounts.queries import user_by_email
from lmsapp.people.accounts.rules import ASKS_PER_ADDRESS, LINKS_PER_ACCOUNT, Purpose

RESET_JOB = "answer_reset"
RING_LOST_AFTER = dt.timedelta(seconds=30)


def ask_for_reset(email: str, address: str) -> None:
    """A reset link will be sent, if that address has an active account. Raises TooManyTries."""
    limits = {throttle.account_key(email, "reset"): LINKS_PER_ACCOUNT, f"reset-from/{address}": ASKS_PER_ADDRESS}
    throttle.book(limits)
    asked = ResetAsked(email=email)
    db.session.add(asked)
    db.session.flush()
    ring(RESET_JOB, asked.id, urgent=True)


def answer_reset(asked_id: int) -> None:
    """Once: the row goes, the link is made where there is somebody to send it to."""
    email = db.session.scalar(delete(ResetAsked).where(ResetAsked.id == asked_id).returning(ResetAsked.email))
    user = user_by_email(email) if email else None
    if user is not None and user.active:
        make_link(user, Purpose.RESET)


def sweep_resets() -> None:
    """Ring again for those nobody heard."""
    if rings_wait():
        return
    unheard = select(ResetAsked.id).where(ResetAsked.at < clock.now() - RING_LOST_AFTER).order_by(ResetAsked.id)
    for asked_id in db.session.scalars(unheard.limit(100)):
        ring(RESET_JOB, asked_id, urgent=True)
