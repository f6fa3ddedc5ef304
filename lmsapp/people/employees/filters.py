"""What a list of employees was asked for, and the SQL conditions it means (ORG-3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select, true

from lmsapp.people.accounts.models import User
from lmsapp.people.employees.models import Department, Employee, ReportingLine
from lmsapp.people.employees.rules import fold
from lmsapp.people.organisation.queries import departments_below
from lmsapp.people.queries import SEES_EVERYBODY, employee_ids_visible_to
from lmsapp.people.viewer import Viewer

STATUSES = ("active", "leaving", "left")
ACCOUNTS = ("none", "invited", "active", "closed")
SORTS = ("name", "number", "job_role", "department", "location", "manager", "hired")


@dataclass(frozen=True, slots=True)
class EmployeeFilters:
    """`q` finds in name (accents do not matter), number and e-mail; empty lists filter nothing.

    `statuses`: 'active', 'leaving' (a last day is set), 'left'; none: everybody. Departments by id, with all beneath
    them; words as they are written; `accounts` of ACCOUNTS. `manager`: everybody on their line, directly or not.
    """

    q: str = ""
    departments: tuple[int, ...] = ()
    job_roles: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ("active",)
    regions: tuple[str, ...] = ()
    cohorts: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    manager: int | None = None
    direct: bool = False
    sort: str = "name"
    desc: bool = False

    @property
    def active(self) -> int:
        """How many kinds of filter are set."""
        kinds = (self.q, self.departments, self.job_roles, self.locations, self.regions, self.cohorts, self.accounts)
        return sum(map(bool, (*kinds, self.manager, self.statuses != ("active",))))


def visible(viewer: Viewer) -> list[ColumnElement[bool]]:
    """No condition at all for those who see everybody: the planner is grateful."""
    return [] if viewer.may(*SEES_EVERYBODY) else [Employee.id.in_(employee_ids_visible_to(viewer))]


def conditions(viewer: Viewer, filters: EmployeeFilters) -> list[ColumnElement[bool]]:
    """Over Employee alone; only people the viewer may see."""
    wanted = visible(viewer)
    if filters.q.strip():
        wanted.append(_named(filters.q.strip()))
    if filters.departments:
        wanted.append(Employee.department_id.in_(departments_below(filters.departments)))
    for column, words in (
        (Employee.job_role, filters.job_roles),
        (Employee.location, filters.locations),
        (Employee.region, filters.regions),
        (Employee.cohort, filters.cohorts),
    ):
        if words:
            wanted.append(column.in_(words))
    if filters.statuses:
        wanted.append(or_(false(), *(_status(status) for status in filters.statuses)))
    if filters.accounts:
        wanted.append(_has_account(filters.accounts))
    if filters.manager:
        line = select(ReportingLine.employee_id).where(ReportingLine.manager_id == filters.manager)
        wanted.append(Employee.id.in_(line.where(ReportingLine.depth == 1) if filters.direct else line))
    return wanted


def account_state() -> ColumnElement[str]:
    """One of ACCOUNTS; wants User joined."""
    return case(
        (User.id.is_(None), "none"),
        (~User.active, "closed"),
        (and_(User.password_hash.is_(None), User.last_sign_in_at.is_(None)), "invited"),
        else_="active",
    )


def order(filters: EmployeeFilters, manager: type[Employee]) -> list[Any]:
    """By what was asked, then by name. Wants Department and `manager` joined."""
    columns: dict[str, Any] = {
        "number": Employee.number,
        "job_role": func.lower(Employee.job_role),
        "department": func.lower(Department.name),
        "location": func.lower(Employee.location),
        "manager": manager.sort_name,
        "hired": Employee.hire_date,
    }
    column = columns.get(filters.sort)
    if column is None:
        last = [Employee.sort_name, Employee.id]
        return [one.desc() for one in last] if filters.desc else last
    return [(column.desc() if filters.desc else column.asc()).nulls_last(), Employee.sort_name, Employee.id]


def _named(typed: str) -> ColumnElement[bool]:
    found = [
        Employee.number.icontains(typed, autoescape=True),
        Employee.name.icontains(typed, autoescape=True),
        Employee.email.icontains(typed, autoescape=True),
    ]
    by_words = [Employee.sort_name.contains(word, autoescape=True) for word in fold(typed.replace(",", " ")).split()]
    return or_(*found, and_(true(), *by_words)) if by_words else or_(*found)


def _status(status: str) -> ColumnElement[bool]:
    if status == "leaving":
        return and_(Employee.status == "active", Employee.leaves_on.is_not(None))
    return Employee.status == status


def _has_account(wanted: tuple[str, ...]) -> ColumnElement[bool]:
    fits = select(User.id).where(account_state().in_([state for state in wanted if state != "none"]))
    with_user = Employee.user_id.in_(fits)
    return or_(Employee.user_id.is_(None), with_user) if "none" in wanted else with_user
