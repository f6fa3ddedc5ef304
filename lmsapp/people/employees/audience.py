"""Who is meant by job roles, departments and locations: the active employees who fit each (ASG-5, ENR-6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, select

from lmsapp.infra.db import db
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.organisation.queries import departments_below
from lmsapp.people.queries import employee_ids_visible_to
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Audience:
    """One of the job roles, one of the departments or of those beneath them, one of the locations; an empty list does
    not narrow.

    All empty: nobody.
    """

    job_roles: tuple[str, ...] = ()
    departments: tuple[int, ...] = ()
    locations: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.job_roles or self.departments or self.locations)


def audience_ids(viewer: Viewer, audience: Audience) -> Select[int]:
    """The ids, as a statement to be used in others; only people the viewer may see."""
    statement = select(Employee.id).where(Employee.status == "active", Employee.id.in_(employee_ids_visible_to(viewer)))
    if audience.job_roles:
        statement = statement.where(Employee.job_role.in_(audience.job_roles))
    if audience.departments:
        statement = statement.where(Employee.department_id.in_(departments_below(audience.departments)))
    if audience.locations:
        statement = statement.where(Employee.location.in_(audience.locations))
    return statement if audience else statement.where(Employee.id.is_(None))


def people_of(viewer: Viewer, audience: Audience, limit: int | None = None) -> list[Row[Any]]:
    """Who, by name. Columns: id, name, job_role, department, email, has_account."""
    return list(
        db.session.execute(
            select(
                Employee.id,
                Employee.name,
                Employee.job_role,
                Department.name.label("department"),
                Employee.email,
                Employee.user_id.is_not(None).label("has_account"),
            )
            .outerjoin(Department, Department.id == Employee.department_id)
            .where(Employee.id.in_(audience_ids(viewer, audience)))
            .order_by(Employee.sort_name, Employee.id)
            .limit(limit)
        )
    )


def employees_of(viewer: Viewer, audience: Audience) -> Sequence[Employee]:
    """The employees themselves, to act on, by name."""
    chosen = select(Employee).where(Employee.id.in_(audience_ids(viewer, audience)))
    return db.session.scalars(chosen.order_by(Employee.sort_name, Employee.id)).all()
