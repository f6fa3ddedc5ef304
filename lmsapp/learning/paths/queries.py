"""What to show of paths: one's own, and those of people the viewer may see (CRS-4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import contains_eager

from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.catalogue.rules import CourseStatus
from lmsapp.courses.paths.rules import Item, Locked, Role
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.paths.facts import facts_of, in_force
from lmsapp.learning.paths.models import PathEnrollment
from lmsapp.learning.paths.rules import CourseFact, OnPath, PathState, on_path, state, valid_until
from lmsapp.people.employees.models import Department
from lmsapp.people.queries import employee_ids_visible_to
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class ItemState:
    """A course of a path for one person. `look`: 'done', 'begun', 'open', 'locked', or 'lost': they cannot reach it.

    `locked`: why, where it is; `waits_for`: (course id, title) of what is missing. `minutes` None: no such course.
    """

    item: Item
    look: str
    fact: CourseFact | None
    locked: Locked | None
    waits_for: tuple[tuple[int, str], ...]
    minutes: int
    expired: bool


@dataclass(frozen=True, slots=True)
class PathView:
    """A path as one person meets it. `next`: where to go on, None when there is nothing to do."""

    id: int
    path_id: int
    title: str
    summary: str
    path_status: str
    employee_id: int
    name: str
    department: str
    state: PathState
    progress: int
    have: int
    need: int
    electives: int
    due_on: dt.date | None
    enrolled_at: dt.datetime
    completed_at: dt.datetime | None
    valid_until: dt.date | None
    items: tuple[ItemState, ...]
    last_active_at: dt.datetime | None
    record_id: int | None

    @property
    def next(self) -> ItemState | None:
        """What was begun, else the first open one; optional courses last."""
        can = [one for one in self.items if one.look in ("begun", "open")]
        order = {"begun": 0, "open": 1}
        return min(can, key=lambda one: (one.item.role is Role.OPTIONAL, order[one.look]), default=None)


def my_paths(viewer: Viewer) -> list[PathView]:
    """The viewer's own, what is not completed first, earliest due first. Three statements at most, one without any.

    Without their department, which is nobody's question there.
    """
    shown = views_of(db.session.scalars(_mine(), {"employee_id": viewer.employee_id}).all(), departments=False)
    return sorted(shown, key=lambda one: (one.completed_at is not None, one.due_on or dt.date.max, one.id))


@cache
def _mine() -> Select[PathEnrollment]:
    """Built once, when every model is known: everybody's home page asks."""
    return with_all_it_names().where(
        PathEnrollment.employee_id == bindparam("employee_id"), PathEnrollment.withdrawn_at.is_(None)
    )


def my_path(viewer: Viewer, path_id: int) -> PathView | None:
    """The viewer's own path, or None."""
    rows = db.session.scalars(
        with_all_it_names().where(
            PathEnrollment.employee_id == viewer.employee_id,
            PathEnrollment.path_id == path_id,
            PathEnrollment.withdrawn_at.is_(None),
        )
    ).all()
    return next(iter(views_of(rows)), None)


def paths_of_person(viewer: Viewer, employee_id: int) -> list[PathView]:
    """One person's, for those who may see them; those they were taken off are last."""
    visible = employee_ids_visible_to(viewer)
    rows = db.session.scalars(
        with_all_it_names().where(PathEnrollment.employee_id == employee_id, PathEnrollment.employee_id.in_(visible))
    ).all()
    return sorted(
        views_of(rows), key=lambda one: (one.state is PathState.WITHDRAWN, one.completed_at is not None, one.id)
    )


def path_enrollment_for(viewer: Viewer, path_id: int, row_id: int) -> PathEnrollment | None:
    """Somebody on that path, to act on, or None; only people the viewer may see."""
    return db.session.scalars(
        with_all_it_names().where(
            PathEnrollment.id == row_id,
            PathEnrollment.path_id == path_id,
            PathEnrollment.employee_id.in_(employee_ids_visible_to(viewer)),
        )
    ).one_or_none()


