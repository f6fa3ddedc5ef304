"""What paths mean for somebody, made so: progress, locks and completion, in the transaction that causes it (CRS-4).

Safe to ask at any time and as often as one likes: it works everything out anew from the facts, and writes what differs.
Path enrollments are locked first, in the order of their ids, so that two last courses finished at the same instant
see each other.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager

from lmsapp.courses.paths.models import LearningPath
from lmsapp.courses.paths.rules import Role
from lmsapp.evidence.records.actions import Completed, record_completion
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.learning.enrollments.door import lift_lock, set_lock
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.paths.events import PathCompleted
from lmsapp.learning.paths.facts import AT_ONCE, closed_courses, facts_of, in_force
from lmsapp.learning.paths.models import PathEnrollment
from lmsapp.learning.paths.rules import CourseFact, OnPath, on_path
from lmsapp.people.employees.models import Department

LOCK = "path"
Wanted = dict[tuple[int, int], list[dict[str, Any]]]


def settle(employee_ids: Iterable[int]) -> None:
    """Make everything right that paths mean for these people."""
    ids = sorted(set(employee_ids))
    for start in range(0, len(ids), AT_ONCE):
        _settle(ids[start : start + AT_ONCE])


def _settle(employee_ids: Sequence[int]) -> None:
    taken = active_of(employee_ids)
    courses = {one for row in taken for one in in_force(row.path).course_ids}
    facts, closed = facts_of(employee_ids, courses), closed_courses(courses)
    wanted: Wanted = defaultdict(list)
    for row in taken:
        mine, today = facts.get(row.employee_id, {}), clock.today(row.employee.time_zone)
        if row.completed_at is None:
            held = on_path(in_force(row.path), mine, closed, today)
            row.progress = held.standing.progress
            if held.standing.complete:
                _complete(row, held, mine)
            else:
                _want(wanted, row, held)
    _write_locks(employee_ids, wanted)
    db.session.flush()


def active_of(employee_ids: Collection[int], *, hold: bool = True) -> Sequence[PathEnrollment]:
    """Everybody's paths that they were not taken off, held until commit, with path and employee."""
    statement = (
        select(PathEnrollment)
        .join(PathEnrollment.path)
        .join(PathEnrollment.employee)
        .options(contains_eager(PathEnrollment.path), contains_eager(PathEnrollment.employee))
        .where(
            PathEnrollment.employee_id.in_(employee_ids),
            PathEnrollment.withdrawn_at.is_(None),
            LearningPath.version > 0,
        )
        .order_by(PathEnrollment.id)
    )
    if hold:
        statement = statement.with_for_update(of=PathEnrollment).execution_options(populate_existing=True)
    return db.session.scalars(statement).all()


def _want(wanted: Wanted, row: PathEnrollment, held: OnPath) -> None:
    titles = {one.course_id: one.title for one in held.asked.items}
    for course_id, why in held.locked.items():
        wanted[row.employee_id, course_id].append(
            {
                "id": row.path_id,
                "title": row.path.title,
                "waits_for": [[one, titles[one]] for one in why.needs],
                "count": why.count,
            }
        )


def _write_locks(employee_ids: Sequence[int], wanted: Wanted) -> None:
    """One lock an enrollment, naming every path that closes it: open only when none does."""
    rows = db.session.scalars(
        select(Enrollment).where(
            Enrollment.employee_id.in_(employee_ids),
            or_(
                Enrollment.course_id.in_({course_id for _who, course_id in wanted}),
                Enrollment.locks.contains([{"kind": LOCK}]),
            ),
        )
    )
    for row in rows:
        paths = [] if row.started_at or row.completed_at else wanted.get((row.employee_id, row.course_id), [])
        there: list[Any] = next((one["paths"] for one in row.locks if one["kind"] == LOCK), [])
        if paths and paths != there:
            set_lock(row, LOCK, paths=paths, waits_for=_all_of(paths))
        elif there and not paths:
            lift_lock(row, LOCK)


def _all_of(paths: list[dict[str, Any]]) -> list[list[Any]]:
    """[course id, title] of what is missing by any of the paths, each once."""
    return [list(one) for one in dict.fromkeys((key, title) for path in paths for key, title in path["waits_for"])]


def _complete(row: PathEnrollment, held: OnPath, facts: Mapping[int, CourseFact]) -> None:
    """The record names the version, each course with its day, and until when it is valid."""
    now = clock.now()
    employee = row.employee
    department = db.session.scalar(select(Department.name).where(Department.id == employee.department_id))
    zone = clock.zone(employee.time_zone)
    criteria = [
        {
            "kind": "course",
            "course_id": one.course_id,
            "title": one.title,
            "role": one.role.value,
            "met": one.course_id in held.done,
            "completed_on": _day(facts, one.course_id, zone),
            "valid_until": _until(facts, one.course_id),
        }
        for one in held.asked.items
        if one.role is not Role.OPTIONAL or one.course_id in held.done
    ]
    record = record_completion(
        employee,
        department or "",
        Completed(
            subject=("path", row.path_id),
            title=row.path.title,
            content_version=held.asked.version,
            content_sha256=held.asked.sha256,
            rule_version=held.asked.version,
            criteria=criteria,
        ),
        at=now,
        by=None,
    )
    row.completed_at, row.version, row.record_id, row.progress = now, held.asked.version, record.id, 100
    db.session.flush()
    emit(PathCompleted(row, record))


def _day(facts: Mapping[int, CourseFact], course_id: int, zone: dt.tzinfo) -> str | None:
    at = facts[course_id].completed_at if course_id in facts else None
    return at.astimezone(zone).date().isoformat() if at else None


def _until(facts: Mapping[int, CourseFact], course_id: int) -> str | None:
    until = facts[course_id].valid_until if course_id in facts else None
    return until.isoformat() if until else None
