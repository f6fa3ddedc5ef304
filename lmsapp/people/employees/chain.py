"""Finding a person by what somebody types, the managers above one and the people directly below (ORG-3)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from lmsapp.infra.db import db
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.employees.filters import EmployeeFilters, conditions, visible
from lmsapp.people.employees.models import Employee, ReportingLine
from lmsapp.people.employees.rules import fold
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

OFFERED = 10
UNSEEN = dict.fromkeys([*range(32), *range(127, 160)], " ")  # the database refuses some of them
# 'Mark Okafor (E-100)', as the pages write people.
_NUMBERED = re.compile(r".*\(([^()]+)\)\s*")


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands: managers from the direct one upwards, and who reports to them.

    Rows: id, name, job_role, people (how many stand below them, directly or not).
    """

    above: Sequence[Any]
    below: Sequence[Any]
    below_total: int


def place_of(viewer: Viewer, employee_id: int, limit: int = 50) -> Place:
    """Of an employee the viewer may see. Three statements."""
    line, below_them = aliased(ReportingLine), aliased(ReportingLine)
    count = (
        select(func.count())
        .select_from(below_them)
        .join(Employee, Employee.id == below_them.employee_id)
        .where(Employee.status == "active")
    )
    person = aliased(Employee)
    columns = (person.id, person.name, person.job_role, person.status)
    people = count.where(below_them.manager_id == person.id).correlate(person).scalar_subquery().label("people")
    above = (
        select(*columns, people)
        .join(line, line.manager_id == person.id)
        .where(line.employee_id == employee_id)
        .order_by(line.depth)
    )
    below = (
        select(*columns, people)
        .where(person.manager_id == employee_id, person.status == "active")
        .order_by(person.sort_name, person.id)
        .limit(limit)
    )
    total = select(func.count()).where(Employee.manager_id == employee_id, Employee.status == "active")
    return Place(db.session.execute(above).all(), db.session.execute(below).all(), db.session.scalar(total) or 0)


def offer_people(viewer: Viewer, typed: str) -> list[str]:
    """The first few active people that fit, as 'Name (number)'."""
    typed = typed.translate(UNSEEN).strip()
    if len(typed) < 2:
        return []
    rows = db.session.execute(
        select(Employee.name, Employee.number)
        .where(*conditions(viewer, EmployeeFilters(q=_numbered(typed) or typed)))
        .order_by(Employee.sort_name, Employee.id)
        .limit(OFFERED)
    )
    return [f"{row.name} ({row.number})" for row in rows]


def person_named(viewer: Viewer, typed: str, field: str) -> Employee | None:
    """The active employee meant by 'Name (number)', a number, or a name only one person has; None for nothing typed.

    Raises RuleBroken (`field`) when nobody or several people fit.
    """
    typed = " ".join(typed.translate(UNSEEN).split())
    if not typed:
        return None
    active = [Employee.status == "active", *visible(viewer)]
    for number in filter(None, (_numbered(typed), typed)):
        by_number = select(Employee).where(func.lower(Employee.number) == number.lower(), *active)
        if found := db.session.scalars(by_number).one_or_none():
            return found
    named = [Employee.sort_name.contains(word, autoescape=True) for word in fold(typed.replace(",", " ")).split()]
    people = db.session.scalars(select(Employee).where(*active, *named).order_by(Employee.sort_name).limit(6)).all()
    exactly = [one for one in people if fold(one.name) == fold(typed)]
    fitting = exactly or list(people)
    if len(fitting) == 1 and named:
        return fitting[0]
    if not fitting or not named:
        raise RuleBroken(N_("Nobody who works here fits '%(typed)s'."), field=field, typed=typed[:60])
    listed = ", ".join(f"{one.name} ({one.number})" for one in fitting[:5])
    raise RuleBroken(N_("Several people fit: %(people)s. Write the number."), field=field, people=listed)


def employee_to_change(viewer: Viewer, employee_id: int) -> Employee | None:
    """The record to change, locked until it is done; for those who keep records."""
    if not viewer.may(May.KEEP_RECORDS):
        return None
    statement = select(Employee).where(Employee.id == employee_id).with_for_update(of=Employee)
    return db.session.scalars(statement.execution_options(populate_existing=True)).one_or_none()


def some_of(viewer: Viewer, wanted: EmployeeFilters | Sequence[int], limit: int) -> tuple[Sequence[Any], int]:
    """The first by name (id, name, number) and how many there are, for those who keep records; nothing is locked."""
    if not viewer.may(May.KEEP_RECORDS):
        return [], 0
    chosen = _chosen(viewer, wanted)
    rows = select(Employee.id, Employee.name, Employee.number).where(*chosen)
    total = db.session.scalar(select(func.count()).select_from(Employee).where(*chosen)) or 0
    return db.session.execute(rows.order_by(Employee.sort_name, Employee.id).limit(limit)).all(), total


def employees_to_change(viewer: Viewer, wanted: EmployeeFilters | Sequence[int]) -> Sequence[Employee]:
    """The same for many, by ids or by what was asked; by name. Locked in the order of their ids."""
    if not viewer.may(May.KEEP_RECORDS):
        return []
    chosen = _chosen(viewer, wanted)
    found = db.session.scalars(select(Employee).where(*chosen).order_by(Employee.id).with_for_update(of=Employee))
    return sorted(found, key=lambda one: (one.sort_name, one.id))


def _chosen(viewer: Viewer, wanted: EmployeeFilters | Sequence[int]) -> list[ColumnElement[bool]]:
    return conditions(viewer, wanted) if isinstance(wanted, EmployeeFilters) else [Employee.id.in_(wanted)]


def _numbered(typed: str) -> str:
    found = _NUMBERED.fullmatch(typed)
    return found[1].strip() if found else ""
