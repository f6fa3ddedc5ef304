"""Leaving a way alone that fails again and again, so that a thousand messages do not each find it out (REM-4).

Three failures in a row that are nobody's address's fault, and it is down: messages wait without using up their tries,
and every few minutes one of them tries. Each note is a transaction of its own.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import bindparam, case, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from lmsapp.infra import clock
from lmsapp.infra.claims import too_far
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.outcomes import LONGEST_WAIT
from lmsapp.outreach.channels.models import ChannelTrouble
from lmsapp.outreach.channels.rules import DOWN_AFTER, PATIENCE, PROBE, wait_after_failures

LOOK = select(
    ChannelTrouble.failures, ChannelTrouble.wait_until
).where(ChannelTrouble.way == bindparam("of_way"))  # fmt: skip


def look_at(way: str) -> tuple[dt.datetime | None, bool]:
    """The instant before which nothing is to be sent by it, None: go (whoever comes first after it may try); and
    whether it failed the last time."""
    with unit_of_work():
        row = db.session.execute(LOOK, {"of_way": way}).one_or_none()
        if row is None or row.failures < DOWN_AFTER:
            return None, row is not None
        over = or_(ChannelTrouble.wait_until <= clock.now(), too_far(ChannelTrouble.wait_until, LONGEST_WAIT))
        mine = update(ChannelTrouble).where(ChannelTrouble.way == way, over)
        taken = db.session.scalar(
            mine.values(wait_until=clock.now() + PROBE).returning(ChannelTrouble.way),
            execution_options={"synchronize_session": False},
        )
        return (None if taken else row.wait_until), True


def note_failure(way: str, words: str, after: dt.timedelta | None = None) -> dt.datetime | None:
    """One more in a row. Until when messages wait uncounted, or None: it is not down, or has been for too long."""
    with unit_of_work():
        now = clock.now()
        first = {"way": way, "failures": 1, "failing_since": now, "wait_until": now, "error": words}
        new = insert(ChannelTrouble).values(first)
        again = case((ChannelTrouble.failures > 0, ChannelTrouble.failing_since), else_=now)
        more = {"failures": ChannelTrouble.failures + 1, "failing_since": again, "error": words}
        noted = new.on_conflict_do_update(index_elements=[ChannelTrouble.way], set_=more)
        row = db.session.execute(noted.returning(ChannelTrouble.failures, ChannelTrouble.failing_since)).one()
        wait = wait_after_failures(row.failures)
        if wait is None:
            return None
        until = now + max(wait, after or wait)
        db.session.execute(update(ChannelTrouble).where(ChannelTrouble.way == way).values(wait_until=until))
        return until if now - row.failing_since < PATIENCE else None


def note_success(way: str) -> None:
    """It works (again). Costs one look where nothing was wrong."""
    with unit_of_work():
        if db.session.scalar(select(ChannelTrouble.way).where(ChannelTrouble.way == way)):
            db.session.execute(delete(ChannelTrouble).where(ChannelTrouble.way == way))
