"""Notices that would be forgotten (REM-3): put off by a wrong clock, or overlooked in a queue that is never empty."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, or_, select, update

from lmsapp.infra import clock
from lmsapp.infra.claims import APART, too_far
from lmsapp.infra.db import db
from lmsapp.infra.queue import ring
from lmsapp.outreach.notices.actions import SEND_JOB
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.rules import NoticeStatus

LONGEST_WAIT = dt.timedelta(days=8)  # over a week of quiet days; tries are at most half a day apart

OVERLOOKED_AFTER = dt.timedelta(minutes=10)
RINGS_AT_ONCE = 500


def shorten_waits() -> int:
    """Make due what was written or put off while the clock was ahead, say by a year, and is right again; how many.

    Whether they may go at this hour is asked again when they are sent.
    """
    now = clock.now()
    ahead = or_(Notice.queued_at > now + APART, too_far(Notice.next_try_at, LONGEST_WAIT))
    waits = Notice.status == NoticeStatus.QUEUED, Notice.next_try_at > now, ahead
    due = {"next_try_at": now, "queued_at": func.least(Notice.queued_at, now)}
    return len(db.session.scalars(update(Notice).where(*waits).values(due).returning(Notice.id)).all())


def ring_for_overlooked() -> None:
    """Ring for what is due for ten minutes.

    The sweep leaves that to the rings that wait, as long as any wait; but where the queue is never empty, one that was
    lost would never be missed. Seldom, since most of these do wait.
    """
    overdue = Notice.status == NoticeStatus.QUEUED, Notice.next_try_at <= clock.now() - OVERLOOKED_AFTER
    for notice_id in db.session.scalars(
        select(Notice.id).where(*overdue).order_by(Notice.next_try_at).limit(RINGS_AT_ONCE)
    ):
        ring(SEND_JOB, notice_id)
