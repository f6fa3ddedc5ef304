"""Schedules through the viewer: whoever keeps records finds all, others their own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select, true

from lmsapp.infra.db import db, one_or_none
from lmsapp.insight.reports.runs.models import ReportRun
from lmsapp.insight.reports.schedules.models import ReportSchedule, ReportSchedulePerson
from lmsapp.insight.reports.schedules.rules import Every, Timing
from lmsapp.people.accounts.models import User
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

SENT_SHOWN = 100
TURNS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Turn:
    """What became of one turn: how many readers, by state of their file."""

    day: dt.date
    readers: int
    ready: int
    open: int
    failed: int
    skipped: int


def may_address_others(viewer: Viewer) -> bool:
    """Whoever keeps records sends reports to others; everybody else to themselves."""
    return viewer.may(May.KEEP_RECORDS)


def schedules_of(viewer: Viewer, *, own: bool) -> Sequence[ReportSchedule]:
    """In force or paused, by name. `own`: only those one made, even for somebody who finds all."""
    found = select(ReportSchedule).where(_found(viewer, own), ReportSchedule.ended_at.is_(None))
    return db.session.scalars(found.order_by(func.lower(ReportSchedule.name), ReportSchedule.id)).all()


def schedule_for(viewer: Viewer, schedule_id: int, *, own: bool) -> ReportSchedule | None:
    """One of them; one that was ended is still there to look at."""
    return one_or_none(select(ReportSchedule).where(ReportSchedule.id == schedule_id, _found(viewer, own)))


def people_of(schedule: ReportSchedule) -> Sequence[Any]:
    """Who gets it by name: id, name, email, active."""
    found = select(User.id, User.name, User.email, User.active).join(
        ReportSchedulePerson, ReportSchedulePerson.user_id == User.id
    )
    return db.session.execute(found.where(ReportSchedulePerson.schedule_id == schedule.id).order_by(User.name)).all()


def turns_of(schedule: ReportSchedule) -> list[Turn]:
    """The latest first."""
    state = ReportRun.state
    counted = [
        func.count().filter(state.in_(states)).label(name)
        for name, states in {
            "ready": ("ready",),
            "open": ("waiting", "running"),
            "failed": ("failed",),
            "skipped": ("skipped", "cancelled"),
        }.items()
    ]
    rows = db.session.execute(
        select(ReportRun.period, func.count().label("readers"), *counted)
        .where(ReportRun.schedule_id == schedule.id)
        .group_by(ReportRun.period)
        .order_by(ReportRun.period.desc())
        .limit(TURNS_SHOWN)
    )
    return [Turn(row.period, row.readers, row.ready, row.open, row.failed, row.skipped) for row in rows]


def sent_in(schedule: ReportSchedule, day: dt.date) -> Sequence[Any]:
    """Who got what in the turn of that day, what failed first. Columns of ReportRun."""
    columns = (
        ReportRun.id, ReportRun.asked_by_id, ReportRun.asked_by_name, ReportRun.state, ReportRun.reach, ReportRun.rows,
        ReportRun.error, ReportRun.error_values, ReportRun.why_empty, ReportRun.finished_at,
    )  # fmt: skip
    sent = select(*columns).where(ReportRun.schedule_id == schedule.id, ReportRun.period == day)
    order = (ReportRun.state != "failed", ReportRun.state != "skipped", ReportRun.asked_by_name, ReportRun.id)
    return db.session.execute(sent.order_by(*order).limit(SENT_SHOWN)).all()


def user_with_email(email: str) -> Any | None:
    """id and name of the open account with that address."""
    found = select(User.id, User.name).where(func.lower(User.email) == email.strip().lower(), User.active)
    return db.session.execute(found).one_or_none()


def timing_of(schedule: ReportSchedule) -> Timing:
    """For the rules."""
    return Timing(
        Every(schedule.every), schedule.weekday, schedule.month_day, schedule.hour, working_days=schedule.working_days
    )


def _found(viewer: Viewer, own: bool) -> ColumnElement[bool]:
    return true() if may_address_others(viewer) and not own else ReportSchedule.made_by_id == viewer.user_id
