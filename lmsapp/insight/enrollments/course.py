"""A course as its instructor sees it: how far everybody is, who is stuck and where, what it takes (ENR-7).

Of the present time round only; whoever lost access is left out. Seven statements at any size.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Date, Float, and_, cast, func, or_, select

from lmsapp.courses.catalogue.models import Course, Lesson
from lmsapp.courses.catalogue.queries import LessonLine
from lmsapp.courses.publishing.reading import version_of
from lmsapp.infra.db import db
from lmsapp.insight.enrollments.filters import is_idle, is_open
from lmsapp.learning.enrollments.expressions import status_at
from lmsapp.learning.enrollments.models import Enrollment, LessonProgress
from lmsapp.learning.quizzes.models import QuizSubmission
from lmsapp.people.employees.models import Employee

IDLE_DAYS = 14
STUCK_SHOWN = 12
WEEKS = 12


@dataclass(frozen=True, slots=True)
class CourseNumbers:
    """`by_status` as the list counts; `score` mean of best scores; `days` median from start to completion."""

    enrolled: int
    by_status: dict[str, int]
    idle: int
    by_hand: int
    score: float | None
    days: float | None

    def of(self, status: str) -> int:
        """How many have that status."""
        return self.by_status.get(status, 0)


@dataclass(frozen=True, slots=True)
class LessonNumbers:
    """One lesson: how many reached and finished it, how many stopped there, median active seconds of who finished."""

    line: LessonLine
    reached: int
    finished: int
    stopped: int
    seconds: int | None


@dataclass(frozen=True, slots=True)
class CourseDashboard:
    """Everything of the page. `stuck` rows: id, name, job_role, status, since, lesson, failed, progress. `weeks`:
    (Monday, completions), oldest first."""

    numbers: CourseNumbers
    lessons: Sequence[LessonNumbers]
    stuck: Sequence[Any]
    weeks: Sequence[tuple[dt.date, int]]


def course_dashboard(course: Course, now: dt.datetime, today: dt.date) -> CourseDashboard:
    """Of a course the viewer writes or looks after."""
    return CourseDashboard(_numbers(course, now), _lessons(course), _stuck(course, now), _weeks(course, today))


def _numbers(course: Course, now: dt.datetime) -> CourseNumbers:
    there = and_(Enrollment.course_id == course.id, Enrollment.withdrawn_at.is_(None))
    status = status_at(now).label("status")
    named = (
        select(status)
        .select_from(Enrollment)
        .join(Employee, Employee.id == Enrollment.employee_id)
        .where(there)
        .subquery()
    )
    rows = db.session.execute(select(named.c.status, func.count()).group_by(named.c.status))
    by_status: dict[str, int] = {row[0]: row[1] for row in rows}
    took = func.extract("epoch", Enrollment.completed_at - Enrollment.started_at) / 86400
    ordinary = and_(Enrollment.completed_at >= Enrollment.started_at, Enrollment.completed_by_hand.is_(False))
    row = db.session.execute(
        select(
            func.count().filter(is_idle(now, IDLE_DAYS)),
            func.count().filter(Enrollment.completed_by_hand),
            cast(func.avg(Enrollment.best_score), Float),
            func.percentile_cont(0.5).within_group(took).filter(ordinary),
        ).where(there)
    ).one()
    return CourseNumbers(sum(by_status.values()), by_status, row[0], row[1], row[2], row[3])


def _lessons(course: Course) -> list[LessonNumbers]:
    """In the order of the version in force; what only older versions have is left out."""
    now_taken = and_(
        LessonProgress.enrollment_id == Enrollment.id,
        LessonProgress.cycle == Enrollment.cycle,
        Enrollment.course_id == course.id,
        Enrollment.withdrawn_at.is_(None),
    )
    done = LessonProgress.done_at.is_not(None)
    counted = (
        select(
            LessonProgress.lesson_id,
            func.count(),
            func.count().filter(done),
            func.count().filter(~done, is_open(), Enrollment.current_lesson_id == LessonProgress.lesson_id),
            func.percentile_cont(0.5).within_group(LessonProgress.active_seconds).filter(done),
        )
        .join(Enrollment, now_taken)
        .group_by(LessonProgress.lesson_id)
    )
    rows = {row[0]: row for row in db.session.execute(counted)}
    found = []
    for line in version_of(course.id, course.content_version).lines:
        row = rows.get(line.id, (line.id, 0, 0, 0, None))
        found.append(LessonNumbers(line, row[1], row[2], row[3], None if row[4] is None else round(row[4])))
    return found


def _stuck(course: Course, now: dt.datetime) -> Sequence[Any]:
    """Failed first, then who did nothing for longest; with the lesson they wait at and their failed attempts."""
    failed = (
        select(func.count())
        .where(
            QuizSubmission.enrollment_id == Enrollment.id,
            QuizSubmission.cycle == Enrollment.cycle,
            QuizSubmission.passed.is_(False),
        )
        .scalar_subquery()
    )
    since = func.coalesce(Enrollment.last_active_at, Enrollment.enrolled_at)
    return db.session.execute(
        select(
            Enrollment.id,
            Employee.name,
            Employee.job_role,
            status_at(now).label("status"),
            since.label("since"),
            Lesson.title.label("lesson"),
            failed.label("failed"),
            Enrollment.progress,
        )
        .select_from(Enrollment)
        .join(Employee, Employee.id == Enrollment.employee_id)
        .outerjoin(Lesson, Lesson.id == Enrollment.current_lesson_id)
        .where(
            Enrollment.course_id == course.id,
            or_(is_idle(now, IDLE_DAYS), and_(is_open(), Enrollment.failed_at.is_not(None))),
        )
        .order_by(Enrollment.failed_at.is_(None), since, Enrollment.id)
        .limit(STUCK_SHOWN)
    ).all()


def _weeks(course: Course, today: dt.date) -> list[tuple[dt.date, int]]:
    first = today - dt.timedelta(days=today.weekday(), weeks=WEEKS - 1)
    week = cast(func.date_trunc("week", func.timezone(Employee.time_zone, Enrollment.completed_at)), Date)
    rows = db.session.execute(
        select(week, func.count())
        .select_from(Enrollment)
        .join(Employee, Employee.id == Enrollment.employee_id)
        .where(Enrollment.course_id == course.id, Enrollment.withdrawn_at.is_(None), week >= first)
        .group_by(week)
    )
    counted = {row[0]: row[1] for row in rows}
    mondays = [first + dt.timedelta(weeks=number) for number in range(WEEKS)]
    return [(monday, counted.get(monday, 0)) for monday in mondays]
