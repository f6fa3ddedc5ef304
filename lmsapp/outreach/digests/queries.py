"""What waits for a digest, by reader, and what one carries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import case, func, select

from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.outreach.digests.rules import digest_day
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.recipient import Recipient, recipient_for, recipient_of
from lmsapp.outreach.notices.rules import NoticeStatus
from lmsapp.people.accounts.models import User
from lmsapp.people.calendar.queries import holidays
from lmsapp.people.employees.models import Employee
from lmsapp.people.settings.queries import settings
from lmsapp.people.settings.rules import Value

OWN, OTHERS = "digest_learner", "digest_manager"
# About other people, for whoever looks after them, by the working week; all else is about the reader's own, any day.
ABOUT_OTHERS = ("escalation", "stalled")
NEWS_OF_OTHERS = (*ABOUT_OTHERS, "completion_told")
# What people have to hold ends: a letter of its own, by the working week too.
OF_COMPLIANCE, COMPLIANCE_TOLD = "digest_compliance", "compliance_told"
Reader = tuple[int | None, int | None]  # employee, user


@dataclass(frozen=True, slots=True)
class Waiting:
    """A digest that is due. `key` makes it one a day; `notice_ids`: what it is to carry."""

    key: str
    template: str
    channel: str
    to: Recipient
    day: dt.date
    mandatory: bool
    notice_ids: Sequence[int]


def digests_due(most: int) -> list[Waiting]:
    """The digests whose hour has come where their readers are, and that were not promised yet.

    Six statements at most, whatever waits.
    """
    waiting = _gathered()
    if not waiting:
        return []
    chosen, off = settings(), holidays()
    ready = {_key(row, day): (row, day) for row in waiting if (day := _day_of(row, chosen, off)) is not None}
    there = set(db.session.scalars(select(Notice.key).where(Notice.key.in_(list(ready)))))
    due = [(key, *one) for key, one in sorted(ready.items()) if key not in there][:most]
    readers = _readers({(row.employee_id, row.user_id) for _key, row, _day in due})
    return [
        Waiting(key, row.digest, row.channel, readers[row.employee_id, row.user_id], day, row.mandatory, row.ids)
        for key, row, day in due
    ]


def carried_by(digest_id: int) -> Sequence[Any]:
    """What that digest carries: id, key, template, about_kind, about_id, reason, queued_at, employee_id, user_id."""
    return db.session.execute(
        select(
            Notice.id, Notice.key, Notice.template, Notice.about_kind, Notice.about_id, Notice.reason, Notice.queued_at,
            Notice.employee_id, Notice.user_id,
        )
        .where(Notice.carried_by_id == digest_id, Notice.status == NoticeStatus.CARRIED)
        .order_by(Notice.id)
    ).all()  # fmt: skip


def _gathered() -> Sequence[Any]:
    """One row a reader, kind of digest and channel; found by the partial index of what is gathered."""
    kind = case(
        (Notice.template.in_(NEWS_OF_OTHERS), OTHERS), (Notice.template == COMPLIANCE_TOLD, OF_COMPLIANCE), else_=OWN
    ).label("digest")
    zone = func.coalesce(Employee.time_zone, User.time_zone, current_app.config["TIME_ZONE"]).label("zone")
    groups = (Notice.employee_id, Notice.user_id, Notice.channel, kind, zone)
    return db.session.execute(
        select(
            *groups,
            func.min(Notice.queued_at).label("since"),
            func.bool_or(Notice.mandatory).label("mandatory"),
            func.array_agg(Notice.id).label("ids"),
        )
        .outerjoin(Employee, Employee.id == Notice.employee_id)
        .outerjoin(User, User.id == Notice.user_id)
        .where(Notice.status == NoticeStatus.GATHERED)
        .group_by(*groups)
    ).all()


def _day_of(row: Any, chosen: Mapping[str, Value], off: Collection[dt.date]) -> dt.date | None:
    here = clock.zone(row.zone)
    working = row.digest != OWN and bool(chosen["digest_working_days"])
    now, since = clock.now().astimezone(here), row.since.astimezone(here)
    return digest_day(now, since, int(chosen["digest_hour"]), working_days=working, holidays=off)


def _key(row: Any, day: dt.date) -> str:
    """'digest/12/2026-11-03/email'; about oneself 'digest/12/2026-11-03/own/email', of compliance '…/compliance/…'."""
    reader = row.employee_id if row.employee_id is not None else f"user-{row.user_id}"
    part = {OWN: "own/", OF_COMPLIANCE: "compliance/"}.get(row.digest, "")
    return f"digest/{reader}/{day}/{part}{row.channel}"


def _readers(wanted: Collection[Reader]) -> dict[Reader, Recipient]:
    """As they are now: name, address and language may have changed since something was gathered."""
    employees = select(Employee).where(Employee.id.in_({one[0] for one in wanted if one[0] is not None}))
    users = select(User).where(User.id.in_({one[1] for one in wanted if one[0] is None}))
    people: dict[int | None, Recipient] = {one.id: recipient_of(one) for one in db.session.scalars(employees)}
    accounts: dict[int | None, Recipient] = {one.id: recipient_for(one) for one in db.session.scalars(users)}
    return {one: people[one[0]] if one[0] is not None else accounts[one[1]] for one in wanted}
