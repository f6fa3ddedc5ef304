"""Whom publishing a changed path would change, before anything does (CRS-4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from lmsapp.courses.paths.models import LearningPath
from lmsapp.courses.paths.queries import draft_of
from lmsapp.courses.paths.rules import Asked
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.paths.facts import closed_courses, facts_of, in_force
from lmsapp.learning.paths.models import PathEnrollment
from lmsapp.learning.paths.rules import CourseFact, OnPath, on_path
from lmsapp.people.employees.models import Employee

CHANGES_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Change:
    """What publishing the draft would change for one person: per cent before and after, titles that open or lock."""

    employee_id: int
    name: str
    before: int
    after: int
    opens: tuple[str, ...]
    locks: tuple[str, ...]
    new: tuple[str, ...]
    completes: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """`people` on the path who have not completed it; `changes` of them, at most a hundred; `changed` is all."""

    people: int
    changes: tuple[Change, ...] = ()
    changed: int = 0
    completing: int = 0
    counts: Counter[str] = field(default_factory=Counter)


def preview_of(path: LearningPath) -> Preview:
    """Whose progress or locks would change if the draft were published now. Whoever completed the path is not asked."""
    rows = db.session.execute(
        select(PathEnrollment.employee_id, Employee.name, Employee.time_zone)
        .join(Employee, Employee.id == PathEnrollment.employee_id)
        .where(
            PathEnrollment.path_id == path.id,
            PathEnrollment.withdrawn_at.is_(None),
            PathEnrollment.completed_at.is_(None),
            Employee.status == "active",
        )
        .order_by(Employee.sort_name, Employee.id)
    ).all()
    now, then = in_force(path), draft_of(path)
    courses = {*now.course_ids, *then.course_ids}
    facts, closed = facts_of([row.employee_id for row in rows], courses), closed_courses(courses)
    found = []
    for row in rows:
        mine, today = facts.get(row.employee_id, {}), clock.today(row.time_zone)
        change = _change(row, on_path(now, mine, closed, today), on_path(then, mine, closed, today), mine)
        if change is not None:
            found.append(change)
    counts = Counter({name: sum(bool(getattr(one, name)) for one in found) for name in ("opens", "locks", "new")})
    completing = sum(one.completes for one in found)
    return Preview(len(rows), tuple(found[:CHANGES_SHOWN]), len(found), completing, counts)


def _change(row: Any, now: OnPath, then: OnPath, facts: dict[int, CourseFact]) -> Change | None:
    def titles(keys: Iterable[int], asked: Asked) -> tuple[str, ...]:
        wanted = set(keys)
        return tuple(one.title for one in asked.items if one.course_id in wanted)

    opens = titles((now.locked.keys() - then.locked.keys()) & set(then.asked.course_ids), then.asked)
    change = Change(
        employee_id=row.employee_id,
        name=row.name,
        before=now.standing.progress,
        after=then.standing.progress,
        opens=opens,
        locks=titles(then.locked.keys() - now.locked.keys(), then.asked),
        new=titles((key for key in then.asked.course_ids if key not in facts), then.asked),
        completes=then.standing.complete,
    )
    same = change.before == change.after and not (change.opens or change.locks or change.new or change.completes)
    return None if same else change
