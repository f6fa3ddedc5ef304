"""What to show of the outbox."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from lmsapp.infra.db import db
from lmsapp.infra.words import N_, NotAllowed
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.rules import HOLDS_A_KEY, RETRIED_BY_HAND
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

PAGE_SIZE = 50
SHORT = (Notice.id, Notice.subject, Notice.body_text, Notice.link, Notice.template, Notice.sent_at, Notice.read_at)

# Built once, because every page asks.
# What was promised is none of the reader's until it is worded and there.
THERE = (Notice.user_id == bindparam("user_id"), Notice.channel == "in_app", Notice.status == "sent")
UNREAD = select(func.count()).where(*THERE, Notice.read_at.is_(None))

OWN = select(*SHORT).where(*THERE).order_by(Notice.id.desc()).limit(bindparam("most"))
OWN_UNREAD = OWN.where(Notice.read_at.is_(None))


def count_unread(viewer: Viewer) -> int:
    """How many in-app notices the viewer has not read."""
    return db.session.scalar(UNREAD, {"user_id": viewer.user_id}) or 0


UNREAD_SHOWN = (
    select(*SHORT, func.count().over().label("unread"))
    .where(*THERE, Notice.read_at.is_(None))
    .order_by(Notice.id.desc())
    .limit(bindparam("most"))
)


def unread_for(viewer: Viewer, limit: int = 20) -> Sequence[Any]:
    """The viewer's unread in-app notices, newest first: id, subject, body_text, link, template, sent_at, read_at, and
    how many there are in all, as `unread`."""
    return db.session.execute(UNREAD_SHOWN, {"user_id": viewer.user_id, "most": limit}).all()


def notices_for(viewer: Viewer, limit: int = 100) -> Sequence[Any]:
    """The viewer's in-app notices, read or not, newest first; columns as `unread_for`."""
    return db.session.execute(OWN, {"user_id": viewer.user_id, "most": limit}).all()


def notices_about(kind: str, subject_id: int) -> Sequence[Any]:
    """For the timeline of one object, oldest first: what was written about it, by which channel, and what became of it.

    Ask only for objects the viewer may see.
    """
    return db.session.execute(
        select(
            Notice.id, Notice.channel, Notice.template, Notice.to_name, Notice.address, Notice.subject, Notice.status,
            Notice.reason, Notice.error, Notice.queued_at, Notice.sent_at,
        )
        .where(Notice.about_kind == kind, Notice.about_id == subject_id)
        .order_by(Notice.id)
    ).all()  # fmt: skip


@dataclass(frozen=True, slots=True)
class OutboxFilters:
    """Empty: everything. `q` looks in address, name and subject."""

    status: tuple[str, ...] = ()
    channel: str = ""
    templates: tuple[str, ...] = ()
    q: str = ""


@dataclass(frozen=True, slots=True)
class OutboxPage:
    """One page, newest first. `number` begins at 1; `by_status` and `by_template` count over everything."""

    rows: Sequence[Any]
    number: int
    size: int
    total: int
    by_status: dict[str, int]
    by_template: dict[str, int]


def outbox(viewer: Viewer, filters: OutboxFilters, number: int = 1) -> OutboxPage:
    """What was written to anybody. Raises NotAllowed: only system managers and auditors read other people's letters."""
    _check_reader(viewer)
    wanted = _filtered(select(*OUTBOX_COLUMNS), filters).order_by(Notice.id.desc())
    total = db.session.scalar(_filtered(select(func.count(Notice.id)), filters)) or 0
    number = max(1, min(number, -(-total // PAGE_SIZE)))
    rows = db.session.execute(wanted.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)).all()
    return OutboxPage(rows, number, PAGE_SIZE, total, _count_by(Notice.status), _count_by(Notice.template))


def outbox_row(viewer: Viewer, notice_id: int) -> Any:
    """One row of the outbox; `body_text` is empty where it holds a personal link. Raises NotAllowed as `outbox`."""
    _check_reader(viewer)
    return db.session.execute(select(*OUTBOX_COLUMNS).where(Notice.id == notice_id)).one_or_none()


def oldest_waiting() -> dt.datetime | None:
    """Since when the longest waiting e-mail waits."""
    return db.session.scalar(select(func.min(Notice.queued_at)).where(Notice.status == "queued"))


READABLE = case((Notice.template.in_(HOLDS_A_KEY), ""), else_=Notice.body_text).label("body_text")
OUTBOX_COLUMNS = (
    Notice.id, Notice.channel, Notice.template, Notice.to_name, Notice.address, Notice.employee_id, Notice.subject,
    Notice.status, Notice.reason, Notice.error, Notice.tries, Notice.next_try_at, Notice.queued_at, Notice.sent_at,
    Notice.about_kind, Notice.about_id, Notice.message_id, READABLE, Notice.attachment_id,
    Notice.status.in_(RETRIED_BY_HAND).label("can_retry"),
)  # fmt: skip


def _check_reader(viewer: Viewer) -> None:
    if not viewer.may(May.CONFIGURE, May.AUDIT):
        raise NotAllowed(N_("Only system managers and auditors can read what was sent to others."))


def _count_by(column: InstrumentedAttribute[str]) -> dict[str, int]:
    rows = db.session.execute(select(column, func.count()).group_by(column).order_by(column))
    return {row[0]: row[1] for row in rows}


def _filtered(statement: Select[Any], filters: OutboxFilters) -> Select[Any]:
    if filters.status:
        statement = statement.where(Notice.status.in_(filters.status))
    if filters.channel:
        statement = statement.where(Notice.channel == filters.channel)
    if filters.templates:
        statement = statement.where(Notice.template.in_(filters.templates))
    if filters.q:
        columns = (Notice.address, Notice.to_name, Notice.subject)
        statement = statement.where(or_(*(column.icontains(filters.q, autoescape=True) for column in columns)))
    return statement
