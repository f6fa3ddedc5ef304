"""The catalogue: what matches, what each filter would show, the cards of one page. Two statements, three with words."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, func, literal, select

from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.catalogue.queries import CARD_COLUMNS
from lmsapp.courses.catalogue.rules import CourseStatus
from lmsapp.courses.finding.models import CourseText
from lmsapp.courses.finding.queries import corrected, rank_of, searched, snippets
from lmsapp.courses.finding.rules import Piece, asked_words
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.choosing.models import LearnerChoice
from lmsapp.learning.choosing.rules import NONE, Candidate, ChoiceKind, Filters, counts, fits, in_order
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.enrollments.rules import status
from lmsapp.learning.reviews.models import CourseRating
from lmsapp.learning.reviews.rules import Rating
from lmsapp.people.viewer import Viewer

PAGE = 24
KEPT = dt.timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Found:
    """One page of the catalogue. `cards`: a course's columns, what the filters know of it, where it says the words.

    `counts` by facet and value, as `rules.counts`. `number` is 1-based. `instead`: the words that were looked for in
    place of mistyped ones, '' where nothing was changed.
    """

    cards: list[tuple[Any, Candidate, list[Piece]]]
    counts: Mapping[str, Counter[str]]
    total: int
    number: int
    instead: str = ""
    size: int = field(default=PAGE)


def catalogue(viewer: Viewer, q: str, filters: Filters, sort: str, page: int, today: dt.date) -> Found:
    """Published courses that have every word of `q` and pass the filters; `today` is the viewer's."""
    words, instead = asked_words(q), ""
    candidates = _candidates(viewer, words, today)
    if words and not candidates and (better := corrected(words)) != words:
        words, instead = better, " ".join(better)
        candidates = _candidates(viewer, words, today)
    fitting = in_order((one for one in candidates if fits(one, filters)), sort)
    last = max(1, -(-len(fitting) // PAGE))
    number = min(max(1, page), last)
    shown = fitting[(number - 1) * PAGE : number * PAGE]
    columns = {row.id: row for row in db.session.execute(_cards().where(Course.id.in_([one.id for one in shown])))}
    said = snippets([one.id for one in shown], words)
    cards = [(columns[one.id], one, said.get(one.id, [])) for one in shown]
    return Found(cards, counts(candidates, filters), len(fitting), number, instead)


def is_unwanted(viewer: Viewer, course_id: int) -> bool:
    """Whether the viewer said they are not interested."""
    said = select(LearnerChoice.kind).where(
        LearnerChoice.employee_id == viewer.employee_id,
        LearnerChoice.course_id == course_id,
        LearnerChoice.kind == ChoiceKind.NOT_INTERESTED.value,
    )
    return db.session.scalar(said) is not None


def _cards() -> Select[*tuple[Any, ...]]:
    return select(*CARD_COLUMNS)


def _candidates(viewer: Viewer, words: Sequence[str], today: dt.date) -> list[Candidate]:
    taken = _taken(str(db.engine.engine.url), int(clock.now().timestamp() // KEPT.total_seconds()))
    statement = (
        select(
            Course.id,
            Course.title,
            Course.kind,
            Course.language,
            Course.minutes,
            Course.mandatory,
            Course.validity_months,
            Course.published_at,
            Course.topics,
            CourseRating.reviews,
            CourseRating.stars,
            Enrollment.id,
            Enrollment.started_at,
            Enrollment.completed_at,
            Enrollment.failed_at,
            Enrollment.valid_until,
            Enrollment.renewal_from,
            Enrollment.paused_until,
            rank_of(words) if words else literal(0.0),
        )
        .select_from(Course)
        .outerjoin(CourseRating, CourseRating.course_id == Course.id)
        .outerjoin(
            Enrollment,
            (Enrollment.course_id == Course.id)
            & (Enrollment.employee_id == viewer.employee_id)
            & Enrollment.withdrawn_at.is_(None),
        )
        .where(Course.status == CourseStatus.PUBLISHED)
    )
    if words:
        statement = statement.join(CourseText, CourseText.course_id == Course.id).where(searched(words))
    return [_candidate(row, taken, today) for row in db.session.execute(statement)]


def _candidate(row: Any, taken: Mapping[int, int], today: dt.date) -> Candidate:
    rating = Rating(row[9] or 0, row[10] or 0)
    whole: Any = (*row[:9], _standing(row, today), rating, taken.get(row[0], 0), row[18])
    return Candidate(*whole)


def _standing(row: Any, today: dt.date) -> str:
    if row[11] is None:
        return NONE
    return status(
        started=row[12] is not None,
        completed_on=row[13].date() if row[13] else None,
        failed=row[14] is not None,
        withdrawn=False,
        valid_until=row[15],
        renewal_from=row[16],
        paused_until=row[17],
        today=today,
    ).value


@lru_cache(maxsize=4)
def _taken(_database: str, _while: int) -> dict[int, int]:
    """How many took each course; a few minutes old at most, because it counts every enrollment there is."""
    rows = db.session.execute(
        select(Enrollment.course_id, func.count())
        .where(Enrollment.withdrawn_at.is_(None))
        .group_by(Enrollment.course_id)
    )
    return {row[0]: row[1] for row in rows}
