"""What can be chosen, and how many people a choice means now. Names and numbers of the organisation, no people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select, true, tuple_

from lmsapp.infra.db import db
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.employees.rules import fold
from lmsapp.people.forwhom.rules import ForWhom, with_beneath


@dataclass(frozen=True, slots=True)
class Choices:
    """(value, label) pairs by name, for active people. Departments as 'Surgery › Theatre', all of the tree."""

    job_roles: list[tuple[str, str]]
    departments: list[tuple[int, str]]
    locations: list[tuple[str, str]]


def department_parents() -> dict[int, int | None]:
    """Department id -> id of the one above it."""
    return {row.id: row.parent_id for row in db.session.execute(select(Department.id, Department.parent_id))}


def choices() -> Choices:
    """Two statements."""
    rows = db.session.execute(
        select(Employee.job_role, Employee.location, func.grouping(Employee.job_role, Employee.location))
        .where(Employee.status == "active")
        .group_by(func.grouping_sets(tuple_(Employee.job_role), tuple_(Employee.location)))
    ).all()
    roles = [row.job_role for row in rows if row[2] == 0b01 and row.job_role]
    places = [row.location for row in rows if row[2] == 0b10 and row.location]
    return Choices(
        [(one, one) for one in sorted(roles, key=fold)],
        sorted(department_paths().items(), key=lambda pair: fold(pair[1])),
        [(one, one) for one in sorted(places, key=fold)],
    )


def department_paths() -> dict[int, str]:
    """Department id -> its name behind the names above it."""
    rows = {row.id: row for row in db.session.execute(select(Department.id, Department.parent_id, Department.name))}

    def path(key: int, seen: tuple[int, ...] = ()) -> str:
        above = rows[key].parent_id
        if above is None or above in seen or above not in rows:
            return str(rows[key].name)
        return f"{path(above, (*seen, key))} › {rows[key].name}"

    return {key: path(key) for key in rows}


def is_meant(who: ForWhom, parents: Mapping[int, int | None]) -> ColumnElement[bool]:
    """`ForWhom.misses` as SQL over `Employee`: true where it says ''."""
    wanted: list[ColumnElement[bool]] = []
    if who.departments:
        wanted.append(Employee.department_id.in_(with_beneath(who.departments, parents)))
    if who.job_roles:
        wanted.append(Employee.job_role.in_(who.job_roles))
    if who.locations:
        wanted.append(Employee.location.in_(who.locations))
    return and_(true(), *wanted)


def count_meant(who: ForWhom) -> int:
    """How many active people are meant now. Two statements."""
    meant = is_meant(who, department_parents())
    return db.session.scalar(select(func.count()).select_from(Employee).where(Employee.status == "active", meant)) or 0
