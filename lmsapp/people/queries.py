"""Who is asking, and whom they may see."""

from __future__ import annotations

from sqlalchemy import Select, bindparam, exists, func, select

from lmsapp.infra.db import db
from lmsapp.people.accounts.models import User, UserRole
from lmsapp.people.employees.models import Department, Employee, ReportingLine
from lmsapp.people.roles import May, Role
from lmsapp.people.viewer import Viewer

# Built once: making a statement costs more Python than sending it.
VIEWER = (
    select(
        User.name,
        User.email,
        User.language,
        select(func.array_agg(UserRole.role)).where(UserRole.user_id == User.id).scalar_subquery().label("roles"),
        Employee.id.label("employee_id"),
        Employee.job_role,
        Employee.time_zone,
        Department.name.label("department"),
        exists().where(ReportingLine.manager_id == Employee.id).label("leads"),
    )
    .select_from(User)
    .outerjoin(Employee, (Employee.user_id == User.id) & (Employee.status == "active"))
    .outerjoin(Department, Department.id == Employee.department_id)
    .where(User.id == bindparam("user_id"), User.session_epoch == bindparam("epoch"), User.active)
)
SEES_EVERYBODY = (May.KEEP_RECORDS, May.MODERATE, May.AUDIT)


def load_viewer(user_id: int, epoch: int, default_zone: str) -> Viewer | None:
    """The viewer of a session, or None when the session is over (deactivated, password or roles changed).

    One statement, because every request pays for it.
    """
    row = db.session.execute(VIEWER, {"user_id": user_id, "epoch": epoch}).one_or_none()
    if row is None:
        return None
    return Viewer(
        user_id=user_id,
        employee_id=row.employee_id,
        name=row.name,
        email=row.email,
        title=", ".join(part for part in (row.job_role, row.department) if part),
        roles=frozenset(Role(role) for role in row.roles or ()),
        leads=bool(row.leads),
        language=row.language,
        zone=row.time_zone or default_zone,
    )


def employee_ids_visible_to(viewer: Viewer) -> Select[int]:
    """The ids of employees whose training and record the viewer may see: all, own line, or only themselves."""
    if viewer.may(*SEES_EVERYBODY):
        return select(Employee.id)
    line = select(ReportingLine.employee_id).where(ReportingLine.manager_id == viewer.employee_id)
    own = select(Employee.id).where(Employee.id == viewer.employee_id)
    return select(line.union_all(own).subquery().c.employee_id) if viewer.leads else own


def line_of(viewer: Viewer) -> Select[int]:
    """The ids of everybody who reports to the viewer, directly or not; never the viewer."""
    return select(ReportingLine.employee_id).where(ReportingLine.manager_id == viewer.employee_id)
