"""The lock of an enrollment: whoever moves progress waits for whoever else does (ENR-3).

A transaction that has the lock is not asked again: one request may go through three actions, each of which needs it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import SessionTransaction, contains_eager

from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.catalogue.rules import CourseStatus
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.viewer import Viewer

HELD = "enrollments held"


@dataclass(slots=True)
class Held:
    """Ids of the enrollments that one transaction has locked."""

    transaction: SessionTransaction | None
    ids: set[int] = field(default_factory=set)


def lock_enrollment(enrollment: Enrollment) -> None:
    """Wait for whoever else moves this enrollment, and see what they did."""
    if enrollment.id in _held().ids:
        return
    db.session.execute(_locking(), {"enrollment_id": enrollment.id}).scalar_one()
    _note(enrollment)


def lock_own(viewer: Viewer, course_id: int) -> Enrollment | None:
    """The viewer's own enrollment in a course that is not a draft, found and locked in one statement."""
    wanted = {"employee_id": viewer.employee_id, "course_id": course_id}
    enrollment = db.session.scalars(_locking_own(), wanted).one_or_none()
    if enrollment is not None:
        _note(enrollment)
    return enrollment


def _note(enrollment: Enrollment) -> None:
    """Not within a savepoint, which gives its locks back when it is undone."""
    if not db.session().in_nested_transaction():
        _held().ids.add(enrollment.id)


def _held() -> Held:
    """Of the transaction under way. Kept with the transaction itself, so that nothing outlives it."""
    info, transaction = db.session.info, db.session().get_transaction()
    held: Held | None = info.get(HELD)
    if held is None or held.transaction is None or held.transaction is not transaction:
        held = info[HELD] = Held(transaction)
    return held


@cache
def _locking() -> Select[Any]:
    """Built once, when every model is known."""
    return _entity().where(Enrollment.id == bindparam("enrollment_id"))


@cache
def _locking_own() -> Select[Any]:
    return _entity().where(
        Enrollment.employee_id == bindparam("employee_id"),
        Enrollment.course_id == bindparam("course_id"),
        Enrollment.withdrawn_at.is_(None),
        Course.status != CourseStatus.DRAFT,
    )


def _entity() -> Select[Any]:
    return (
        select(Enrollment)
        .join(Enrollment.course)
        .join(Enrollment.employee)
        .options(contains_eager(Enrollment.course), contains_eager(Enrollment.employee))
        .with_for_update(of=Enrollment)
        .execution_options(populate_existing=True)
    )
