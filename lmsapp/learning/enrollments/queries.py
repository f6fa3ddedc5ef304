"""What to show of enrollments: always the viewer's own, or those of people the viewer may see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import DateTime, Select, bindparam, exists, select
from sqlalchemy.orm import contains_eager

from lmsapp.courses.catalogue.models import Course, Lesson
from lmsapp.courses.catalogue.queries import LessonLine, OutlineView
from lmsapp.courses.catalogue.rules import CourseStatus, Judgement
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.enrollments import rules
from lmsapp.learning.enrollments.expressions import status_at
from lmsapp.learning.enrollments.facts import Standing, standing_of
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.handins.models import HandIn
from lmsapp.learning.validity.models import CertificationPeriod
from lmsapp.people.employees.models import Employee
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class LessonState:
    """A lesson for one learner. `state`: 'done', 'open' or 'locked'; `locked_by` titles of what comes first."""

    line: LessonLine
    state: str
    locked_by: tuple[str, ...]
    needs: tuple[rules.Need, ...]
    done_at: dt.datetime | None
    percent: float | None


@dataclass(frozen=True, slots=True)
class StudyView:
    """A course as one learner meets it. `lessons` in order, by `state_of`; `next_lesson` is where Resume lands."""

    enrollment: Enrollment
    outline: OutlineView
    lessons: tuple[LessonState, ...]
    judgement: Judgement
    standing: Standing

    @property
    def time_asked(self) -> bool:
        """Whether time in a lesson still counts for something once the lesson is done."""
        return not self.enrollment.complete and self.standing.rule.measures_time

    def state_of(self, lesson_id: int) -> LessonState | None:
        """The lesson with that id, or None."""
        return next((one for one in self.lessons if one.line.id == lesson_id), None)

    def after(self, lesson_id: int) -> LessonState | None:
        """Where to go on once that lesson is done: the first open one behind it, else the first open one, else None."""
        open_ones = [one for one in self.lessons if one.state == "open" and one.line.id != lesson_id]
        place = next((one.line.position for one in self.lessons if one.line.id == lesson_id), 0)
        return next((one for one in open_ones if one.line.position > place), next(iter(open_ones), None))

    @property
    def done(self) -> int:
        """How many lessons are done."""
        return sum(one.state == "done" for one in self.lessons)

    @property
    def next_lesson(self) -> LessonState | None:
        """The current lesson while it is not done, else the first open one, else None."""
        current = self.state_of(self.enrollment.current_lesson_id or 0)
        if current is not None and current.state == "open":
            return current
        return next((one for one in self.lessons if one.state == "open"), None)


def enrollment_for(viewer: Viewer, course_id: int) -> Enrollment | None:
    """The viewer's own enrollment in a course that is not a draft, with course and employee loaded."""
    return db.session.scalars(_own(), {"employee_id": viewer.employee_id, "course_id": course_id}).one_or_none()


def withdrawn_at(viewer: Viewer, course_id: int) -> dt.datetime | None:
    """When the viewer's access to that course was taken away; None where it was not."""
    return db.session.scalar(
        select(Enrollment.withdrawn_at).where(
            Enrollment.employee_id == viewer.employee_id, Enrollment.course_id == course_id
        )
    )


def study_view(viewer: Viewer, course_id: int) -> StudyView | None:
    """The viewer's own course: outline, states, criteria. Two statements once the version is known."""
    enrollment = enrollment_for(viewer, course_id)
    return study(enrollment) if enrollment else None


def study(enrollment: Enrollment, standing: Standing | None = None) -> StudyView:
    """The view of an enrollment at hand (course loaded). `standing`: as it is now, where that is known."""
    standing = standing or standing_of(enrollment)
    return StudyView(enrollment, standing.outline, _states(standing), standing.judgement(), standing)


