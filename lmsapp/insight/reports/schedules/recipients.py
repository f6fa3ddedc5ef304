"""Who gets a report by a schedule, and in which capacity, as things stand at the moment (REP-4)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from lmsapp.infra.db import db
from lmsapp.insight.reports.asked import asking_of, count_rows, past_of
from lmsapp.insight.reports.reach import Reach, SeenAs, joined, what_is_left, widest
from lmsapp.insight.reports.report import Report
from lmsapp.insight.reports.schedules.rules import Readers
from lmsapp.people.accounts.models import User, UserRole
from lmsapp.people.employees.models import Employee, ReportingLine
from lmsapp.people.organisation.queries import heads
from lmsapp.people.queries import viewer_now
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
    """Each once, by name. Whoever is chosen twice, as a head and a manager, gets both parts in one; whose account is
    closed gets nothing."""
    chosen: dict[int, Reach | None] = {}
    for group in readers:
        reach = AS.get(group)
        for user_id in _members(group):
            chosen[user_id] = joined(chosen[user_id], reach) if user_id in chosen else reach
    chosen |= dict.fromkeys(people)
    rows: Sequence[Any] = db.session.execute(
        select(User.id, User.name, User.language).where(User.id.in_(chosen), User.active).order_by(User.name, User.id)
    ).all()
    return [Reader(row.id, row.name, row.language, chosen[row.id]) for row in rows]


def shares(report: Report, terms: dict[str, list[str]], readers: Sequence[Reader]) -> list[Share]:
    """For a look beforehand, of the first of them: a few statements for each."""
    return [_share(report, terms, reader) for reader in readers[:PREVIEWED]]


def seen_by(viewer: Viewer, report: Report, reach: Reach | None) -> SeenAs | None:
    """As whom they get it; None: they may not."""
    return widest(viewer, report) if reach is None else what_is_left(viewer, report, reach)


def _share(report: Report, terms: dict[str, list[str]], reader: Reader) -> Share:
    viewer = viewer_now(reader.user_id)
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
