"""Promising many messages at once, each to be worded when it is sent (REM-1, REM-3, REM-7).

A promise says to whom, why and about what; what it will say is asked of `delivery.Words` by the worker that sends it,
so that a letter held back by quiet hours or a busy server still tells what is true when it goes out.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Boolean, DateTime, Integer, Text, bindparam, cast, column, func, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.types import TypeEngine

from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.queue import ring
from lmsapp.infra.words import N_
from lmsapp.outreach.notices.actions import NO_ADDRESS, SEND_JOB
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.recipient import Recipient
from lmsapp.outreach.notices.rules import NoticeStatus, Suppressed
from lmsapp.outreach.notices.wording import one_line

NO_MOBILE = N_("There is no mobile number on file.")
UNREACHABLE = {"email": NO_ADDRESS, "sms": NO_MOBILE}
A_STATEMENT = 1000
RINGS_AT_ONCE = 200  # the sweep rings for the rest
NOTICES = Notice.metadata.tables[Notice.__tablename__]
COLUMNS: dict[str, TypeEngine[Any]] = {
    "key": Text(), "channel": Text(), "template": Text(), "employee_id": Integer(), "user_id": Integer(),
    "to_name": Text(), "address": Text(), "language": Text(), "link": Text(), "about_kind": Text(),
    "about_id": BigInteger(), "reason": JSONB(), "status": Text(), "error": Text(), "suppressed_as": Text(),
    "mandatory": Boolean(), "next_try_at": DateTime(timezone=True),
}  # fmt: skip


def promise_row(
    *,
    key: str,
    channel: str,
    template: str,
    to: Recipient,
    about: tuple[str, int],
    reason: dict[str, Any],
    link: str,
    mandatory: bool = False,
    not_before: dt.datetime | None = None,
    gathered: bool = False,
) -> dict[str, Any]:
    """One message to one person by one channel, not yet in words; for `promise_many`.

    `link` is a path of this site. `not_before`: an instant (now when None). `gathered`: waits for a digest. Who cannot
    be reached by that channel gets a suppressed one, so that staff see why nothing was sent.
    """
    address = {"email": to.address, "sms": to.mobile}.get(channel)
    unreachable = channel in ("email", "sms") and not address
    waiting = NoticeStatus.GATHERED if gathered else NoticeStatus.QUEUED
    return {
        "key": key,
        "channel": channel,
        "template": template,
        "employee_id": to.employee_id,
        "user_id": to.user_id,
        "to_name": one_line(to.name),
        "address": address,
        "language": to.language,
        "link": link,
        "about_kind": about[0],
        "about_id": about[1],
        "reason": reason,
        "status": (NoticeStatus.SUPPRESSED if unreachable else waiting).value,
        "error": UNREACHABLE[channel] if unreachable else None,
        "suppressed_as": Suppressed.NO_ADDRESS.value if unreachable else None,
        "mandatory": mandatory,
        "next_try_at": (not_before or clock.now()).isoformat(),
    }


def promise_many(rows: Sequence[dict[str, Any]]) -> int:
    """Write what `promise_row` made, one statement a thousand. How many were new: a key promised before writes nothing.

    Rings for the first of them; of thousands the sweep rings for the rest.
    """
    return len(promise_new(rows))


def promise_new(rows: Sequence[dict[str, Any]]) -> list[str]:
    """As `promise_many`; the keys that were new."""
    # In the order of their keys: two who promise the same must not wait for each other.
    ordered = sorted(rows, key=lambda row: row["key"])
    written: list[Any] = []
    for start in range(0, len(ordered), A_STATEMENT):
        told = json.dumps(ordered[start : start + A_STATEMENT], default=str)
        written += db.session.execute(PROMISE, {"rows": told}).all()
    queued = [row.id for row in written if row.status == NoticeStatus.QUEUED]
    for notice_id in queued[:RINGS_AT_ONCE]:
        ring(SEND_JOB, notice_id)
    return [row.key for row in written]


# All rows as one value: a thousand times seventeen parameters would take longer than writing them.
_given = (
    func.jsonb_to_recordset(cast(bindparam("rows", type_=Text()), JSONB))
    .table_valued(*(column(name, kind) for name, kind in COLUMNS.items()))
    .render_derived(with_types=True)
)
PROMISE = (
    insert(NOTICES)
    .from_select(list(COLUMNS), select(*(_given.c[name] for name in COLUMNS)))
    .on_conflict_do_nothing(index_elements=["key"])
    .returning(NOTICES.c.id, NOTICES.c.key, NOTICES.c.status)
)
