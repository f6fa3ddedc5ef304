"""The row of a notice while a worker has it. Every statement is built once: thousands go out in a batch."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Table, Update, bindparam, update

from lmsapp.infra import clock
from lmsapp.infra.backoff import LEASE
from lmsapp.infra.db import db, unit_of_work
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.rules import NoticeStatus

TABLE = cast("Table", Notice.__table__)
CLAIM = (
    update(TABLE)
    .where(
        TABLE.c.id == bindparam("of_id"),
        TABLE.c.status == NoticeStatus.QUEUED.value,
        TABLE.c.next_try_at <= bindparam("now"),
    )
    .values(status=NoticeStatus.SENDING.value, lease_until=bindparam("until"), tries=TABLE.c.tries + 1)
    .returning(*TABLE.c)
)


class ClaimLost(Exception):
    """We were too slow: the lease ran out, and the row is somebody else's now."""


def claim(notice_id: int) -> Notice | None:
    """Take it: a notice of no session, so that nothing read of it later opens a transaction. None: not to be had.

    `message_id` is set where it was handed over before, and nobody knows how that ended.
    """
    with unit_of_work():
        now = clock.now()
        row = db.session.execute(CLAIM, {"of_id": notice_id, "now": now, "until": now + LEASE}).mappings().one_or_none()
    return None if row is None else Notice(**row)


def change(notice: Notice, **values: Any) -> None:
    """Write to the row as long as our claim of it stands. Raises ClaimLost."""
    with unit_of_work():
        if not _changed(notice, values):
            raise ClaimLost


def settle(notice: Notice, **values: Any) -> None:
    """What became of it; the claim ends. Where it was lost meanwhile, whoever has it now decides."""
    with unit_of_work():
        _changed(notice, {"lease_until": None, **values})


def _changed(notice: Notice, values: dict[str, Any]) -> bool:
    """By its lease too: a person's retry counts the tries from 0 again."""
    ours = {"of_id": notice.id, "of_tries": notice.tries, "of_lease": notice.lease_until}
    return bool(db.session.execute(_change(tuple(sorted(values))), {**ours, **values}).all())


@lru_cache(maxsize=64)
def _change(names: tuple[str, ...]) -> Update:
    return (
        update(TABLE)
        .where(
            TABLE.c.id == bindparam("of_id"),
            TABLE.c.status == NoticeStatus.SENDING.value,
            TABLE.c.tries == bindparam("of_tries"),
            TABLE.c.lease_until == bindparam("of_lease", type_=TABLE.c.lease_until.type),
        )
        .values({name: bindparam(name, type_=TABLE.c[name].type) for name in names})
        .returning(TABLE.c.id)
    )
