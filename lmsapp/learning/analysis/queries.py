"""The analysis of one quiz, for whoever may write it (QIZ-6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from lmsapp.courses.catalogue.authored import written_by
from lmsapp.courses.catalogue.models import Course, Lesson
from lmsapp.courses.quizzes.models import Question, Quiz
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.analysis.answers import Collected, Sheet, choices_of, collect, points_by_question
from lmsapp.learning.analysis.rules import Figures, alpha, figures, mean
from lmsapp.learning.quizzes.models import QuizSubmission
from lmsapp.people.viewer import Viewer

MOST = 5000  # attempts looked at, the newest


@dataclass(frozen=True, slots=True)
class AnalysisFilters:
    """`from_on`, `until_on`: handed in on these days (of `zone`). `every`: all attempts, not only the first of each
    learner in each time round. `older`: versions of questions that are not asked any more as well."""

    from_on: dt.date | None = None
    until_on: dt.date | None = None
    every: bool = False
    older: bool = False
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Row:
    """One question in one version. `current`: the bank still has it so."""

    question_id: int
    number: int
    version: int
    kind: str
    prompt: str
    points: str
    current: bool
    figures: Figures


@dataclass(frozen=True, slots=True)
class QuizAnalysis:
    """`attempts` looked at, of `of` there are. `mean_percent` and `passed` (a share): None of none."""

    quiz_id: int
    lesson_id: int
    course_id: int
    title: str
    course: str
    attempts: int
    of: int
    mean_percent: float | None
    passed: float | None
    alpha: float | None
    rows: tuple[Row, ...]


def quiz_to_analyse(viewer: Viewer, lesson_id: int) -> Any:
    """(id, lesson_id, course_id, title, course) of a quiz the viewer may write, or None."""
    return db.session.execute(
        select(Quiz.id, Quiz.lesson_id, Quiz.course_id, Lesson.title, Course.title.label("course"))
        .join(Lesson, Lesson.id == Quiz.lesson_id)
        .join(Course, Course.id == Quiz.course_id)
        .where(Quiz.lesson_id == lesson_id, written_by(viewer))
    ).one_or_none()


def analysis_of(quiz: Any, filters: AnalysisFilters) -> QuizAnalysis:
    """Everything the page shows, in three statements. `quiz`: as `quiz_to_analyse` answers."""
    rows = _attempts(quiz.id, filters)
    total = rows[0].of if rows else 0
    sheets = [Sheet(one.questions, {made["id"]: made for made in one.result or ()}) for one in rows]
    collected = collect(sheets)
    return QuizAnalysis(
        quiz_id=quiz.id,
        lesson_id=quiz.lesson_id,
        course_id=quiz.course_id,
        title=quiz.title,
        course=quiz.course,
        attempts=len(rows),
        of=total,
        mean_percent=mean(float(one.percent or 0) for one in rows),
        passed=mean(float(bool(one.passed)) for one in rows),
        alpha=alpha([points_by_question(one) for one in sheets]),
        rows=tuple(_rows(collected, older=filters.older)),
    )


def _attempts(quiz_id: int, filters: AnalysisFilters) -> Sequence[Any]:
    """Newest first: attempts whose result stands, none of practice."""
    wanted = [
        QuizSubmission.quiz_id == quiz_id,
        QuizSubmission.passed.is_not(None),
        QuizSubmission.practice.is_(False),
        *_days(filters),
    ]
    if not filters.every:
        earlier = aliased(QuizSubmission)
        first = select(func.min(earlier.number)).where(
            earlier.enrollment_id == QuizSubmission.enrollment_id,
            earlier.quiz_id == QuizSubmission.quiz_id,
            earlier.cycle == QuizSubmission.cycle,
            earlier.practice.is_(False),
        )
        wanted.append(QuizSubmission.number == first.scalar_subquery())
    columns = (QuizSubmission.questions, QuizSubmission.result, QuizSubmission.percent, QuizSubmission.passed)
    statement = select(*columns, func.count().over().label("of")).where(*wanted)
    return db.session.execute(statement.order_by(QuizSubmission.id.desc()).limit(MOST)).all()


def _days(filters: AnalysisFilters) -> Iterable[Any]:
    zone = clock.zone(filters.zone)
    if filters.from_on:
        yield QuizSubmission.submitted_at >= dt.datetime.combine(filters.from_on, dt.time(), zone)
    if filters.until_on:
        after = filters.until_on + dt.timedelta(days=1)
        yield QuizSubmission.submitted_at < dt.datetime.combine(after, dt.time(), zone)


def _rows(collected: dict[int, Collected], *, older: bool) -> Iterable[Row]:
    """In the order of the quiz; what comes from a pool after that."""
    kept = select(Question.id, Question.position, Question.replaced_by_id, Question.archived_at, Question.quiz_id)
    bank = {row.id: row for row in db.session.execute(kept.where(Question.id.in_(collected)))} if collected else {}
    current = {key: row.replaced_by_id is None and row.archived_at is None for key, row in bank.items()}
    shown = [key for key in collected if older or current.get(key, False)]
    shown.sort(
        key=lambda key: (bank[key].quiz_id is None, bank[key].position or 0, key) if key in bank else (True, 0, key)
    )
    for number, key in enumerate(shown, 1):
        here = collected[key]
        yield Row(
            question_id=key,
            number=number,
            version=here.question.get("version", 1),
            kind=here.question["kind"],
            prompt=here.question["prompt"],
            points=str(here.question["points"]),
            current=current.get(key, False),
            figures=figures(here.answers, choices_of(here)),
        )
