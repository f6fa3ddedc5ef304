"""Reading the trail (EVD-3): pages, one entry with what belongs to it, and the sheet of what a filter shows.

A million entries: every filter has an index, pages follow each other by (at, id) and never by number, and beyond
`COUNTED` nobody counts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, case, cast, func, literal, select, tuple_, union_all
from sqlalchemy.orm import aliased

from lmsapp.evidence.audit.models import WORDS, AuditEntry
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, NotAllowed
from lmsapp.people.accounts.models import User
from lmsapp.people.employees.models import Employee
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

PAGE_SIZE = 50
COUNTED = 10_000
TOGETHER = 200
MOST = 500  # people of one name
HEAD = (
    N_("number"),
    N_("when (UTC)"),
    N_("who"),
    N_("on whose behalf"),
    N_("action"),
    N_("kind"),
    N_("object"),
    N_("concerns"),
    N_("before"),
    N_("after"),
    N_("reason"),
    N_("request"),
    N_("came by"),
)


@dataclass(frozen=True, slots=True)
class TrailFilters:
    """Empty: everything. `person`: part of the name of who did it, for whom, or of the employee or user it was done to.

    `words` all stand anywhere in the entry, each by its beginning. `first` and `last` are dates in the viewer's zone,
    both included.
    """

    kinds: tuple[str, ...] = ()
    person: str = ""
    first: dt.date | None = None
    last: dt.date | None = None
    actions: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    words: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place between two entries: what stands before it when `newer`, else what stands after it."""

    at: dt.datetime
    id: int
    newer: bool = False


@dataclass(frozen=True, slots=True)
class TrailPage:
    """Newest first. Rows: an entry's columns and `subject_name` ('' unless a person).

    `total` is exact up to COUNTED, beyond it COUNTED + 1. `kinds` and `actions` are all there are.
    """

    rows: Sequence[Any]
    total: int
    has_newer: bool
    has_older: bool
    kinds: Sequence[str]
    actions: Sequence[str]


def trail_page(viewer: Viewer, filters: TrailFilters, cursor: Cursor | None = None) -> TrailPage:
    """Who changed what. Raises NotAllowed: only system managers and auditors read the whole trail."""
    _only_for_the_trail(viewer)
    wanted = _wanted(filters, viewer)
    statement = _rows().where(*wanted, *_beyond(cursor))
    newer = cursor is not None and cursor.newer
    order = (AuditEntry.at, AuditEntry.id) if newer else (AuditEntry.at.desc(), AuditEntry.id.desc())
    rows = list(db.session.execute(statement.order_by(*order).limit(PAGE_SIZE + 1)).all())
    more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
    if newer:
        rows.reverse()
    counted = select(literal(1)).select_from(AuditEntry).where(*wanted).limit(COUNTED + 1).subquery()
    return TrailPage(
        rows=rows,
        total=db.session.scalar(select(func.count()).select_from(counted)) or 0,
        has_newer=more if newer else cursor is not None,
        has_older=True if newer else more,
        kinds=_distinct(AuditEntry.subject_kind),
        actions=_distinct(AuditEntry.action),
    )


def trail_entry(viewer: Viewer, entry_id: int) -> Any | None:
    """One entry as a row of `trail_page`, or None. Raises NotAllowed."""
    _only_for_the_trail(viewer)
    return db.session.execute(_rows().where(AuditEntry.id == entry_id)).one_or_none()


def entries_of_request(viewer: Viewer, request_id: str) -> Sequence[Any]:
    """Everything one request, job or command changed, in order; the first TOGETHER. Raises NotAllowed."""
    _only_for_the_trail(viewer)
    together = _rows().where(AuditEntry.request_id == request_id)
    return db.session.execute(together.order_by(AuditEntry.id).limit(TOGETHER)).all()


def trail_sheet(viewer: Viewer, filters: TrailFilters) -> Select[Any]:
    """The rows under HEAD, newest first, for `insight.sheets.as_csv`. Raises NotAllowed."""
    _only_for_the_trail(viewer)
    entry = AuditEntry
    columns = select(
        entry.id,
        func.to_char(func.timezone("UTC", entry.at), "YYYY-MM-DD HH24:MI:SS"),
        entry.actor_name,
        entry.on_behalf_of_name,
        entry.action,
        entry.subject_kind,
        entry.subject_id,
        func.coalesce(Employee.name, User.name, ""),
        entry.before,
        entry.after,
        entry.reason,
        entry.request_id,
        entry.origin,
    )
    rows = _with_people(columns).where(*_wanted(filters, viewer))
    return rows.order_by(entry.at.desc(), entry.id.desc())


