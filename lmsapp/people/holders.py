"""Who holds which role: how many, who, since when and by whose hand; and who leads by the reporting line (ORG-2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from lmsapp.infra.db import db
from lmsapp.infra.words import N_, NotAllowed
from lmsapp.people.accounts.models import User, UserRole
from lmsapp.people.employees.models import Department, Employee, ReportingLine
from lmsapp.people.roles import May, Role
from lmsapp.people.viewer import Viewer

PAGE = 25


@dataclass(frozen=True, slots=True)
class HolderPage:
    """One page, by name. Rows of a role: user_id, name, email, active, granted_at, granted_by (None: nobody by hand,
    as from the command line). Rows of line managers: employee_id, user_id, name, job_role, department, direct, reports.
    """

    rows: Sequence[Any]
    total: int
    number: int
    size: int = PAGE


def count_holders_by_role() -> dict[Role, int]:
    """How many open accounts hold each role."""
    held = select(UserRole.role, func.count()).join(User, User.id == UserRole.user_id).where(User.active)
    counted = {row[0]: row[1] for row in db.session.execute(held.group_by(UserRole.role))}
    return {role: counted.get(role.value, 0) for role in Role}


def count_line_managers() -> int:
    """How many people who work here have somebody reporting to them."""
    return db.session.scalar(select(func.count()).select_from(_leading().subquery())) or 0


def holders_of(viewer: Viewer, role: Role, number: int = 1) -> HolderPage:
    """Everybody with the role, closed accounts too. Raises NotAllowed but for system managers and auditors."""
    _may_look(viewer)
    giver = aliased(User)
    columns = (
        User.id.label("user_id"),
        User.name,
        User.email,
        User.active,
        UserRole.granted_at,
        giver.name.label("granted_by"),
    )
    statement = (
        select(*columns)
        .join(UserRole, (UserRole.user_id == User.id) & (UserRole.role == role.value))
        .outerjoin(giver, giver.id == UserRole.granted_by_id)
    )
    return _page(statement, number, func.lower(User.name), User.id)


def line_managers(viewer: Viewer, number: int = 1) -> HolderPage:
    """Everybody who leads, with how many report to them. Raises NotAllowed but for system managers and auditors."""
    _may_look(viewer)
    return _page(_leading(), number, Employee.sort_name, Employee.id)


def _leading() -> Select[*tuple[Any, ...]]:
    columns = (Employee.user_id, Employee.name, Employee.job_role, Department.name.label("department"))
    return (
        select(
            Employee.id.label("employee_id"),
            *columns,
            func.count().filter(ReportingLine.depth == 1).label("direct"),
            func.count().label("reports"),
        )
        .join(ReportingLine, ReportingLine.manager_id == Employee.id)
        .outerjoin(Department, Department.id == Employee.department_id)
        .where(Employee.status == "active")
        .group_by(Employee.id, *columns[:3], Department.name)
    )


def _page(statement: Select[*tuple[Any, ...]], number: int, *order: Any) -> HolderPage:
    total = db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    number = min(max(number, 1), max(1, -(-total // PAGE)))
    rows = db.session.execute(statement.order_by(*order).limit(PAGE).offset((number - 1) * PAGE))
    return HolderPage(rows.all(), total, number)


def _may_look(viewer: Viewer) -> None:
    if not viewer.may(May.CONFIGURE, May.AUDIT):
        raise NotAllowed(N_("Only system managers and auditors see who holds which role."))
