"""Employees as the viewer may see them. Lists by columns, not entities: one statement a page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import aliased

from lmsapp.infra.db import db
from lmsapp.people.accounts.models import User
from lmsapp.people.employees.filters import EmployeeFilters, account_state, conditions, order, visible
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.employees.rules import fold
from lmsapp.people.organisation.queries import department_tree, in_all
from lmsapp.people.viewer import Viewer

__all__ = [
    "EmployeeFilters",
    "EmployeeOptions",
    "EmployeePage",
    "EmployeeView",
    "Option",
    "count_employees",
    "employee_for",
    "employee_of",
    "employee_options",
    "list_employees",
]

PAGE = 25


@dataclass(frozen=True, slots=True)
class EmployeePage:
    """Rows: id, number, name, email, job_role, location, status, leaves_on, hire_date, department, manager,
    has_account, account (one of filters.ACCOUNTS).
    """

    rows: list[Any]
    total: int
    number: int
    size: int


@dataclass(frozen=True, slots=True)
class Option:
    """One value to filter by, and how many people it finds."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class EmployeeOptions:
    """What can be chosen in the filters; only people the viewer may see are counted, and only active ones."""

    departments: list[Option] = field(default_factory=list)
    job_roles: list[Option] = field(default_factory=list)
    locations: list[Option] = field(default_factory=list)
    regions: list[Option] = field(default_factory=list)
    cohorts: list[Option] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class EmployeeView:
    """One employee as a page's header shows them."""

    id: int
    number: str
    name: str
    email: str | None
    mobile: str | None
    department: str | None
    department_id: int | None
    job_role: str
    location: str
    region: str
    cohort: str
    hire_date: dt.date | None
    status: str
    left_on: dt.date | None
    manager_id: int | None
    manager: str | None
    manager_number: str | None
    hr_partner_id: int | None
    hr_partner: str | None
    hr_partner_number: str | None
    leaves_on: dt.date | None
    leave_reason: str
    successor: str | None
    account: str
    last_sign_in_at: dt.datetime | None
    created_at: dt.datetime
    time_zone: str
    language: str
    user_id: int | None


def list_employees(viewer: Viewer, filters: EmployeeFilters, page: int = 1, size: int = PAGE) -> EmployeePage:
    """Employees by name, one page of those the viewer may see."""
    wanted = conditions(viewer, filters)
    total = count_employees(viewer, filters)
    page = min(max(page, 1), max(1, -(-total // size)))
    manager = aliased(Employee)
    rows = db.session.execute(
        select(
            Employee.id,
            Employee.number,
            Employee.name,
            Employee.email,
            Employee.job_role,
            Employee.location,
            Employee.status,
            Employee.leaves_on,
            Employee.hire_date,
            Department.name.label("department"),
            manager.name.label("manager"),
            Employee.user_id.is_not(None).label("has_account"),
            account_state().label("account"),
        )
        .outerjoin(Department, Department.id == Employee.department_id)
        .outerjoin(manager, manager.id == Employee.manager_id)
        .outerjoin(User, User.id == Employee.user_id)
        .where(*wanted)
        .order_by(*order(filters, manager))
        .limit(size)
        .offset((page - 1) * size)
    )
    return EmployeePage(list(rows), total, page, size)


def count_employees(viewer: Viewer, filters: EmployeeFilters) -> int:
    """How many the filters find."""
    counted = select(func.count()).select_from(Employee).where(*conditions(viewer, filters))
    return db.session.scalar(counted) or 0


def employee_for(viewer: Viewer, employee_id: int) -> EmployeeView | None:
    """The employee, if the viewer may see them."""
    return _view(select(Employee.id).where(Employee.id == employee_id, *visible(viewer)))


def employee_of(viewer: Viewer) -> EmployeeView | None:
    """The viewer's own record, if they have one."""
    return _view(select(Employee.id).where(Employee.id == viewer.employee_id)) if viewer.employee_id else None


def record_of(viewer: Viewer) -> Employee | None:
    """The viewer's own record, to act on."""
    return db.session.get(Employee, viewer.employee_id) if viewer.employee_id else None


def employee_options(viewer: Viewer) -> EmployeeOptions:
    """What there is to choose, with counts: one pass over the people, and the tree of departments.

    A department counts everybody beneath it, and is named by its path.
    """
    columns = (Employee.department_id, *(getattr(Employee, name) for name in COUNTED))
    rows = db.session.execute(
        select(*columns, func.count(), func.grouping(*columns))
        .where(Employee.status == "active", *visible(viewer))
        .group_by(func.grouping_sets(*(tuple_(column) for column in columns)))
    )
    options, people = EmployeeOptions(), {}
    for *values, count, grouping in rows:
        at = len(columns) - (grouping ^ (2 ** len(columns) - 1)).bit_length()
        if at == 0 and values[0]:
            people[values[0]] = count
        elif at and values[at]:
            getattr(options, LISTS[at - 1]).append(Option(values[at], values[at], count))
    for name in LISTS:
        getattr(options, name).sort(key=lambda option: fold(option.label))
    tree = department_tree()
    shown = {unit.id for id_ in people for unit in tree.line(id_)}
    for unit, _depth in tree.in_order():
        if unit.id in shown:
            options.departments.append(Option(str(unit.id), tree.words(unit.id), in_all(tree, unit.id, people)))
    return options


COUNTED = ("job_role", "location", "region", "cohort")
LISTS = ("job_roles", "locations", "regions", "cohorts")


def _view(ids: Select[int]) -> EmployeeView | None:
    manager, partner, successor = aliased(Employee), aliased(Employee), aliased(Employee)
    result = db.session.execute(
        select(
            *(getattr(Employee, name) for name in EmployeeView.__dataclass_fields__ if name not in JOINED),
            Department.name.label("department"),
            manager.name.label("manager"),
            manager.number.label("manager_number"),
            partner.name.label("hr_partner"),
            partner.number.label("hr_partner_number"),
            successor.name.label("successor"),
            account_state().label("account"),
            User.last_sign_in_at,
        )
        .outerjoin(Department, Department.id == Employee.department_id)
        .outerjoin(manager, manager.id == Employee.manager_id)
        .outerjoin(partner, partner.id == Employee.hr_partner_id)
        .outerjoin(successor, successor.id == Employee.successor_id)
        .outerjoin(User, User.id == Employee.user_id)
        .where(Employee.id.in_(ids))
    )
    found = result.mappings().one_or_none()
    return EmployeeView(**found) if found else None


JOINED = (
    "department",
    "manager",
    "manager_number",
    "hr_partner",
    "hr_partner_number",
    "successor",
    "account",
    "last_sign_in_at",
)
