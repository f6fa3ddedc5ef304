"""One page of the matrix, in the order asked for, and what stands in its cells (HRD-7). By columns, no objects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, case, func, select

from lmsapp.compliance.ledger.models import EmployeeCompliance
from lmsapp.compliance.standing.working_out import BEST, PLACE
from lmsapp.infra.db import db
from lmsapp.insight.matrix.board import Asked, board, chosen
from lmsapp.people.employees.models import Department, Employee

PAGE = 50
AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Person:
    """One line; `letters` by type id of the types shown, `until` by type id where there is a date."""

    id: int
    name: str
    number: str
    job_role: str
    department: str | None
    letters: Mapping[int, str]
    until: Mapping[int, dt.date]


def page_of(asked: Asked, number: int) -> list[Person]:
    """50 people, `number` from 1. Two statements, one more where departments are chosen."""
    lines = board(asked)
    who = (Employee.id, Employee.name, Employee.number, Employee.job_role, Department.name.label("department"))
    columns = select(*who, lines.c.states)
    rows = db.session.execute(in_order(asked, lines, columns).limit(PAGE).offset((number - 1) * PAGE)).all()
    until = _until(asked, [row.id for row in rows])
    return [
        Person(
            row.id,
            row.name,
            row.number,
            row.job_role,
            row.department,
            letters={one.id: row.states[one.place : one.place + 1] or "." for one in asked.columns.shown},
            until=until.get(row.id, {}),
        )
        for row in rows
    ]


def in_order(asked: Asked, lines: Any, columns: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """`columns` of a board joined with Employee and Department, filtered and sorted."""
    found = (
        columns.select_from(lines)
        .join(Employee, Employee.id == lines.c.id)
        .outerjoin(Department, Department.id == Employee.department_id)
        .where(chosen(asked, lines))
    )
    return found.order_by(*_order(asked, lines))


def ids_of(asked: Asked, limit: int) -> list[int]:
    """The ids of everybody the filters leave, in order, `limit` at most."""
    lines = board(asked)
    return list(db.session.scalars(in_order(asked, lines, select(Employee.id)).limit(limit)))


def _order(asked: Asked, lines: Any) -> Sequence[Any]:
    """Allow-listed: an unknown word sorts by name."""
    last = (Employee.sort_name, Employee.id)
    filters = asked.filters
    by = {
        "department": func.lower(Department.name),
        "worst": _worst(asked, lines),
        "next": _next(asked, lines),
    }.get(filters.sort)
    if by is None:
        return [one.desc() for one in last] if filters.desc else last
    return [(by.desc() if filters.desc else by.asc()).nulls_last(), *last]


def _worst(asked: Asked, lines: Any) -> Any:
    if asked.columns.every:
        return lines.c.worst
    return case(*((func.strpos(lines.c.has, one) > 0, place) for one, place in PLACE.items()), else_=BEST)


def _next(asked: Asked, lines: Any) -> Any:
    if asked.columns.every:
        return lines.c.next_on
    types = [one.id for one in asked.columns.shown]
    held = and_(EmployeeCompliance.employee_id == lines.c.id, EmployeeCompliance.type_id.in_(types))
    soonest = select(func.min(EmployeeCompliance.renewal_on)).where(
        held, EmployeeCompliance.decision == "complete", asked.moment.decided
    )
    return soonest.correlate(lines).scalar_subquery()


def _until(asked: Asked, ids: Sequence[int]) -> dict[int, dict[int, dt.date]]:
    """employee -> type -> until when what was decided holds."""
    rows = db.session.execute(
        select(EmployeeCompliance.employee_id, EmployeeCompliance.type_id, EmployeeCompliance.renewal_on).where(
            EmployeeCompliance.employee_id.in_(ids),
            EmployeeCompliance.type_id.in_([one.id for one in asked.columns.shown]),
            EmployeeCompliance.renewal_on.is_not(None),
            asked.moment.decided,
        )
    )
    found: dict[int, dict[int, Any]] = {}
    for row in rows:
        found.setdefault(row.employee_id, {})[row.type_id] = row.renewal_on
    return found
