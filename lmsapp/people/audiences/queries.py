"""Who belongs to an audience, or would by another rule. For moderators; counts and names, never more of a record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, cast, false, func, or_, select, true

from lmsapp.infra.db import db
from lmsapp.people.audiences.models import Audience, AudienceMember
from lmsapp.people.audiences.rules import AudienceRule
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.employees.rules import fold
from lmsapp.people.forwhom.queries import department_parents, is_meant
from lmsapp.people.organisation.queries import department_tree
from lmsapp.people.queries import employee_ids_visible_to
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

PAGE = 50
FIRST = 10


@dataclass(frozen=True, slots=True)
class Reach:
    """How many a rule takes, and the first of them by name: id, name, job_role, department."""

    total: int
    first: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of rows, from 1."""

    rows: Sequence[Any]
    number: int
    size: int
    total: int


def belongs(rule: AudienceRule, parents: Mapping[int, int | None], now: dt.datetime) -> ColumnElement[bool]:
    """`AudienceRule.takes` as SQL over `Employee`; never null, so that it can be negated."""
    met: ColumnElement[bool] = and_(is_meant(rule.who, parents), *_hired(rule, now)) if rule.conditions else false()
    taken = or_(true() if rule.everybody else met, Employee.id.in_(rule.include) if rule.include else false())
    left_out = Employee.id.not_in(rule.exclude) if rule.exclude else true()
    return func.coalesce(and_(Employee.status == "active", left_out, taken), false())


def _hired(rule: AudienceRule, now: dt.datetime) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if rule.hired_from is not None:
        wanted.append(Employee.hire_date >= rule.hired_from)
    if rule.hired_until is not None:
        wanted.append(Employee.hire_date <= rule.hired_until)
    if rule.hired_within_days is not None:
        there = cast(func.timezone(Employee.time_zone, now), Date)
        wanted.append(Employee.hire_date >= there - rule.hired_within_days)
    return wanted


def reach_of(viewer: Viewer, rule: AudienceRule, now: dt.datetime, first: int = FIRST) -> Reach:
    """Whom it would take now, of those the viewer may see. Three statements."""
    taken = belongs(rule, department_parents(), now)
    seen = (taken, Employee.id.in_(employee_ids_visible_to(viewer)))
    total = db.session.scalar(select(func.count()).select_from(Employee).where(*seen)) or 0
    rows = db.session.execute(_people().where(*seen).limit(first)).all()
    return Reach(total, rows)


def audience_for(viewer: Viewer, audience_id: int) -> Audience | None:
    """An audience to look at or to change, for moderators."""
    return db.session.get(Audience, audience_id) if viewer.may(May.MODERATE) else None


def audiences_for(viewer: Viewer, q: str = "", *, archived: bool = False) -> Sequence[Any]:
    """All of them by name: id, name, rule, members, archived_at. One statement."""
    members = (
        select(func.count())
        .where(AudienceMember.audience_id == Audience.id, AudienceMember.left_at.is_(None))
        .scalar_subquery()
    )
    statement = select(Audience.id, Audience.name, Audience.rule, Audience.archived_at, members.label("members"))
    if not viewer.may(May.MODERATE):
        statement = statement.where(false())
    if q:
        statement = statement.where(Audience.name.icontains(q, autoescape=True))
    wanted = Audience.archived_at.is_not(None) if archived else Audience.archived_at.is_(None)
    return db.session.execute(statement.where(wanted).order_by(func.lower(Audience.name))).all()


def count_members(audience_id: int) -> int:
    """How many belong to it now."""
    present = (AudienceMember.audience_id == audience_id, AudienceMember.left_at.is_(None))
    return db.session.scalar(select(func.count()).where(*present)) or 0


def members_page(viewer: Viewer, audience_id: int, *, past: bool = False, q: str = "", number: int = 1) -> Page:
    """Who belongs, or belonged and left, by name: id, name, job_role, department, since, left_at."""
    wanted = [
        AudienceMember.audience_id == audience_id,
        AudienceMember.left_at.is_not(None) if past else AudienceMember.left_at.is_(None),
        Employee.id.in_(employee_ids_visible_to(viewer)),
    ]
    if q:
        by_name = and_(*(Employee.sort_name.contains(word, autoescape=True) for word in fold(q).split()))
        wanted.append(or_(Employee.number == q, by_name))
    counted = select(func.count()).select_from(AudienceMember).join(Employee, Employee.id == AudienceMember.employee_id)
    total = db.session.scalar(counted.where(*wanted)) or 0
    number = max(1, min(number, -(-total // PAGE)))
    rows = (
        _people()
        .add_columns(AudienceMember.since, AudienceMember.left_at)
        .join(AudienceMember, AudienceMember.employee_id == Employee.id)
        .where(*wanted)
        .order_by(None)
        .order_by(Employee.sort_name, Employee.id, AudienceMember.id)
    )
    return Page(db.session.execute(rows.limit(PAGE).offset((number - 1) * PAGE)).all(), number, PAGE, total)


def live_rules() -> list[tuple[int, AudienceRule]]:
    """(id, rule) of every audience in use."""
    rows = db.session.execute(select(Audience.id, Audience.rule).where(Audience.archived_at.is_(None)))
    return [(row.id, AudienceRule.from_json(row.rule)) for row in rows]


def department_words(ids: Collection[int]) -> dict[int, str]:
    """Id -> 'Surgery / Theatre', in one statement however many rules ask."""
    tree = department_tree() if ids else None
    return {one: tree.words(one) for one in ids} if tree else {}


def people_words(viewer: Viewer, ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Id -> (number, name) of single people a rule names, those the viewer may see."""
    if not ids:
        return {}
    seen = (Employee.id.in_(ids), Employee.id.in_(employee_ids_visible_to(viewer)))
    rows = db.session.execute(select(Employee.id, Employee.number, Employee.name).where(*seen))
    return {row.id: (row.number, row.name) for row in rows}


def _people() -> Select[*tuple[Any, ...]]:
    return (
        select(Employee.id, Employee.name, Employee.job_role, Department.name.label("department"))
        .outerjoin(Department, Department.id == Employee.department_id)
        .order_by(Employee.sort_name, Employee.id)
    )
