"""Course by course: the average assessment score, and how long completing takes (DSH-3)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from lmsapp.courses.catalogue.models import Course
from lmsapp.infra.db import db
from lmsapp.insight.figures.cells import histogram, longer, scored
from lmsapp.insight.figures.reading import places, texts, together
from lmsapp.insight.statistics.asking import Asking
from lmsapp.insight.statistics.facts import (
    completed_by_learning,
    enrollments,
    first_completed,
    has_score,
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
    """Lowest first. Three statements from what is kept, and one from the facts."""
    by_course = together(asking, _kept_scores, _scores, _both)
    titles = _titles(list(by_course))
    found = [Score(id_, titles[id_], n, total / n) for id_, (n, total) in by_course.items()]
    return sorted(found, key=lambda one: (one.mean, one.course.casefold(), one.course_id))


def times(asking: Asking) -> Sequence[Time]:
    """Longest first. As many statements: durations are counted by whole days, so that quartiles sort no rows."""
    by_course = together(asking, _kept_days, _days, _days_of_both)
    titles = _titles(list(by_course))
    found = [Time(id_, titles[id_], of) for id_, counted in by_course.items() if (of := quartiles(counted))]
    return sorted(found, key=lambda one: (-one.days.median, -one.days.high, one.course.casefold(), one.course_id))


def _scores(asking: Asking) -> dict[int, tuple[int, int]]:
    """Course -> people, and the sum of their scores."""
    columns = (Enrollment.course_id, func.count(), func.sum(Enrollment.best_score))
    rows = db.session.execute(enrollments(asking, *columns).where(*has_score()).group_by(Enrollment.course_id))
    return {row[0]: (row[1], int(row[2])) for row in rows}


def _kept_scores(asking: Asking) -> tuple[dict[int, tuple[int, int]], Sequence[int]] | None:
    kept = texts(asking, "scores")
    if kept is None:
        return None
    text = kept[0][None]
    each = {id_: scored(text.raw, text.width, place) for place, id_ in places(asking, text.width).items()}
    return {id_: counts for id_, counts in each.items() if counts[0]}, kept[1]


def _both(one: dict[int, tuple[int, int]], more: dict[int, tuple[int, int]]) -> dict[int, tuple[int, int]]:
    found = dict(one)
    for id_, (n, total) in more.items():
        before = found.get(id_, (0, 0))
        found[id_] = (before[0] + n, before[1] + total)
    return found


def _days(asking: Asking) -> dict[int, Counter[int]]:
    """Course -> days -> how many."""
    days = whole_days(first_completed()).label("days")
    statement = enrollments(asking, Enrollment.course_id, days, func.count()).where(completed_by_learning())
    by_course: dict[int, Counter[int]] = defaultdict(Counter)
    for course_id, day, n in db.session.execute(statement.group_by(Enrollment.course_id, days)):
        by_course[course_id][day] = n
    return by_course


def _kept_days(asking: Asking) -> tuple[dict[int, Counter[int]], Sequence[int]] | None:
    kept = texts(asking, "days")
    if kept is None:
        return None
    text = kept[0][None]
    wanted = places(asking, text.width)
    found = {id_: histogram(text.raw, text.width, (place,)) for place, id_ in wanted.items()}
    for (id_, days), n in longer(text.long, wanted).items():
        found[id_][days] += n
    return found, kept[1]


def _days_of_both(one: dict[int, Counter[int]], more: dict[int, Counter[int]]) -> dict[int, Counter[int]]:
    return {id_: one.get(id_, Counter()) + more.get(id_, Counter()) for id_ in {*one, *more}}


def _titles(ids: Sequence[int]) -> dict[int, str]:
    return dict(db.session.execute(select(Course.id, Course.title).where(Course.id.in_(ids))).all())
