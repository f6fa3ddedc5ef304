"""The list of employees as a sheet: every fact of ORG-3 for whoever the filters find."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from lmsapp.infra.events import emit
from lmsapp.people.employees.events import EmployeesExported
from lmsapp.people.employees.filters import EmployeeFilters, conditions, order
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.organisation.rules import BETWEEN
from lmsapp.people.viewer import Viewer


def employee_sheet(viewer: Viewer, filters: EmployeeFilters) -> Select[*tuple[Any, ...]]:
    """Columns: number, name, e-mail, mobile, department (path), job role, location, region, hire date, cohort, status,
    last day, manager's number, HR partner's number, time zone, language: as a roster would bring them back."""
    path = select(Department.id, Department.name.label("words")).where(Department.parent_id.is_(None))
    above = path.cte("path", recursive=True)
    beneath = aliased(Department)
    words = above.c.words + BETWEEN + beneath.name
    above = above.union_all(select(beneath.id, words).join(above, beneath.parent_id == above.c.id))
    manager, partner = aliased(Employee), aliased(Employee)
    return (
        select(
            Employee.number,
            Employee.name,
            Employee.email,
            Employee.mobile,
            above.c.words,
            Employee.job_role,
            Employee.location,
            Employee.region,
            Employee.hire_date,
            Employee.cohort,
            Employee.status,
            Employee.left_on,
            manager.number.label("manager"),
            partner.number.label("partner"),
            Employee.time_zone,
            Employee.language,
        )
        .outerjoin(Department, Department.id == Employee.department_id)
        .outerjoin(above, above.c.id == Employee.department_id)
        .outerjoin(manager, manager.id == Employee.manager_id)
        .outerjoin(partner, partner.id == Employee.hr_partner_id)
        .where(*conditions(viewer, filters))
        .order_by(*order(filters, manager))
    )


def note_export(viewer: Viewer, people: int, asked: dict[str, Any]) -> None:
    """Somebody takes the sheet with them: it stands on the trail (EVD-3)."""
    emit(EmployeesExported(viewer, people, asked))
