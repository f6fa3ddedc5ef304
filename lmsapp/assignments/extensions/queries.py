"""Requests as their learner sees them, and as those see them who may answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import contains_eager

from lmsapp.assignments.extensions.models import ExtensionRequest
from lmsapp.assignments.extensions.rules import ExtensionState
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.queries import line_of
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

PAGE = 50
OPEN = ExtensionRequest.state == ExtensionState.OPEN.value


def own_extension(viewer: Viewer, assignment_id: int) -> ExtensionRequest | None:
    """The viewer's newest request about one of their assignments; one taken back counts as none."""
    return db.session.scalars(
        _entity()
        .where(
            ExtensionRequest.assignment_id == assignment_id,
            ExtensionRequest.state != ExtensionState.TAKEN_BACK.value,
            TrainingAssignment.employee_id == viewer.employee_id,
        )
        .order_by(ExtensionRequest.id.desc())
        .limit(1)
    ).one_or_none()


def extension_for(viewer: Viewer, request_id: int, *, line: bool) -> ExtensionRequest | None:
    """One that is the viewer's to answer, with assignment, course and employee loaded. `line`: of their line only."""
    theirs = answered_by(viewer, line=line)
    return db.session.scalars(_entity().where(ExtensionRequest.id == request_id, theirs)).one_or_none()


def list_extensions(viewer: Viewer, *, line: bool, closed: bool = False, page: int = 1) -> tuple[Sequence[Any], int]:
    """A page and how many there are: what waits, earliest due first; or what was answered, newest first.

    Columns: id, state, asked_at, due_on, wanted_on, granted_on, reason, answered_by_name, answered_at, assignment_id,
    employee_id, name, job_role, department, course.
    """
    shown = and_(~OPEN if closed else OPEN, answered_by(viewer, line=line))
    total = db.session.scalar(_joined(select(func.count())).where(shown)) or 0
    request = ExtensionRequest
    columns: Any = select(
        request.id, request.state, request.asked_at, request.due_on, request.wanted_on, request.granted_on,
        request.reason, request.answered_by_name, request.answered_at, request.assignment_id,
        TrainingAssignment.employee_id, Employee.name, Employee.job_role, Department.name.label("department"),
        Course.title.label("course"),
    )  # fmt: skip
    order: Any = (request.answered_at.desc().nulls_last(), request.id) if closed else (request.due_on, request.id)
    paged = (
        _joined(columns)
        .outerjoin(Department, Department.id == Employee.department_id)
        .where(shown)
        .order_by(*order)
        .limit(PAGE)
        .offset((max(1, page) - 1) * PAGE)
    )
    return db.session.execute(paged).all(), total


def count_open_extensions(viewer: Viewer, *, line: bool) -> int:
    """How many wait for an answer that is the viewer's to give."""
    return db.session.scalar(_joined(select(func.count())).where(OPEN, answered_by(viewer, line=line))) or 0


def open_extension_of(assignment_id: int) -> ExtensionRequest | None:
    """The open one about an assignment that was found through the viewer, or None."""
    return db.session.scalars(_entity().where(ExtensionRequest.assignment_id == assignment_id, OPEN)).one_or_none()


def answered_by(viewer: Viewer, *, line: bool) -> ColumnElement[bool]:
    """On TrainingAssignment: managers answer for their line, moderators for everybody, nobody for themselves."""
    theirs: list[ColumnElement[bool]] = [false()]
    if line and viewer.employee_id is not None:
        theirs.append(TrainingAssignment.employee_id.in_(line_of(viewer)))
    if not line and viewer.may(May.MODERATE):
        theirs.append(true())
    own = true() if viewer.employee_id is None else TrainingAssignment.employee_id != viewer.employee_id
    return and_(or_(*theirs), own)


def _joined(statement: Select[Any]) -> Select[Any]:
    return (
        statement.select_from(ExtensionRequest)
        .join(TrainingAssignment, TrainingAssignment.id == ExtensionRequest.assignment_id)
        .join(Course, Course.id == TrainingAssignment.course_id)
        .join(Employee, Employee.id == TrainingAssignment.employee_id)
    )


def _entity() -> Select[Any]:
    assignment = contains_eager(ExtensionRequest.assignment)
    return (
        select(ExtensionRequest)
        .join(ExtensionRequest.assignment)
        .join(TrainingAssignment.course)
        .join(TrainingAssignment.employee)
        .options(
            assignment.contains_eager(TrainingAssignment.course), assignment.contains_eager(TrainingAssignment.employee)
        )
    )
