"""How an attempt went, for its learner (QIZ-3, QIZ-4, QIZ-7): right answers only where the quiz shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from lmsapp.courses.publishing.reading import Version
from lmsapp.courses.quizzes.rules import QuestionKind
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.quizzes import rules
from lmsapp.learning.quizzes.models import QuizGrading, QuizSubmission
from lmsapp.learning.quizzes.queries import attempts_where, place_of, with_place
from lmsapp.learning.quizzes.reviewing import outcome_of, reviewed
from lmsapp.learning.quizzes.seeing import answers_shown, tries_of
from lmsapp.learning.quizzes.views import Result, Reviewed
from lmsapp.people.viewer import Viewer


def result_for(viewer: Viewer, submission_id: int) -> Result | None:
    """The viewer's own handed-in attempt. `review` is empty unless the quiz's setting allows right answers now."""
    row = db.session.execute(
        with_place(viewer, submission_id).where(QuizSubmission.submitted_at.is_not(None))
    ).one_or_none()
    if row is None:
        return None
    place, said = place_of(row), _said(row.id)
    made = {one["id"]: one for one in row.result or ()}
    outcomes = [outcome_of(made.get(one["id"], {})) for one in row.questions]
    tries = tries_of(row.enrollment_id, row.quiz_id, place.max_attempts)
    returned = row.returned is not None
    show = answers_shown(place.show_answers, tries, passed=row.passed, practice=row.practice, returned=returned)
    lines = _lines(row.questions, made, said, show=show)
    attempts = attempts_where(
        QuizSubmission.enrollment_id == row.enrollment_id,
        QuizSubmission.quiz_id == row.quiz_id,
        QuizSubmission.cycle == row.cycle,
    )
    opens = rules.opens_at(max(one.submitted_at for one in attempts if one.submitted_at), place.wait_minutes)
    return Result(
        id=row.id,
        enrollment_id=row.enrollment_id,
        number=row.number,
        course_id=row.course_id,
        course_title=row.course_title,
        lesson_id=row.lesson_id,
        lesson_title=place.lesson_title,
        passing_percent=row.passing_percent,
        percent=row.percent,
        points=row.points,
        max_points=row.max_points,
        passed=row.passed,
        submitted_at=row.submitted_at,
        timed_out=row.deadline is not None and row.submitted_at >= row.deadline,
        questions=sum(one["kind"] != QuestionKind.OPEN for one in row.questions) if row.practice else len(outcomes),
        right=outcomes.count("right"),
        partly=outcomes.count("partly"),
        waiting=outcomes.count("waits"),
        attempts_left=tries.left,
        missed=() if row.passed else _missed(row.questions, outcomes, place.version),
        review=lines if show else (),
        graded=() if show else tuple(one for one in lines if one.kind == QuestionKind.OPEN and one.outcome != "none"),
        practice=row.practice,
        returned=returned,
        regraded=said.regraded,
        opens_at=opens if opens and opens > clock.now() else None,
        over=tries.passed or tries.pending,
        attempts=tuple(one for one in attempts if one.submitted_at is not None),
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """What graders said over time: feedback by question, the corrections that hold, why it was judged anew."""

    feedback: Mapping[str, str]
    corrections: Mapping[str, Mapping[str, Any]]
    regraded: str


def _said(submission_id: int) -> _Said:
    rows = db.session.execute(
        select(QuizGrading.kind, QuizGrading.feedback, QuizGrading.corrections, QuizGrading.reason)
        .where(QuizGrading.submission_id == submission_id)
        .order_by(QuizGrading.number)
    ).all()
    feedback: dict[str, str] = {}
    for row in rows:
        feedback |= row.feedback
    last = rows[-1] if rows else None
    return _Said(
        feedback, last.corrections if last else {}, last.reason if last is not None and last.kind == "regraded" else ""
    )


def _lines(
    questions: Sequence[dict[str, Any]], made: Mapping[int, Any], said: _Said, *, show: bool
) -> tuple[Reviewed, ...]:
    return tuple(
        reviewed(
            {**one, **said.corrections.get(str(one["id"]), {})},
            made.get(one["id"], {}),
            answers=show,
            feedback=str(said.feedback.get(str(one["id"])) or ""),
        )
        for one in questions
    )


def _missed(
    questions: Sequence[dict[str, Any]], outcomes: Sequence[str], version: Version
) -> tuple[tuple[int, str], ...]:
    """The lessons to look at again. Not the questions: who knows which of two options is wrong knows the right one."""
    titles = {key: lesson.title for key, lesson in version.lessons.items()}
    wanted = [
        one.get("lesson_id")
        for one, outcome in zip(questions, outcomes, strict=True)
        if outcome in ("partly", "wrong", "none") and one.get("lesson_id") in titles
    ]
    return tuple((key, titles[key]) for key in titles if key in wanted)