def _only_for_the_trail(viewer: Viewer) -> None:
    if not viewer.may(May.CONFIGURE, May.AUDIT):
        raise NotAllowed(N_("Only system managers and auditors can read the audit trail."))


def _rows() -> Select[Any]:
    """With `subject_name` where the object is a person, and `whose`: the employee a document, task … is about."""
    subject_name = func.coalesce(Employee.name, User.name, "").label("subject_name")
    kept = func.coalesce(AuditEntry.after["employee_id"].astext, AuditEntry.before["employee_id"].astext)
    number = case((kept.regexp_match("^[0-9]{1,9}$"), cast(kept, Integer)))
    about = aliased(Employee)
    whose = select(about.name).where(about.id == number).scalar_subquery().label("whose")
    return _with_people(select(*AuditEntry.__table__.columns, subject_name, whose))


def _with_people(statement: Select[Any]) -> Select[Any]:
    return (
        statement.select_from(AuditEntry)
        .outerjoin(Employee, and_(AuditEntry.subject_kind == "employee", Employee.id == AuditEntry.subject_id))
        .outerjoin(User, and_(AuditEntry.subject_kind == "user", User.id == AuditEntry.subject_id))
    )


def _distinct(column: Any) -> Sequence[str]:
    """The few values of an indexed column, each found by one look into the index instead of reading a million."""
    least = select(func.min(column).label("value")).cte("found", recursive=True)
    following = select(select(func.min(column)).where(column > least.c.value).scalar_subquery())
    found = least.union_all(following.where(least.c.value.is_not(None)))
    return db.session.scalars(select(found.c.value).where(found.c.value.is_not(None))).all()


def _wanted(filters: TrailFilters, viewer: Viewer) -> list[ColumnElement[bool]]:
    entry = AuditEntry
    wanted: list[ColumnElement[bool]] = []
    chosen = ((entry.subject_kind, filters.kinds), (entry.action, filters.actions), (entry.origin, filters.origins))
    wanted += [column.in_(values) for column, values in chosen if values]
    if filters.person:
        wanted.append(_about_somebody(filters.person))
    if query := _prefixes(filters.words):
        wanted.append(WORDS.op("@@")(func.to_tsquery("simple", query)))
    if filters.request_id:
        wanted.append(entry.request_id == filters.request_id)
    if filters.first:
        wanted.append(entry.at >= clock.end_of_day(filters.first - dt.timedelta(days=1), viewer.zone))
    if filters.last:
        wanted.append(entry.at < clock.end_of_day(filters.last, viewer.zone))
    return wanted


def _about_somebody(name: str) -> ColumnElement[bool]:
    """Names are looked for among people, not among a million entries; then their ids, which are indexed, are asked."""
    users = list(db.session.scalars(select(User.id).where(User.name.icontains(name, autoescape=True)).limit(MOST)))
    records = db.session.scalars(select(Employee.id).where(Employee.name.icontains(name, autoescape=True)).limit(MOST))
    entry = AuditEntry
    ids = union_all(
        select(entry.id).where(entry.actor_id.in_(users)),
        select(entry.id).where(entry.on_behalf_of_id.in_(users)),
        select(entry.id).where(entry.subject_kind == "user", entry.subject_id.in_(users)),
        select(entry.id).where(entry.subject_kind == "employee", entry.subject_id.in_(list(records))),
    )
    return entry.id.in_(ids)


def _prefixes(words: str) -> str:
    """'move due' -> 'move':* & 'due':* as to_tsquery reads it; quotes and backslashes mean nothing here."""
    plain = words.replace("'", " ").replace("\\", " ").split()
    return " & ".join(f"'{word}':*" for word in plain[:10])


def _beyond(cursor: Cursor | None) -> list[ColumnElement[bool]]:
    if cursor is None:
        return []
    here, there = tuple_(AuditEntry.at, AuditEntry.id), tuple_(literal(cursor.at), literal(cursor.id))
    return [here > there if cursor.newer else here < there]


def changes_since(viewer: Viewer, employee_id: int, since: dt.datetime) -> Sequence[Any]:
    """What was changed on one employee's record from that moment on: at, actor_name, after. For those who keep it."""
    if not viewer.may(May.KEEP_RECORDS):
        return []
    return db.session.execute(
        select(AuditEntry.at, AuditEntry.actor_name, AuditEntry.after)
        .where(
            AuditEntry.subject_kind == "employee",
            AuditEntry.subject_id == employee_id,
            AuditEntry.action == "change",
            AuditEntry.at >= since,
        )
        .order_by(AuditEntry.id)
    ).all()
