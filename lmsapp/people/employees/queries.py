"""Employees as the viewer may see them. Lists by columns, not entities: one statement a page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true, tuple_
from sqlalchemy.orm import aliased

from lmsapp.infra.db import db
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.employees.rules import fold
from lmsapp.people.queries import SEES_EVERYBODY, employee_ids_visible_to
from lmsapp.people.viewer import Viewer

PAGE = 25


@dataclass(frozen=True, slots=True)
class EmployeeFilters:
    """`q` finds in name (accents do not matter), number and e-mail; empty lists filter nothing.

    `statuses`: 'active', 'left'. Departments by id, job roles and locations by their words.
    """

    q: str = ""
    departments: tuple[int, ...] = ()
    job_roles: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ("active",)


@dataclass(frozen=True, slots=True)
class EmployeePage:
    """Rows: id, number, name, email, job_role, location, status, hire_date, department, manager, has_account."""

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


@dataclass(frozen=True, slots=True)
class EmployeeView:
    """One employee as a page's header shows them."""

    id: int
    number: str
    name: str
    email: str | None
    mobile: str | None
    department: str | None
    job_role: str
    location: str
    region: str
    cohort: str
    hire_date: dt.date | None
    status: str
    left_on: dt.date | None
    manager_id: int | None
    manager: str | None
    hr_partner: str | None
    time_zone: str
    language: str
    user_id: int | None


def list_employees(viewer: Viewer, filters: EmployeeFilters, page: int = 1, size: int = PAGE) -> EmployeePage:
    """Employees by name, one page of those the viewer may see."""
    wanted = [*_visible(viewer), *_wanted(filters)]
    total = db.session.scalar(select(func.count()).select_from(Employee).where(*wanted)) or 0
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
            Employee.hire_date,
            Department.name.label("department"),
            manager.name.label("manager"),
            Employee.user_id.is_not(None).label("has_account"),
        )
        .outerjoin(Department, Department.id == Employee.department_id)
        .outerjoin(manager, manager.id == Employee.manager_id)
        .where(*wanted)
        .order_by(Employee.sort_name, Employee.id)
        .limit(size)
        .offset((page - 1) * size)
    )
    return EmployeePage(list(rows), total, page, size)


def employee_for(viewer: Viewer, employee_id: int) -> EmployeeView | None:
    """The employee, if the viewer may see them."""
    return _view(select(Employee.id).where(Employee.id == employee_id, *_visible(viewer)))


def employee_of(viewer: Viewer) -> EmployeeView | None:
    """The viewer's own record, if they have one."""
    return _view(select(Employee.id).where(Employee.id == viewer.employee_id)) if viewer.employee_id else None


def record_of(viewer: Viewer) -> Employee | None:
    """The viewer's own record, to act on."""
    return db.session.get(Employee, viewer.employee_id) if viewer.employee_id else None


def employee_options(viewer: Viewer) -> EmployeeOptions:
    """Departments, job roles and locations with their counts, in one pass over the table."""
    department, job_role, location = Department.name, Employee.job_role, Employee.location
    rows = db.session.execute(
        select(
            Department.id, department, job_role, location, func.count(), func.grouping(department, job_role, location)
        )
        .select_from(Employee)
        .outerjoin(Department, Department.id == Employee.department_id)
        .where(Employee.status == "active", *_visible(viewer))
        .group_by(func.grouping_sets(tuple_(Department.id, department), job_role, location))
    )
    options = EmployeeOptions()
    for id_, department_name, role, place, count, grouping in rows:
        if grouping == 0b011 and department_name:
            options.departments.append(Option(str(id_), department_name, count))
        elif grouping == 0b101 and role:
            options.job_roles.append(Option(role, role, count))
        elif grouping == 0b110 and place:
            options.locations.append(Option(place, place, count))
    for found in (options.departments, options.job_roles, options.locations):
        found.sort(key=lambda option: fold(option.label))
    return options


def _visible(viewer: Viewer) -> list[ColumnElement[bool]]:
    """No condition at all for those who see everybody: the planner is grateful."""
    return [] if viewer.may(*SEES_EVERYBODY) else [Employee.id.in_(employee_ids_visible_to(viewer))]


def _wanted(filters: EmployeeFilters) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if filters.q.strip():
        typed = filters.q.strip()
        found = [
            Employee.number.icontains(typed, autoescape=True),
            Employee.name.icontains(typed, autoescape=True),
            Employee.email.icontains(typed, autoescape=True),
        ]
        by_words = [
            Employee.sort_name.contains(word, autoescape=True) for word in fold(typed.replace(",", " ")).split()
        ]
        wanted.append(or_(*found, and_(true(), *by_words)) if by_words else or_(*found))
    if filters.departments:
        wanted.append(Employee.department_id.in_(filters.departments))
    if filters.job_roles:
        wanted.append(Employee.job_role.in_(filters.job_roles))
    if filters.locations:
        wanted.append(Employee.location.in_(filters.locations))
    if filters.statuses:
        wanted.append(Employee.status.in_(filters.statuses))
    return wanted


def _view(ids: Select[int]) -> EmployeeView | None:
    manager, partner = aliased(Employee), aliased(Employee)
    result = db.session.execute(
        select(
            *(getattr(Employee, name) for name in EmployeeView.__dataclass_fields__ if name not in JOINED),
            Department.name.label("department"),
            manager.name.label("manager"),
            partner.name.label("hr_partner"),
        )
        .outerjoin(Department, Department.id == Employee.department_id)
        .outerjoin(manager, manager.id == Employee.manager_id)
        .outerjoin(partner, partner.id == Employee.hr_partner_id)
        .where(Employee.id.in_(ids))
    )
    found = result.mappings().one_or_none()
    return EmployeeView(**found) if found else None


JOINED = ("department", "manager", "hr_partner")
