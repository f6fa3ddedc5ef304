"""Course by course: the average assessment score, and how long completing takes (DSH-3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db
from lmsapp.insight.statistics.asking import Asking
from lmsapp.insight.statistics.facts import (
    average,
    completed_by_learning,
    enrollments,
    first_completed,
    whole_days,
)
from lmsapp.insight.statistics.rules import Quartiles, quartiles
from lmsapp.learning.enrollments.models import Enrollment


@dataclass(frozen=True, slots=True)
class Score:
    """The mean of the best scores of `people`, who have one."""

    course_id: int
    course: str
    people: int
    mean: float


@dataclass(frozen=True, slots=True)
class Time:
    """Days from enrollment to the first completion."""

    course_id: int
    course: str
    days: Quartiles


def scores(asking: Asking) -> Sequence[Score]:
    """Lowest first. Two statements."""
    statement = enrollments(asking, Enrollment.course_id, func.count(), average(Enrollment.best_score)).where(
        *has_score()
    )
    rows = db.session.execute(statement.group_by(Enrollment.course_id)).all()
    titles = _titles([row[0] for row in rows])
    found = [Score(row[0], titles[row[0]], row[1], row[2]) for row in rows]
    return sorted(found, key=lambda one: (one.mean, one.course.casefold(), one.course_id))


def times(asking: Asking) -> Sequence[Time]:
    """Longest first. Two statements: durations are counted by whole days, so that quartiles need no sorting of rows."""
    days = whole_days(first_completed()).label("days")
    statement = enrollments(asking, Enrollment.course_id, days, func.count()).where(completed_by_learning())
    by_course: dict[int, dict[int, int]] = defaultdict(dict)
    for course_id, day, n in db.session.execute(statement.group_by(Enrollment.course_id, days)):
        by_course[course_id][day] = n
    titles = _titles(list(by_course))
    found = [Time(id_, titles[id_], of) for id_, counted in by_course.items() if (of := quartiles(counted))]
    return sorted(found, key=lambda one: (-one.days.median, -one.days.high, one.course.casefold(), one.course_id))


def has_score() -> tuple[ColumnElement[bool], ...]:
    """Somebody was assessed, and still counts."""
    return (Enrollment.best_score.is_not(None), Enrollment.withdrawn_at.is_(None))


def _titles(ids: Sequence[int]) -> dict[int, str]:
    return dict(db.session.execute(select(Course.id, Course.title).where(Course.id.in_(ids))).all())
