"""The queue of what waits for a second person, and what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload

from lmsapp.courses.catalogue.models import Course, Lesson
from lmsapp.infra.db import db
from lmsapp.infra.files import StoredFile
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.overrides.models import CompletionOverride
from lmsapp.people.employees.models import Employee
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

PAGE = 25


@dataclass(frozen=True, slots=True)
class OverridePage:
    """Rows: id, enrollment_id, kind, state, reason, asked_by_id, asked_by_name, asked_at, decided_by_name, decided_at,
    decision_reason, file_id, file_name, employee_id, name, number, title, lesson_id, lesson."""

    rows: Sequence[Any]
    total: int
    number: int
    size: int = PAGE


def list_overrides(viewer: Viewer, state: str, number: int = 1) -> OverridePage:
    """Of one state ('' for all): what waits oldest first, the rest newest first. For moderators; others find none."""
    if not viewer.may(May.MODERATE):
        return OverridePage([], 0, 1)
    wanted = [CompletionOverride.state == state] if state else []
    total = db.session.scalar(select(func.count()).select_from(CompletionOverride).where(*wanted)) or 0
    number = min(max(number, 1), max(1, -(-total // PAGE)))
    order = CompletionOverride.id.asc() if state == "waiting" else CompletionOverride.id.desc()
    rows = db.session.execute(_rows().where(*wanted).order_by(order).limit(PAGE).offset((number - 1) * PAGE)).all()
    return OverridePage(rows, total, number)


def count_waiting(viewer: Viewer) -> int:
    """How many wait for a second person."""
    if not viewer.may(May.MODERATE):
        return 0
    waiting = CompletionOverride.state == "waiting"
    return db.session.scalar(select(func.count()).select_from(CompletionOverride).where(waiting)) or 0


def overrides_of(enrollment_id: int) -> Sequence[Any]:
    """Every decision about an enrollment the viewer may see, newest first; columns as `OverridePage`."""
    wanted = CompletionOverride.enrollment_id == enrollment_id
    return db.session.execute(_rows().where(wanted).order_by(CompletionOverride.id.desc())).all()


def override_for(viewer: Viewer, override_id: int) -> CompletionOverride | None:
    """One, with enrollment, employee, course and proof loaded; for moderators."""
    if not viewer.may(May.MODERATE):
        return None
    return db.session.scalars(
        select(CompletionOverride)
        .join(CompletionOverride.enrollment)
        .join(Enrollment.employee)
        .join(Enrollment.course)
        .options(
            contains_eager(CompletionOverride.enrollment).contains_eager(Enrollment.employee),
            contains_eager(CompletionOverride.enrollment).contains_eager(Enrollment.course),
            joinedload(CompletionOverride.file),
        )
        .where(CompletionOverride.id == override_id)
    ).one_or_none()


def _rows() -> Any:
    return (
        select(
            CompletionOverride.id,
            CompletionOverride.enrollment_id,
            CompletionOverride.kind,
            CompletionOverride.state,
            CompletionOverride.reason,
            CompletionOverride.asked_by_id,
            CompletionOverride.asked_by_name,
            CompletionOverride.asked_at,
            CompletionOverride.decided_by_name,
            CompletionOverride.decided_at,
            CompletionOverride.decision_reason,
            CompletionOverride.file_id,
            StoredFile.name.label("file_name"),
            Employee.id.label("employee_id"),
            Employee.name,
            Employee.number,
            Course.title,
            CompletionOverride.lesson_id,
            Lesson.title.label("lesson"),
        )
        .join(Enrollment, Enrollment.id == CompletionOverride.enrollment_id)
        .join(Employee, Employee.id == Enrollment.employee_id)
        .join(Course, Course.id == Enrollment.course_id)
        .outerjoin(Lesson, Lesson.id == CompletionOverride.lesson_id)
        .outerjoin(StoredFile, StoredFile.id == CompletionOverride.file_id)
    )
