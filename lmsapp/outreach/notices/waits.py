"""What a wrong clock leaves in the outbox (REM-3): notices that would wait until it is right."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, or_, update

from lmsapp.infra import clock
from lmsapp.infra.claims import APART, too_far
from lmsapp.infra.db import db
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.rules import NoticeStatus

LONGEST_WAIT = dt.timedelta(days=8)  # over a week of quiet days; tries are at most half a day apart


def shorten_waits() -> int:
    """Make due what was written or put off while the clock was ahead, say by a year, and is right again; how many.

    Whether they may go at this hour is asked again when they are sent.
    """
    now = clock.now()
    ahead = or_(Notice.queued_at > now + APART, too_far(Notice.next_try_at, LONGEST_WAIT))
    waits = Notice.status == NoticeStatus.QUEUED, Notice.next_try_at > now, ahead
    due = {"next_try_at": now, "queued_at": func.least(Notice.queued_at, now)}
    return len(db.session.scalars(update(Notice).where(*waits).values(due).returning(Notice.id)).all())