def with_all_it_names() -> Select[PathEnrollment]:
    """Path enrollments with path and employee loaded, each by a join that conditions may use."""
    return (
        select(PathEnrollment)
        .join(PathEnrollment.path)
        .join(PathEnrollment.employee)
        .options(contains_eager(PathEnrollment.path), contains_eager(PathEnrollment.employee))
    )


def views_of(rows: Sequence[PathEnrollment], *, departments: bool = True) -> list[PathView]:
    """As `views`, path and employee loaded: three statements, however many rows; two without departments."""
    if not rows:
        return []
    courses = {one for row in rows for one in in_force(row.path).course_ids}
    facts = facts_of([row.employee_id for row in rows], courses)
    known = {row.id: row for row in db.session.execute(KNOWN, {"ids": sorted(courses)})}
    closed = frozenset(row.id for row in known.values() if row.status != CourseStatus.PUBLISHED)
    named = _departments(rows) if departments else {}
    return [_view(row, facts.get(row.employee_id, {}), closed, known, named) for row in rows]


KNOWN = select(Course.id, Course.title, Course.minutes, Course.status).where(
    Course.id.in_(bindparam("ids", expanding=True))
)


def _departments(rows: Sequence[PathEnrollment]) -> dict[int, str]:
    ids = {row.employee.department_id for row in rows} - {None}
    if not ids:
        return {}
    return {
        row.id: row.name
        for row in db.session.execute(select(Department.id, Department.name).where(Department.id.in_(ids)))
    }


def _view(
    row: PathEnrollment,
    facts: dict[int, CourseFact],
    closed: frozenset[int],
    known: dict[int, Any],
    departments: dict[int, str],
) -> PathView:
    today = clock.today(row.employee.time_zone)
    held = on_path(in_force(row.path), facts, closed, today)
    done = row.completed_at is not None
    items = tuple(_item(one, held, facts, known, finished=done) for one in held.asked.items)
    until = valid_until(held.asked, facts) if done else None
    mine = [fact for key, fact in facts.items() if key in held.asked.course_ids]
    return PathView(
        id=row.id,
        path_id=row.path_id,
        title=row.path.title,
        summary=row.path.summary,
        path_status=row.path.status,
        employee_id=row.employee_id,
        name=row.employee.name,
        department=departments.get(row.employee.department_id or 0, ""),
        state=state(
            withdrawn=row.withdrawn_at is not None,
            completed=done,
            started=any(fact.touched for fact in mine),
            valid_until=until,
            today=today,
        ),
        progress=100 if done else held.standing.progress,
        have=held.standing.have,
        need=held.standing.need,
        electives=held.asked.electives,
        due_on=row.due_on,
        enrolled_at=row.enrolled_at,
        completed_at=row.completed_at,
        valid_until=until,
        items=items,
        last_active_at=max((fact.last_active_at for fact in mine if fact.last_active_at), default=None),
        record_id=row.record_id,
    )


def _item(
    item: Item, held: OnPath, facts: dict[int, CourseFact], known: dict[int, Any], *, finished: bool
) -> ItemState:
    fact = facts.get(item.course_id)
    why = None if finished else held.locked.get(item.course_id)
    there = known[item.course_id]
    if item.course_id in held.done:
        look = "done"
    elif fact is None or fact.withdrawn:
        look = "lost"
    elif why is not None:
        look = "locked"
    else:
        look = "begun" if fact.started_at and not fact.completed_at else "open"
    return ItemState(
        item=Item(item.course_id, there.title, item.role, item.section, item.needs, item.needed),
        look=look,
        fact=fact,
        locked=why,
        waits_for=tuple((one, known[one].title) for one in why.needs) if why else (),
        minutes=there.minutes,
        expired=fact is not None and fact.completed_at is not None and item.course_id not in held.done,
    )
