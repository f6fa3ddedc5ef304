"""Who was not started, what waits for HR, one's own part in the first weeks of others, and how far one's own are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, or_, select

from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.onboarding.running import rules
from lmsapp.onboarding.running.models import Onboarding, OnboardingTask
from lmsapp.onboarding.running.queries import HR, PARTNER, not_over, scope
from lmsapp.onboarding.running.rules import FINISHED, WhyNotStarted
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.queries import employee_ids_visible_to
from lmsapp.people.settings.queries import settings
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class NotStarted:
    """Who came not long ago and has no onboarding. Rows: (id, name, number, job_role, department, hire_date), why."""

    rows: Sequence[tuple[Any, WhyNotStarted]]
    total: int


def not_started(viewer: Viewer, limit: int = 200) -> NotStarted:
    """Active people hired within the window, or still to come, or nobody knows when, without onboarding; newest first.

    Whoever was hired earlier was here before this system and is no newcomer, whenever the record was made.
    """
    known, now = settings(), clock.now()
    window = int(known["onboarding_window_days"])
    since = now - dt.timedelta(days=window)
    conditions = (
        Employee.status == "active",
        Employee.id.in_(employee_ids_visible_to(viewer)),
        or_(
            and_(Employee.hire_date.is_(None), Employee.created_at >= since),
            Employee.hire_date >= since.date(),
        ),
        ~exists().where(Onboarding.employee_id == Employee.id),
    )
    rows = db.session.execute(
        select(
            Employee.id,
            Employee.name,
            Employee.number,
            Employee.job_role,
            Department.name.label("department"),
            Employee.hire_date,
            Employee.time_zone,
        )
        .outerjoin(Department, Department.id == Employee.department_id)
        .where(*conditions)
        .order_by(Employee.hire_date.desc().nulls_first(), Employee.id.desc())
        .limit(limit)
    ).all()
    total = len(rows)
    if total == limit:
        total = db.session.scalar(select(func.count()).select_from(Employee).where(*conditions)) or 0

    def why(row: Any) -> WhyNotStarted:
        today = clock.today(row.time_zone)
        switched = bool(known["onboard_joiners"])
        found = rules.why_not_started(row.hire_date, today=today, window_days=window, switched_on=switched)
        return found or WhyNotStarted.BY_HAND

    return NotStarted([(row, why(row)) for row in rows], total)


def tasks_for_partner(viewer: Viewer) -> Sequence[Any]:
    """Open tasks the viewer has in the first weeks of others, as their HR business partner: id, title,
    instructions_html, due_on, due_at, kind, state, name, job_role, first_day."""
    if viewer.employee_id is None:
        return []
    return db.session.execute(
        select(
            OnboardingTask.id,
            OnboardingTask.title,
            OnboardingTask.instructions_html,
            OnboardingTask.due_on,
            OnboardingTask.due_at,
            OnboardingTask.kind,
            OnboardingTask.state,
            OnboardingTask.reason,
            Employee.name,
            Employee.job_role,
            Onboarding.first_day,
        )
        .join(Onboarding, Onboarding.id == OnboardingTask.onboarding_id)
        .join(Employee, Employee.id == Onboarding.employee_id)
        .where(
            scope(viewer, PARTNER),
            OnboardingTask.who == "partner",
            OnboardingTask.state.in_(("open", "waiting")),
            not_over(),
        )
        .order_by(OnboardingTask.due_on, OnboardingTask.id)
    ).all()


def documents_waiting(viewer: Viewer, limit: int = 50) -> Sequence[Any]:
    """What newcomers handed in and HR has not looked at yet, the earliest due first; nothing for who keeps no records.

    Rows: id, title, onboarding_id, name, number, due_on."""
    return db.session.execute(
        select(
            OnboardingTask.id,
            OnboardingTask.title,
            OnboardingTask.onboarding_id,
            Employee.name,
            Employee.number,
            OnboardingTask.due_on,
        )
        .join(Onboarding, Onboarding.id == OnboardingTask.onboarding_id)
        .join(Employee, Employee.id == Onboarding.employee_id)
        .where(scope(viewer, HR), OnboardingTask.state == "waiting", not_over())
        .order_by(OnboardingTask.due_on, OnboardingTask.id)
        .limit(limit)
    ).all()


@dataclass(frozen=True, slots=True)
class OwnProgress:
    """For the home page: how far one's own onboarding is, and the next task of one's own."""

    id: int
    done: int
    total: int
    next_title: str | None
    next_due: dt.date | None


# Built once: the home page of everybody asks.
OWN = (
    select(
        OnboardingTask.onboarding_id,
        OnboardingTask.title,
        OnboardingTask.who,
        OnboardingTask.state,
        OnboardingTask.required,
        OnboardingTask.due_on,
    )
    .join(Onboarding, Onboarding.id == OnboardingTask.onboarding_id)
    .where(Onboarding.employee_id == bindparam("employee_id"), Onboarding.closed_as.is_(None))
    .order_by(OnboardingTask.due_on, OnboardingTask.position, OnboardingTask.id)
)


def own_progress(viewer: Viewer) -> OwnProgress | None:
    """The viewer's own running onboarding, or None. One statement."""
    rows = db.session.execute(OWN, {"employee_id": viewer.employee_id}).all()
    if not rows:
        return None
    counted = [row for row in rows if row.required] or rows
    following = next((row for row in rows if row.who == "employee" and row.state == "open"), None)
    return OwnProgress(
        rows[0].onboarding_id,
        sum(row.state in FINISHED for row in counted),
        len(counted),
        following.title if following else None,
        following.due_on if following else None,
    )
