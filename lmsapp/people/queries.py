"""Who is asking, and whom they may see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, bindparam, exists, func, or_, select

from lmsapp.infra import site
from lmsapp.infra.db import db
from lmsapp.people.accounts.models import SignIn, User, UserRole
from lmsapp.people.accounts.rules import SessionLimits, narrowed
from lmsapp.people.employees.models import Department, Employee, ReportingLine
from lmsapp.people.labels.queries import VERSION
from lmsapp.people.roles import May, Role
from lmsapp.people.settings.models import SettingValue
from lmsapp.people.settings.rules import SETTINGS
from lmsapp.people.viewer import Viewer

IDLE, WHOLE = "session_idle_minutes", "session_hours"
CHOSEN_LIMITS = select(func.jsonb_object_agg(SettingValue.name, SettingValue.value)).where(
    SettingValue.name.in_((IDLE, WHOLE, VERSION))
)

# Built once: making a statement costs more Python than sending it.
VIEWER = (
    select(
        User.name,
        User.email,
        User.language,
        select(func.array_agg(UserRole.role)).where(UserRole.user_id == User.id).scalar_subquery().label("roles"),
        Employee.id.label("employee_id"),
        Employee.job_role,
        func.coalesce(User.time_zone, Employee.time_zone).label("time_zone"),
        Department.name.label("department"),
        exists().where(ReportingLine.manager_id == Employee.id).label("leads"),
        CHOSEN_LIMITS.scalar_subquery().label("limits"),
        SignIn.only_course,
        SignIn.ends_at,
    )
    .select_from(User)
    .outerjoin(SignIn, (SignIn.session_key == bindparam("key")) & (SignIn.user_id == User.id))
    .outerjoin(Employee, (Employee.user_id == User.id) & (Employee.status == "active"))
    .outerjoin(Department, Department.id == Employee.department_id)
    .where(
        User.id == bindparam("user_id"),
        User.session_epoch == bindparam("epoch"),
        User.active,
        SignIn.ended_at.is_(None),  # or there is no such session
    )
)
SEES_EVERYBODY = (May.KEEP_RECORDS, May.MODERATE, May.AUDIT)


def load_viewer(user_id: int, epoch: int, default_zone: str) -> Viewer | None:
    """The viewer as a session of that epoch would have them, or None when the account is closed or the epoch over."""
    found = load_session(user_id, epoch, "", default_zone)
    return found[0] if found else None


def viewer_now(user_id: int) -> Viewer | None:
    """As they would be signed in at this moment, for what is done on their behalf; None: their account is closed."""
    epoch = db.session.scalar(select(User.session_epoch).where(User.id == user_id))
    return load_viewer(user_id, epoch, site.time_zone()) if epoch is not None else None


def load_session(user_id: int, epoch: int, key: str, default_zone: str) -> tuple[Viewer, SessionLimits] | None:
    """The viewer of a session and how long it may last; None when it was ended (deactivated, password or roles
    changed, signed out).

    One statement, because every request pays for it.
    """
    row = db.session.execute(VIEWER, {"user_id": user_id, "epoch": epoch, "key": key}).one_or_none()
    if row is None:
        return None
    limited = row.only_course is not None
    roles = frozenset(Role(role) for role in row.roles or ())
    viewer = Viewer(
        user_id=user_id,
        employee_id=row.employee_id,
        name=row.name,
        email=row.email,
        title=", ".join(part for part in (row.job_role, row.department) if part),
        roles=roles & {Role.LMS_STUDENT} if limited else roles,
        leads=bool(row.leads) and not limited,
        language=row.language,
        zone=row.time_zone or default_zone,
        words_version=str((row.limits or {}).get(VERSION, "")),
        only_course=row.only_course,
        until=row.ends_at,
    )
    limits = _limits(row.limits or {})
    return viewer, narrowed(limits, row.ends_at) if limited else limits


def session_limits() -> SessionLimits:
    """How long sessions last at present."""
    return _limits(db.session.scalar(CHOSEN_LIMITS) or {})


def _limits(chosen: Mapping[str, Any]) -> SessionLimits:
    minutes, hours = (int(chosen.get(name, SETTINGS[name].default)) for name in (IDLE, WHOLE))
    return SessionLimits(dt.timedelta(minutes=minutes), dt.timedelta(hours=hours))


def employee_ids_visible_to(viewer: Viewer) -> Select[int]:
    """The ids of employees whose training and record the viewer may see: all, own line, or only themselves."""
    if viewer.may(*SEES_EVERYBODY):
        return select(Employee.id)
    own = select(Employee.id).where(Employee.id == viewer.employee_id)
    return select(line_of(viewer).union_all(own).subquery().c.employee_id) if viewer.leads else own


def line_of(viewer: Viewer) -> Select[int]:
    """The ids of everybody who reports to the viewer, directly or not, never the viewer; of the head of departments
    (`Viewer.as_head`) whoever works there, or did."""
    line = select(ReportingLine.employee_id).where(ReportingLine.manager_id == viewer.employee_id)
    if not viewer.heads:
        return line
    there, theirs = Employee.department_id.in_(viewer.heads), Employee.id.in_(line)
    return select(Employee.id.label("employee_id")).where(or_(there, theirs) if viewer.line_too else there)