# Built once: the home page of everybody asks.
MY_COURSES = (
    select(
        Enrollment.id.label("enrollment_id"),
        Enrollment.course_id,
        Course.title,
        Course.minutes,
        Course.lesson_count,
        Enrollment.progress,
        Enrollment.done_lessons,
        Enrollment.started_at,
        Enrollment.completed_at,
        Enrollment.failed_at,
        Enrollment.last_active_at,
        Enrollment.renewal_started_at,
        Enrollment.locks,
        Enrollment.valid_until,
        CertificationPeriod.window_opens_on,
        Course.status.label("course_status"),
        Employee.time_zone,
        status_at(bindparam("now", type_=DateTime(timezone=True))).label("status"),
        Enrollment.completed_by_hand,
        Enrollment.exempted_at,
        Enrollment.paused_until,
        exists().where(HandIn.enrollment_id == Enrollment.id).correlate(Enrollment).label("gave_work"),
        Lesson.id.label("lesson_id"),
        Lesson.title.label("lesson_title"),
        Lesson.minutes.label("lesson_minutes"),
    )
    .join(Course, Course.id == Enrollment.course_id)
    .join(Employee, Employee.id == Enrollment.employee_id)
    .outerjoin(
        CertificationPeriod,
        (CertificationPeriod.enrollment_id == Enrollment.id) & CertificationPeriod.is_current,
    )
    .outerjoin(Lesson, Lesson.id == Enrollment.current_lesson_id)
    .where(
        Enrollment.employee_id == bindparam("employee_id"),
        Enrollment.withdrawn_at.is_(None),
        Course.status != CourseStatus.DRAFT,
    )
    .order_by(Enrollment.last_active_at.desc().nulls_last(), Enrollment.id.desc())
)


def my_courses(viewer: Viewer) -> Sequence[Any]:
    """The viewer's courses, last used first, one statement.

    Columns: enrollment_id, course_id, title, minutes, lesson_count, progress, done_lessons, started_at, completed_at,
    failed_at, last_active_at, renewal_started_at, locks, valid_until, window_opens_on, course_status, time_zone,
    status, completed_by_hand, exempted_at, paused_until, gave_work (something was handed in), lesson_id, lesson_title,
    lesson_minutes (of the current one).
    """
    return db.session.execute(MY_COURSES, {"employee_id": viewer.employee_id, "now": clock.now()}).all()


def one_enrollment(*conditions: Any, withdrawn: bool = False) -> Enrollment | None:
    """The one that meets the conditions, with course and employee loaded; withdrawn ones only when asked for."""
    return db.session.scalars(_entity(*conditions, withdrawn=withdrawn)).one_or_none()


def _entity(*conditions: Any, withdrawn: bool = False) -> Select[Any]:
    statement = (
        select(Enrollment)
        .join(Enrollment.course)
        .join(Enrollment.employee)
        .options(contains_eager(Enrollment.course), contains_eager(Enrollment.employee))
        .where(*conditions, Course.status != CourseStatus.DRAFT, Employee.id == Enrollment.employee_id)
    )
    return statement if withdrawn else statement.where(Enrollment.withdrawn_at.is_(None))


@cache
def _own() -> Select[Any]:
    """Built once, when every model is known: each page of a course asks."""
    return _entity(Enrollment.employee_id == bindparam("employee_id"), Enrollment.course_id == bindparam("course_id"))


def _states(standing: Standing) -> tuple[LessonState, ...]:
    now, finished = clock.now(), standing.finished
    titles = {line.id: line.title for line in standing.outline.lessons}
    states = []
    for line in standing.outline.lessons:
        done = standing.of(line.id)
        first = rules.locked_by(line.id, standing.outline.lessons, finished, in_order=standing.outline.in_order)
        state = "done" if done.done_at else "locked" if first else "open"
        waiting = tuple(titles[key] for key in first) if state == "locked" else ()
        states.append(LessonState(line, state, waiting, rules.needs(line, done, now), done.done_at, done.percent))
    return tuple(states)
