"""What can be chosen, and how many people a choice means now. Names and numbers of the organisation, no people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select, true

from lmsapp.infra.db import db
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.forwhom.rules import ForWhom, with_beneath
from lmsapp.people.organisation.queries import department_choices, offered
from lmsapp.people.organisation.rules import Kind


@dataclass(frozen=True, slots=True)
class Choices:
    """(value, label) pairs. Departments as 'Surgery / Theatre'."""

    job_roles: list[tuple[str, str]]
    departments: list[tuple[int, str]]
    locations: list[tuple[str, str]]
    regions: list[tuple[str, str]]
    cohorts: list[tuple[str, str]]


def department_parents() -> dict[int, int | None]:
    """Department id -> id of the one above it."""
    return {row.id: row.parent_id for row in db.session.execute(select(Department.id, Department.parent_id))}


def choices() -> Choices:
    """The words the organisation offers, and its departments in the order of the tree. Five statements."""
    kinds = (Kind.JOB_ROLE, Kind.LOCATION, Kind.REGION, Kind.COHORT)
    roles, places, regions, cohorts = ([(one, one) for one in offered(kind)] for kind in kinds)
    return Choices(roles, department_choices(), places, regions, cohorts)


def is_meant(who: ForWhom, parents: Mapping[int, int | None]) -> ColumnElement[bool]:
    """`ForWhom.misses` as SQL over `Employee`: true where it says ''."""
    wanted: list[ColumnElement[bool]] = []
    if who.departments or who.only_departments:
        departments = {*with_beneath(who.departments, parents), *who.only_departments}
        wanted.append(Employee.department_id.in_(sorted(departments)))
    words = (
        (Employee.job_role, who.job_roles),
        (Employee.location, who.locations),
        (Employee.region, who.regions),
        (Employee.cohort, who.cohorts),
    )
    wanted += [column.in_(values) for column, values in words if values]
    return and_(true(), *wanted)


def count_meant(who: ForWhom) -> int:
    """How many active people are meant now. Two statements."""
    meant = is_meant(who, department_parents())
    return db.session.scalar(select(func.count()).select_from(Employee).where(Employee.status == "active", meant)) or 0
