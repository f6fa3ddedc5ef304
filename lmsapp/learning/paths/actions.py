"""Putting people on a path, taking them off, and following what happens to courses and paths (CRS-4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.catalogue.rules import CourseStatus
from lmsapp.courses.paths.events import PathPublished
from lmsapp.courses.paths.models import LearningPath
from lmsapp.courses.paths.rules import PathStatus
from lmsapp.evidence.audit.actions import record_change, record_changes
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.learning.enrollments.actions import enroll_many
from lmsapp.learning.enrollments.events import CompletionTakenBack, CourseCompleted
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.paths.events import PathWithdrawn
from lmsapp.learning.paths.facts import in_force
from lmsapp.learning.paths.models import PathEnrollment
from lmsapp.learning.paths.settling import active_of, settle
from lmsapp.people.employees.models import Employee
from lmsapp.people.viewer import Viewer

SOURCE = "path"  # of an enrollment that came with one


@dataclass(frozen=True, slots=True)
class PathResult:
    """Ids of employees: who is new on the path, and who was on it before."""

    created: tuple[int, ...]
    already: tuple[int, ...]


def enroll_in_path(
    employee: Employee, path: LearningPath, *, by: Viewer | None, source: str = "staff", due_on: dt.date | None = None
) -> PathEnrollment:
    """Put somebody on the path, or answer with the row that is there; who was taken off comes back.

    Raises RuleBroken when the path takes nobody, or when they have left.
    """
    if employee.status != "active":
        raise RuleBroken(N_("%(name)s has left and cannot be enrolled."), name=employee.name)
    enroll_many_in_path([employee], path, by=by, source=source, due_on=due_on)
    return db.session.scalars(
        select(PathEnrollment).where(PathEnrollment.employee_id == employee.id, PathEnrollment.path_id == path.id)
    ).one()


def enroll_many_in_path(
    employees: Sequence[Employee],
    path: LearningPath,
    *,
    by: Viewer | None,
    source: str = "staff",
    due_on: dt.date | Mapping[int, dt.date] | None = None,
) -> PathResult:
    """Put all of them on the path and enroll them in its courses, in one transaction. People who left are passed over.

    `due_on` is one date, or one by employee's id; who is on the path already keeps a date they have. Raises RuleBroken.
    """
    if path.status != PathStatus.PUBLISHED:
        raise RuleBroken(N_("“%(title)s” is not open: it is not published."), title=path.title)
    active = [one for one in employees if one.status == "active"]
    ids = [one.id for one in active]
    due = due_on if isinstance(due_on, Mapping) else dict.fromkeys(ids, due_on)
    active_of(ids)  # held in the one order, before any of them changes
    there = {row.employee_id: row for row in _rows(path.id, ids)}
    fresh = [one for one in ids if one not in there]
    new = _insert(path, fresh, due, source, by)
    back = [one for one in there.values() if one.withdrawn_at is not None]
    for row in back:
        before = {"withdrawn_at": row.withdrawn_at, "due_on": row.due_on}
        record_change("on the path again", ("path_enrollment", row.id), by=by, before=before)
        row.withdrawn_at = None
        if row.completed_at is None:
            row.due_on = None  # of the last time; the new one, if there is one, follows
    for row in there.values():
        _date(row, due.get(row.employee_id), by)
    db.session.flush()
    _enroll_in_courses(path, ids, by)
    _open_again(path, ids, by)
    settle(ids)
    created = {*new, *(one.employee_id for one in back)}
    return PathResult(tuple(one for one in ids if one in created), tuple(one for one in ids if one not in created))


def withdraw_from_path(row: PathEnrollment, *, by: Viewer | None, reason: str) -> None:
    """Take somebody off a path. What they did stays, and so do their courses; nothing is locked by it any more.

    Raises RuleBroken without a reason, or when the path is completed. Path and employee are loaded.
    """
    reason = reason.strip()
    if not reason:
        raise RuleBroken(N_("Give a reason; it stays on record."), field="reason")
    active_of([row.employee_id])  # all of theirs are held, in the one order, before this one changes
    db.session.refresh(row, ["completed_at", "withdrawn_at"])
    if row.completed_at is not None:
        raise RuleBroken(N_("This path is completed; nothing about it can change."))
    if row.withdrawn_at is not None:
        return
    row.withdrawn_at = clock.now()
    after = {"withdrawn_at": row.withdrawn_at}
    record_change("taken off the path", ("path_enrollment", row.id), by=by, before={}, after=after, reason=reason)
    db.session.flush()
    settle([row.employee_id])
    emit(PathWithdrawn(row, by, reason))


def follow_completion(event: CourseCompleted | CompletionTakenBack) -> None:
    """A course was completed, by whichever way, or no longer counts: what waits for it opens or closes, at once."""
    employee_id = event.enrollment.employee_id
    on_one = select(PathEnrollment.id).where(
        PathEnrollment.employee_id == employee_id, PathEnrollment.withdrawn_at.is_(None)
    )
    if db.session.scalar(on_one.limit(1)) is not None:
        settle([employee_id])


def follow_publication(event: PathPublished) -> None:
    """The path asks something else from now on: whoever is on it gets its courses, locks and progress."""
    ids = db.session.scalars(
        select(PathEnrollment.employee_id)
        .join(Employee, Employee.id == PathEnrollment.employee_id)
        .where(
            PathEnrollment.path_id == event.path.id,
            PathEnrollment.withdrawn_at.is_(None),
            PathEnrollment.completed_at.is_(None),
            Employee.status == "active",
        )
    ).all()
    if ids:
        _enroll_in_courses(event.path, ids, event.by)
        settle(ids)


def _enroll_in_courses(path: LearningPath, employee_ids: Sequence[int], by: Viewer | None) -> None:
    """In every course that takes new learners; who is enrolled stays as they are."""
    asked = in_force(path).course_ids
    chosen = select(Course).where(Course.id.in_(asked), Course.status == CourseStatus.PUBLISHED)
    for course in sorted(db.session.scalars(chosen), key=lambda one: asked.index(one.id)):
        enroll_many(employee_ids, course, source=SOURCE, by=by)


def _open_again(path: LearningPath, employee_ids: Sequence[int], by: Viewer | None) -> None:
    """Who was taken out of one of its courses has it again, as when staff enroll them."""
    chosen = (Enrollment.employee_id.in_(employee_ids), Enrollment.course_id.in_(in_force(path).course_ids))
    for row in db.session.scalars(select(Enrollment).where(*chosen, Enrollment.withdrawn_at.is_not(None))):
        before = {"withdrawn_at": row.withdrawn_at}
        row.withdrawn_at = None
        record_change("enrolled again", ("enrollment", row.id), by=by, before=before, after={"source": SOURCE})
    db.session.flush()


def _rows(path_id: int, employee_ids: Sequence[int]) -> Sequence[PathEnrollment]:
    chosen = (PathEnrollment.path_id == path_id, PathEnrollment.employee_id.in_(employee_ids))
    return db.session.scalars(select(PathEnrollment).where(*chosen).order_by(PathEnrollment.id)).all()


def _insert(
    path: LearningPath,
    employee_ids: Sequence[int],
    due: Mapping[int, dt.date | None],
    source: str,
    by: Viewer | None,
) -> list[int]:
    """Ids of the employees who are new; the unique constraint guards against somebody who does the same just now."""
    if not employee_ids:
        return []
    now = clock.now()
    rows = [
        {
            "employee_id": one,
            "path_id": path.id,
            "source": source,
            "enrolled_by_id": by.user_id if by else None,
            "enrolled_at": now,
            "due_on": due.get(one),
            "progress": 0,
        }
        for one in employee_ids
    ]
    statement = insert(PathEnrollment).on_conflict_do_nothing(index_elements=["employee_id", "path_id"])
    made = db.session.execute(statement.returning(PathEnrollment.id, PathEnrollment.employee_id), rows).all()
    said = {"path": path.title, "path_id": path.id, "source": source}
    record_changes(
        "put on the path",
        [(("path_enrollment", key), {**said, "employee_id": who, "due_on": due.get(who)}) for key, who in made],
        by=by,
    )
    return [who for _key, who in made]


def _date(row: PathEnrollment, due_on: dt.date | None, by: Viewer | None) -> None:
    """Who had no due date gets one."""
    if due_on is not None and row.due_on is None and row.completed_at is None:
        row.due_on = due_on
        record_change("due date set", ("path_enrollment", row.id), by=by, before={}, after={"due_on": due_on})
