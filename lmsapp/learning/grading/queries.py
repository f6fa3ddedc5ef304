"""What graders see: only what is theirs (`scope.gradable_by`)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Select, and_, func, select
from sqlalchemy.orm import contains_eager

from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.catalogue.queries import LessonView
from lmsapp.courses.publishing.reading import version_of
from lmsapp.infra.db import db
from lmsapp.infra.files import StoredFile
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.grading.scope import gradable_by, is_waiting
from lmsapp.learning.handins.facts import Given, given_in
from lmsapp.learning.handins.models import Grading, HandIn, HandInClaim
from lmsapp.learning.handins.queries import file_in
from lmsapp.people.employees.models import Department, Employee
from lmsapp.people.viewer import Viewer

PAGE = 50


class Show(StrEnum):
    """Which hand-ins the list shows."""

    WAITING = "waiting"
    MINE = "mine"  # that I am on
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class QueueFilters:
    """`waiting_days`: handed in at least so many days ago."""

    show: Show = Show.WAITING
    course_id: int | None = None
    waiting_days: int | None = None
    search: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class GradingView:
    """One hand-in to grade, with all that was given before. `lesson`: as it was when this was handed in."""

    hand_in: HandIn
    here: Given
    others: tuple[Given, ...]
    lesson: LessonView | None
    claim: HandInClaim | None
    newest: bool

    @property
    def newer(self) -> int | None:
        """The newest hand-in, where this is not it."""
        later = [one.hand_in for one in self.others if one.hand_in.number > self.hand_in.number]
        return later[0].id if later else None


def queue(viewer: Viewer, filters: QueueFilters, now: dt.datetime) -> tuple[list[Row[Any]], int]:
    """A page of hand-ins and how many there are; what waits oldest first, what is decided newest first. Two statements.

    Columns: id, number, title, handed_in_at, course_id, course, name, job_role, department, decision, graded_at,
    graded_by, claimed_by, claimed_by_id (of claims that hold at `now`).
    """
    found = _filtered(_rows(viewer, now), viewer, filters, now)
    total = db.session.scalar(select(func.count()).select_from(found.order_by(None).subquery())) or 0
    order = (
        (Grading.graded_at.desc(), HandIn.id.desc())
        if filters.show is Show.DECIDED
        else (HandIn.handed_in_at, HandIn.id)
    )
    paged = found.order_by(*order).limit(PAGE).offset((filters.page - 1) * PAGE)
    return list(db.session.execute(paged)), total


def count_waiting(viewer: Viewer) -> int:
    """How many wait for this grader."""
    waiting = select(func.count(HandIn.id)).select_from(HandIn)
    return db.session.scalar(_joined(waiting).where(is_waiting(), gradable_by(viewer))) or 0


def courses_to_grade(viewer: Viewer) -> list[tuple[int, str]]:
    """(id, title) of courses with hand-ins that are this grader's, by title."""
    rows = db.session.execute(
        _joined(select(Course.id, Course.title).select_from(HandIn))
        .where(gradable_by(viewer))
        .distinct()
        .order_by(Course.title, Course.id)
    )
    return [(row.id, row.title) for row in rows]


def hand_in_for(viewer: Viewer, hand_in_id: int) -> HandIn | None:
    """A hand-in that is the viewer's to grade, enrollment, course and employee loaded."""
    enrollment = contains_eager(HandIn.enrollment)
    return db.session.scalars(
        select(HandIn)
        .join(HandIn.enrollment)
        .join(Enrollment.course)
        .join(Enrollment.employee)
        .options(enrollment.contains_eager(Enrollment.course), enrollment.contains_eager(Enrollment.employee))
        .where(HandIn.id == hand_in_id, gradable_by(viewer))
    ).one_or_none()


def grading_view(hand_in: HandIn, now: dt.datetime) -> GradingView:
    """All that the page shows of it."""
    given = given_in(hand_in.enrollment_id, hand_in.lesson_id)
    held = db.session.scalar(select(HandInClaim).where(HandInClaim.hand_in_id == hand_in.id, HandInClaim.until > now))
    return GradingView(
        hand_in=hand_in,
        here=next(one for one in given if one.hand_in.id == hand_in.id),
        others=tuple(one for one in reversed(given) if one.hand_in.id != hand_in.id),
        lesson=version_of(hand_in.enrollment.course_id, hand_in.content_version).lessons.get(hand_in.lesson_id),
        claim=held,
        newest=given[-1].hand_in.id == hand_in.id and hand_in.cycle == hand_in.enrollment.cycle,
    )


def file_to_grade(viewer: Viewer, hand_in_id: int, file_id: int) -> StoredFile | None:
    """A file of a hand-in that is the viewer's to grade."""
    return file_in(hand_in_for(viewer, hand_in_id), file_id)


def _joined(statement: Any) -> Select[Any]:
    joined: Select[Any] = (
        statement.join(Enrollment, Enrollment.id == HandIn.enrollment_id)
        .join(Course, Course.id == Enrollment.course_id)
        .join(Employee, Employee.id == Enrollment.employee_id)
    )
    return joined


def _rows(viewer: Viewer, now: dt.datetime) -> Select[Any]:
    """Each hand-in once, with its newest grading."""
    later = select(func.max(Grading.number)).where(Grading.hand_in_id == HandIn.id).correlate(HandIn).scalar_subquery()
    statement = select(
        HandIn.id,
        HandIn.number,
        HandIn.title,
        HandIn.handed_in_at,
        Course.id.label("course_id"),
        Course.title.label("course"),
        Employee.name,
        Employee.job_role,
        Department.name.label("department"),
        Grading.decision,
        Grading.graded_at,
        Grading.graded_by_name.label("graded_by"),
        HandInClaim.name.label("claimed_by"),
        HandInClaim.user_id.label("claimed_by_id"),
    ).select_from(HandIn)
    return (
        _joined(statement)
        .outerjoin(Department, Department.id == Employee.department_id)
        .outerjoin(Grading, and_(Grading.hand_in_id == HandIn.id, Grading.number == later))
        .outerjoin(HandInClaim, and_(HandInClaim.hand_in_id == HandIn.id, HandInClaim.until > now))
        .where(gradable_by(viewer))
    )


def _filtered(statement: Select[Any], viewer: Viewer, filters: QueueFilters, now: dt.datetime) -> Select[Any]:
    if filters.show is Show.DECIDED:
        statement = statement.where(Grading.id.is_not(None))
    else:
        statement = statement.where(is_waiting())
    if filters.show is Show.MINE:
        statement = statement.where(HandInClaim.user_id == viewer.user_id)
    if filters.course_id is not None:
        statement = statement.where(Course.id == filters.course_id)
    if filters.waiting_days is not None:
        statement = statement.where(HandIn.handed_in_at <= now - dt.timedelta(days=filters.waiting_days))
    for word in filters.search.split()[:8]:
        hit = [column.icontains(word, autoescape=True) for column in (Employee.name, Course.title, HandIn.title)]
        statement = statement.where(hit[0] | hit[1] | hit[2])
    return statement
