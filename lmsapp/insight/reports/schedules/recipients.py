"""Who gets a report by a schedule, and in which capacity, as things stand at the moment (REP-4)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import select

from lmsapp.infra.db import db
from lmsapp.insight.reports.asked import asking_of, count_rows, past_of
from lmsapp.insight.reports.reach import Reach, SeenAs, seen_as, widest
from lmsapp.insight.reports.report import Report
from lmsapp.insight.reports.schedules.rules import Readers
from lmsapp.people.accounts.models import User, UserRole
from lmsapp.people.employees.models import Employee, ReportingLine
from lmsapp.people.organisation.queries import heads
from lmsapp.people.queries import load_viewer
from lmsapp.people.viewer import Viewer

PREVIEWED = 25
# Named by their role or their name: the most they may have. What somebody is chosen for decides otherwise.
AS: dict[Readers, Reach] = {Readers.HEADS: Reach.DEPARTMENTS, Readers.MANAGERS: Reach.LINE}


@dataclass(frozen=True, slots=True)
class Reader:
    """An open account. `reach` None: the widest they may have."""

    user_id: int
    name: str
    language: str
    reach: Reach | None


@dataclass(frozen=True, slots=True)
class Share:
    """What one reader would get now: `seen` None, nothing, because they may not see the report; else so many rows."""

    reader: Reader
    seen: SeenAs | None
    rows: int = 0


def readers_of(readers: Iterable[Readers], people: Collection[int]) -> list[Reader]:
    """Each once, by name. Whoever is chosen twice gets the wider of both; whose account is closed gets nothing."""
    chosen: dict[int, Reach | None] = {}
    for group in readers:
        reach = AS.get(group)
        for user_id in _members(group):
            chosen[user_id] = _wider(chosen[user_id], reach) if user_id in chosen else reach
    chosen |= dict.fromkeys(people)
    rows: Sequence[Any] = db.session.execute(
        select(User.id, User.name, User.language).where(User.id.in_(chosen), User.active).order_by(User.name, User.id)
    ).all()
    return [Reader(row.id, row.name, row.language, chosen[row.id]) for row in rows]


def shares(report: Report, terms: dict[str, list[str]], readers: Sequence[Reader]) -> list[Share]:
    """For a look beforehand, of the first of them: a few statements for each."""
    return [_share(report, terms, reader) for reader in readers[:PREVIEWED]]


def viewer_of(user_id: int) -> Viewer | None:
    """As they would be signed in now; None: their account is closed."""
    user = db.session.get(User, user_id)
    return load_viewer(user.id, user.session_epoch, current_app.config["TIME_ZONE"]) if user else None


def seen_by(viewer: Viewer, report: Report, reach: Reach | None) -> SeenAs | None:
    """As whom they get it; None: they may not."""
    return widest(viewer, report) if reach is None else seen_as(viewer, report, reach)


def _share(report: Report, terms: dict[str, list[str]], reader: Reader) -> Share:
    viewer = viewer_of(reader.user_id)
    seen = seen_by(viewer, report, reader.reach) if viewer else None
    if seen is None:
        return Share(reader, None)
    with past_of(report, terms).reading():
        return Share(reader, seen, count_rows(report, asking_of(report, seen, terms, lambda _family: ({}, {}))))


def _members(group: Readers) -> Collection[int]:
    """Ids of users."""
    if group is Readers.HEADS:
        return heads().keys()
    if group is Readers.MANAGERS:
        leading = select(ReportingLine.manager_id).distinct()
        found = select(Employee.user_id).where(Employee.id.in_(leading), Employee.status == "active")
        return [one for one in db.session.scalars(found) if one is not None]
    return db.session.scalars(select(UserRole.user_id).where(UserRole.role == group.value)).all()


def _wider(one: Reach | None, other: Reach | None) -> Reach | None:
    return None if one is None or other is None else min(one, other, key=list(Reach).index)
