"""The people of a manager's own line, to choose from and to act on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select

from lmsapp.infra.db import db
from lmsapp.people.employees.models import Employee, ReportingLine
from lmsapp.people.viewer import Viewer


def line_people(viewer: Viewer, wanted: Collection[int], limit: int) -> Sequence[Any]:
    """Active people of the line (id, name, job_role): `wanted` ones first, then direct reports, then by name."""
    return db.session.execute(
        select(Employee.id, Employee.name, Employee.job_role)
        .join(ReportingLine, ReportingLine.employee_id == Employee.id)
        .where(ReportingLine.manager_id == viewer.employee_id, Employee.status == "active")
        .order_by(Employee.id.in_(wanted).desc(), ReportingLine.depth > 1, Employee.sort_name, Employee.id)
        .limit(limit)
    ).all()


def line_employees(viewer: Viewer, employee_ids: Collection[int]) -> Sequence[Employee]:
    """The employees of those ids who report to the viewer, to act on."""
    line = select(ReportingLine.employee_id).where(ReportingLine.manager_id == viewer.employee_id)
    return db.session.scalars(
        select(Employee).where(Employee.id.in_(employee_ids), Employee.id.in_(line)).order_by(Employee.id)
    ).all()
