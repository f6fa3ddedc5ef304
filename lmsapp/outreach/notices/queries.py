"""What to show of the outbox."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, func, or_, select

from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, NotAllowed
from lmsapp.outreach.channels.models import Channel
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
    return _newest_first(db.session.execute(UNREAD_SHOWN, {"user_id": viewer.user_id, "most": limit}).all())


def notices_for(viewer: Viewer, limit: int = 100) -> Sequence[Any]:
    """The viewer's in-app notices, read or not, newest first; columns as `unread_for`."""
    return _newest_first(db.session.execute(OWN, {"user_id": viewer.user_id, "most": limit}).all())


def _newest_first(rows: Sequence[Any]) -> Sequence[Any]:
    """By when they came: one that waited has an older number than what came before it."""
    return sorted(rows, key=lambda row: (row.sent_at.timestamp() if row.sent_at else 0, row.id), reverse=True)


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
    check_reader(viewer)
    wanted = filtered(select(*OUTBOX_COLUMNS), filters).order_by(Notice.id.desc())
    total = db.session.scalar(filtered(select(func.count(Notice.id)), filters)) or 0
    number = max(1, min(number, -(-total // PAGE_SIZE)))
    rows = db.session.execute(wanted.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)).all()
    return OutboxPage(rows, number, PAGE_SIZE, total, _count_by(STATE), _count_by(Notice.template.expression))


def outbox_row(viewer: Viewer, notice_id: int) -> Any:
    """One row of the outbox; `body_text` is empty where it holds a personal link. Raises NotAllowed as `outbox`."""
    check_reader(viewer)
    return db.session.execute(select(*OUTBOX_COLUMNS).where(Notice.id == notice_id)).one_or_none()


def oldest_waiting() -> dt.datetime | None:
    """Since when the e-mail that is overdue the longest should be on its way; what waits for its hour is not."""
    overdue = (Notice.status == "queued", Notice.channel == "email", Notice.next_try_at <= clock.now())
    return db.session.scalar(select(func.min(Notice.next_try_at)).where(*overdue))


def waiting_by_way(viewer: Viewer) -> dict[str, int]:
    """How many messages wait for another try, by way ('email', 'channel/3'). Raises NotAllowed as `outbox`."""
    check_reader(viewer)
    waits = (Notice.status == "queued", Notice.error.is_not(None))
    rows = db.session.execute(
        select(Notice.channel, Notice.channel_id, func.count())
        .where(*waits, or_(Notice.channel == "email", Notice.channel_id.is_not(None)))
        .group_by(Notice.channel, Notice.channel_id)
    )
    return {"email" if channel == "email" else f"channel/{way}": count for channel, way, count in rows}


GIVEN_UP = "given up"
STATE = case((Notice.given_up_at.is_not(None), GIVEN_UP), else_=Notice.status).label("state")
# Whether a second copy of it would be known by its key; and by which of the channels it went.
_knows = select(Channel.config["honours_keys"].as_boolean()).where(Channel.id == Notice.channel_id)
KNOWS_COPIES = func.coalesce(_knows.where(Channel.kind == "sms").scalar_subquery(), False).label("knows_copies")
CHANNEL_NAME = select(Channel.name).where(Channel.id == Notice.channel_id).scalar_subquery().label("channel_name")
READABLE = case((Notice.template.in_(HOLDS_A_KEY), ""), else_=Notice.body_text).label("body_text")
OUTBOX_COLUMNS = (
    Notice.id, Notice.channel, Notice.template, Notice.to_name, Notice.address, Notice.employee_id, Notice.subject,
    Notice.status, Notice.reason, Notice.error, Notice.tries, Notice.next_try_at, Notice.queued_at, Notice.sent_at,
    Notice.about_kind, Notice.about_id, Notice.message_id, READABLE, Notice.attachment_id,
    Notice.status.in_(RETRIED_BY_HAND).label("can_retry"), Notice.given_up_at, STATE, KNOWS_COPIES, CHANNEL_NAME,
)  # fmt: skip


def check_reader(viewer: Viewer) -> None:
    """Raises NotAllowed for everybody but system managers and auditors."""
    if not viewer.may(May.CONFIGURE, May.AUDIT):
        raise NotAllowed(N_("Only system managers and auditors can read what was sent to others."))


def _count_by(column: ColumnElement[Any]) -> dict[str, int]:
    rows = db.session.execute(select(column, func.count()).group_by(column).order_by(column))
    return {row[0]: row[1] for row in rows}


def filtered(statement: Select[Any], filters: OutboxFilters) -> Select[Any]:
    if filters.status:
        statement = statement.where(STATE.in_(filters.status))
    if filters.channel:
        statement = statement.where(Notice.channel == filters.channel)
    if filters.templates:
        statement = statement.where(Notice.template.in_(filters.templates))
    if filters.q:
        columns = (Notice.address, Notice.to_name, Notice.subject)
        statement = statement.where(or_(*(column.icontains(filters.q, autoescape=True) for column in columns)))
    return statement
