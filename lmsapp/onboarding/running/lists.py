"""Many onboardings: the list with its filters, the sheet, who was not started, one's own part in those of others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, case, cast, exists, func, literal, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.onboarding.running import rules
from lmsapp.onboarding.running.models import Onboarding, OnboardingTask
from lmsapp.onboarding.running.queries import scope
from lmsapp.onboarding.running.rules import FINISHED, Standing
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.viewer import Viewer

PAGE = 50
LATE = exists().where(
    OnboardingTask.onboarding_id == Onboarding.id,
    OnboardingTask.state == "open",
    OnboardingTask.due_at <= bindparam("now"),
)


@dataclass(frozen=True, slots=True)
class OnboardingFilters:
    """Empty lists filter nothing, but without `standings` only what runs is listed. Managers by employee id."""

    q: str = ""
    departments: tuple[int, ...] = ()
    managers: tuple[int, ...] = ()
    standings: tuple[Standing, ...] = ()
    page: int = 1


@dataclass(frozen=True, slots=True)
class OnboardingPage:
    """Rows: id, employee_id, name, number, job_role, department, manager, template_name, first_day, time_zone,
    closed_as, closed_at, late, standing, done, total, next_title, next_who, next_due, next_state."""

    rows: Sequence[Mapping[str, Any]]
    total: int
    number: int
    size: int = PAGE


def list_onboardings(viewer: Viewer, filters: OnboardingFilters, *wanted: str) -> OnboardingPage:
    """One page of those meant by `scope`: late ones first, then the newest. Three statements for 5 rows or 50."""
    now = clock.now()
    conditions = _conditions(viewer, filters, now, wanted)
    total = db.session.scalar(_joined(select(func.count())).where(*conditions), {"now": now}) or 0
    number = min(max(filters.page, 1), max(-(-total // PAGE), 1))
    manager = aliased(Employee)
    rows = db.session.execute(
        _joined(
            select(
                Onboarding.id,
                Onboarding.employee_id,
                Employee.name,
                Employee.number,
                Employee.job_role,
                Department.name.label("department"),
                manager.name.label("manager"),
                Onboarding.template_name,
                Onboarding.first_day,
                Employee.time_zone,
                Onboarding.closed_as,
                Onboarding.closed_at,
                LATE.label("late"),
            )
        )
        .outerjoin(manager, manager.id == Employee.manager_id)
        .where(*conditions)
        .order_by(*_order())
        .limit(PAGE)
        .offset((number - 1) * PAGE),
        {"now": now},
    ).mappings()
    return OnboardingPage(_with_progress([dict(row) for row in rows]), total, number)


def sheet(viewer: Viewer, filters: OnboardingFilters, labels: Mapping[str, str]) -> Select[*tuple[Any, ...]]:
    """What the filters show, all of it, for `sheets.as_csv`. `labels`: the word for each standing.

    Columns: number, person, department, job role, manager, template, first day, standing, done, of, late, closed on.
    """
    now = clock.now()
    manager, counts = aliased(Employee), _counts().subquery()
    late = _late_at(now)
    word = case(*((_is_standing(one, now), literal(labels[one.value])) for one in Standing), else_=literal(""))
    return (
        _joined(
            select(
                Employee.number,
                Employee.name,
                Department.name,
                Employee.job_role,
                manager.name,
                Onboarding.template_name,
                Onboarding.first_day,
                word,
                counts.c.done,
                counts.c.total,
                case((late, literal("1")), else_=literal("")),
                cast(Onboarding.closed_at, Date),
            )
        )
        .outerjoin(manager, manager.id == Employee.manager_id)
        .outerjoin(counts, counts.c.onboarding_id == Onboarding.id)
        .where(*_conditions(viewer, filters, now, ("hr",)))
        .order_by(Onboarding.closed_as.is_not(None), Onboarding.first_day.desc(), Onboarding.id.desc())
    )


def managers_of_newcomers(viewer: Viewer) -> list[tuple[int, str]]:
    """(id, name) of managers who have somebody new, to filter by."""
    manager = aliased(Employee)
    rows = db.session.execute(
        select(manager.id, manager.name, manager.sort_name)
        .join(Employee, Employee.manager_id == manager.id)
        .join(Onboarding, Onboarding.employee_id == Employee.id)
        .where(scope(viewer, "hr", "line"))
        .distinct()
        .order_by(manager.sort_name, manager.id)
    )
    return [(row.id, row.name) for row in rows]


def _joined(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return (
        statement.select_from(Onboarding)
        .join(Employee, Employee.id == Onboarding.employee_id)
        .outerjoin(Department, Department.id == Employee.department_id)
    )


def _late_at(now: dt.datetime) -> ColumnElement[bool]:
    return exists().where(
        OnboardingTask.onboarding_id == Onboarding.id, OnboardingTask.state == "open", OnboardingTask.due_at <= now
    )


def _is_standing(wanted: Standing, now: dt.datetime) -> ColumnElement[bool]:
    """`rules.standing` as SQL."""
    running, late = Onboarding.closed_as.is_(None), _late_at(now)
    here = cast(func.timezone(Employee.time_zone, now), Date)
    match wanted:
        case Standing.LATE:
            return and_(running, late)
        case Standing.AHEAD:
            return and_(running, ~late, Onboarding.first_day > here)
        case Standing.RUNNING:
            return and_(running, ~late, Onboarding.first_day <= here)
    words = [closed_as for closed_as, standing in rules.CLOSED.items() if standing is wanted]
    return Onboarding.closed_as.in_(words)


def _conditions(
    viewer: Viewer, filters: OnboardingFilters, now: dt.datetime, wanted: tuple[str, ...]
) -> list[ColumnElement[bool]]:
    conditions = [scope(viewer, *wanted)]
    if filters.standings:
        conditions.append(or_(*(_is_standing(one, now) for one in filters.standings)))
    else:
        conditions.append(Onboarding.closed_as.is_(None))
    if filters.departments:
        conditions.append(Employee.department_id.in_(filters.departments))
    if filters.managers:
        conditions.append(Employee.manager_id.in_(filters.managers))
    if filters.q.strip():
        typed = filters.q.strip()
        conditions.append(
            or_(Employee.name.icontains(typed, autoescape=True), Employee.number.icontains(typed, autoescape=True))
        )
    return conditions


def _order() -> tuple[Any, ...]:
    return (
        Onboarding.closed_as.is_not(None),
        LATE.desc(),
        Onboarding.first_day.desc(),
        Onboarding.id.desc(),
    )


def _counts() -> Select[*tuple[Any, ...]]:
    """Progress as `OnboardingView` counts it."""
    required = func.count().filter(OnboardingTask.required)
    finished = OnboardingTask.state.in_(FINISHED)
    return select(
        OnboardingTask.onboarding_id,
        case((required > 0, required), else_=func.count()).label("total"),
        case(
            (required > 0, func.count().filter(OnboardingTask.required & finished)),
            else_=func.count().filter(finished),
        ).label("done"),
    ).group_by(OnboardingTask.onboarding_id)


def _with_progress(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    ids = [row["id"] for row in rows]
    counted = {
        row.onboarding_id: row for row in db.session.execute(_counts().where(OnboardingTask.onboarding_id.in_(ids)))
    }
    following = {
        row.onboarding_id: row
        for row in db.session.execute(
            select(
                OnboardingTask.onboarding_id,
                OnboardingTask.title,
                OnboardingTask.who,
                OnboardingTask.due_on,
                OnboardingTask.state,
            )
            .ext(distinct_on(OnboardingTask.onboarding_id))
            .where(OnboardingTask.onboarding_id.in_(ids), OnboardingTask.state.in_(("open", "waiting")))
            .order_by(
                OnboardingTask.onboarding_id,
                OnboardingTask.required.desc(),
                OnboardingTask.due_on,
                OnboardingTask.position,
            )
        )
    }
    for row in rows:
        count, step = counted.get(row["id"]), following.get(row["id"])
        running = step is not None and row["closed_as"] is None
        today = clock.today(row["time_zone"])
        row |= {
            "done": count.done if count else 0,
            "total": count.total if count else 0,
            "standing": rules.standing(row["closed_as"], late=row["late"], first_day=row["first_day"], today=today),
            "next_title": step.title if running and step else None,
            "next_who": ("hr" if step.state == "waiting" else step.who) if running and step else None,
            "next_due": step.due_on if running and step else None,
            "today": today,
        }
    return rows
