"""Requests as their learner sees them, and as those see them who may answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, true
from sqlalchemy.orm import contains_eager

from lmsapp.courses.catalogue.authored import written_by
from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.tasks.models import CourseEvaluator
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.instructor.models import InstructorRequest
from lmsapp.learning.instructor.rules import UNDER_WAY, RequestState
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.queries import line_of
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

PAGE = 50


def own_request(viewer: Viewer, enrollment_id: int, cycle: int) -> InstructorRequest | None:
    """The newest of the viewer's own in a time round, with its enrollment; one taken back counts as none."""
    return db.session.scalars(
        _entity()
        .where(
            InstructorRequest.enrollment_id == enrollment_id,
            InstructorRequest.cycle == cycle,
            InstructorRequest.state != RequestState.TAKEN_BACK.value,
            Enrollment.employee_id == viewer.employee_id,
            Enrollment.withdrawn_at.is_(None),
        )
        .order_by(InstructorRequest.id.desc())
        .limit(1)
    ).one_or_none()


def request_for(viewer: Viewer, request_id: int) -> InstructorRequest | None:
    """One that is the viewer's to answer, with enrollment, course and employee loaded."""
    return db.session.scalars(_entity().where(InstructorRequest.id == request_id, answered_by(viewer))).one_or_none()


def list_requests(viewer: Viewer, *, closed: bool = False, page: int = 1) -> tuple[Sequence[Any], int]:
    """A page and how many there are: what waits oldest first, then what is answered; or the closed ones, newest first.

    Columns: id, state, asked_at, quiz_title, failed, answered_by_name, meet_at, closed_at, course, name, job_role,
    department.
    """
    under_way = InstructorRequest.state.in_([one.value for one in UNDER_WAY])
    shown = and_(~under_way if closed else under_way, answered_by(viewer))
    total = db.session.scalar(_joined(select(func.count())).where(shown)) or 0
    waits = (InstructorRequest.state != RequestState.OPEN.value, InstructorRequest.asked_at)
    order = (InstructorRequest.closed_at.desc(),) if closed else waits
    columns: Any = select(
        InstructorRequest.id,
        InstructorRequest.state,
        InstructorRequest.asked_at,
        InstructorRequest.quiz_title,
        InstructorRequest.failed,
        InstructorRequest.answered_by_name,
        InstructorRequest.meet_at,
        InstructorRequest.closed_at,
        Course.title.label("course"),
        Employee.name,
        Employee.job_role,
        Department.name.label("department"),
    )
    paged = (
        _joined(columns)
        .outerjoin(Department, Department.id == Employee.department_id)
        .where(shown)
        .order_by(*order, InstructorRequest.id)
        .limit(PAGE)
        .offset((max(1, page) - 1) * PAGE)
    )
    return db.session.execute(paged).all(), total


def count_open(viewer: Viewer) -> int:
    """How many wait for an answer that is the viewer's to give."""
    waits = InstructorRequest.state == RequestState.OPEN.value
    return db.session.scalar(_joined(select(func.count())).where(waits, answered_by(viewer))) or 0


def answered_by(viewer: Viewer) -> ColumnElement[bool]:
    """On Enrollment and Course joined: who grades the course answers, and nobody their own (as `grading.scope`)."""
    theirs = [written_by(viewer)]
    if viewer.may(May.GRADE):
        named = select(CourseEvaluator.user_id).where(CourseEvaluator.course_id == Course.id).correlate(Course)
        theirs += [~exists(named), exists(named.where(CourseEvaluator.user_id == viewer.user_id))]
        if viewer.employee_id is not None:
            theirs.append(Enrollment.employee_id.in_(line_of(viewer)))
    own = true() if viewer.employee_id is None else Enrollment.employee_id != viewer.employee_id
    return and_(or_(false(), *theirs), own)


def _joined(statement: Select[Any]) -> Select[Any]:
    return (
        statement.select_from(InstructorRequest)
        .join(Enrollment, Enrollment.id == InstructorRequest.enrollment_id)
        .join(Course, Course.id == Enrollment.course_id)
        .join(Employee, Employee.id == Enrollment.employee_id)
    )


def _entity() -> Select[Any]:
    enrollment = contains_eager(InstructorRequest.enrollment)
    return (
        select(InstructorRequest)
        .join(InstructorRequest.enrollment)
        .join(Enrollment.course)
        .join(Enrollment.employee)
        .options(enrollment.contains_eager(Enrollment.course), enrollment.contains_eager(Enrollment.employee))
    )
