"""One course: who has not completed it after so many days, and where people stand still (DSH-3).

The first time round only. Who was withdrawn, exempted or left counts up to that day and not after it, like those who
are still learning today; a completion set by hand is one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, func, select

from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.publishing.reading import version_of
from lmsapp.infra.db import db
from lmsapp.insight.enrollments.filters import is_idle, is_open
from lmsapp.insight.statistics.asking import Asking
from lmsapp.insight.statistics.facts import completed_once, enrollments, first_completed, last_seen, whole_days
from lmsapp.insight.statistics.survival import Step, kaplan_meier
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.employees.models import Employee

STILL_DAYS = 14
ENDS = ("completed", "withdrawn", "exempt", "left", "learning")


@dataclass(frozen=True, slots=True)
class Curve:
    """`ends`: how many of `enrolled` ended how, by ENDS."""

    course_id: int
    course: str
    steps: Sequence[Step]
    ends: Mapping[str, int]

    @property
    def enrolled(self) -> int:
        """Everybody who ever was."""
        return sum(self.ends.values())


@dataclass(frozen=True, slots=True)
class Stop:
    """A lesson: `here` have it as the last they opened and have not completed the course; `still` of these did nothing
    for 14 days."""

    lesson_id: int
    lesson: str
    chapter: str
    here: int
    still: int


@dataclass(frozen=True, slots=True)
class Stops:
    """Lessons in the order of the version in force; `not_begun` opened none, `not_begun_still` for 14 days."""

    lessons: Sequence[Stop]
    not_begun: int
    not_begun_still: int


def chosen_course(asking: Asking) -> tuple[int, str] | None:
    """The course asked for; else the first by title that somebody is enrolled in. None: there is none."""
    wanted = asking.course_id or asking.filters.curve
    if wanted and (not asking.courses or wanted in asking.courses):
        row = db.session.execute(select(Course.id, Course.title).where(Course.id == wanted, Course.status != "draft"))
        if found := row.one_or_none():
            return found[0], found[1]
    there = enrollments(asking, Enrollment.id, who_left=True).where(Enrollment.course_id == Course.id)
    first = db.session.execute(
        select(Course.id, Course.title)
        .where(Course.status != "draft", there.correlate(Course).exists())
        .order_by(func.lower(Course.title), Course.id)
        .limit(1)
    ).one_or_none()
    return (first[0], first[1]) if first else None


def curve(asking: Asking, course: tuple[int, str]) -> Curve:
    """One statement: how many ended how, after how many days."""
    how, day = how_ended().label("how"), days_seen(asking).label("day")
    rows = db.session.execute(
        enrollments(asking.of_course(course[0]), how, day, func.count(), who_left=True).group_by(how, day)
    )
    completed: dict[int, int] = {}
    still: dict[int, int] = {}
    ends = dict.fromkeys(ENDS, 0)
    for end, after, n in rows:
        ends[end] += n
        into = completed if end == "completed" else still
        into[after] = into.get(after, 0) + n
    return Curve(*course, kaplan_meier(completed, still), ends)


def stops(asking: Asking, course_id: int) -> Stops:
    """Where those stand who have not completed. Two statements at most."""
    version = version_of(
        course_id, db.session.scalar(select(Course.content_version).where(Course.id == course_id)) or 0
    )
    of_lesson = Enrollment.current_lesson_id
    statement = enrollments(
        asking.of_course(course_id), of_lesson, func.count(), func.count().filter(stands_still(asking))
    ).where(is_open())
    found = {row[0]: (row[1], row[2]) for row in db.session.execute(statement.group_by(of_lesson))}
    lessons = [
        Stop(line.id, line.title, chapter.title, *found.get(line.id, (0, 0)))
        for chapter in version.chapters
        for line in chapter.lessons
    ]
    return Stops(lessons, *found.get(None, (0, 0)))


def stands_still(asking: Asking) -> ColumnElement[bool]:
    """Nothing done for 14 days; nobody who pauses."""
    return is_idle(asking.now, STILL_DAYS)


def how_ended() -> ColumnElement[str]:
    """One of ENDS."""
    return case(
        (completed_once(), "completed"),
        (Enrollment.withdrawn_at.is_not(None), "withdrawn"),
        (Enrollment.exempted_at.is_not(None), "exempt"),
        (Employee.status == "left", "left"),
        else_="learning",
    )


def days_seen(asking: Asking) -> ColumnElement[int]:
    """Whole days from enrollment to the first completion, or to when somebody was last seen without one."""
    return case((completed_once(), whole_days(first_completed())), else_=whole_days(last_seen(asking.now)))


def at_lesson(lesson_id: int | None) -> ColumnElement[bool]:
    """Open, and this is the last lesson they opened; None: none yet."""
    here = Enrollment.current_lesson_id
    return and_(is_open(), here == lesson_id if lesson_id else here.is_(None))
