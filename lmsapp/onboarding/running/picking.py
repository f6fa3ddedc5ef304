"""The people somebody ticked, to act on."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from lmsapp.infra.db import db
from lmsapp.people.employees.models import Employee
from lmsapp.people.queries import employee_ids_visible_to
from lmsapp.people.viewer import Viewer


def chosen_employees(viewer: Viewer, employee_ids: Sequence[int]) -> Sequence[Employee]:
    """Those of the ids whom the viewer may see, by name."""
    return db.session.scalars(
        select(Employee)
        .where(Employee.id.in_(employee_ids), Employee.id.in_(employee_ids_visible_to(viewer)))
        .order_by(Employee.sort_name, Employee.id)
    ).all()
