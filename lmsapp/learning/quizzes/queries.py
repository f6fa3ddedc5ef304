"""What to show of attempts. Nothing made here says which option is right, except `result_for` when that is allowed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, Text, cast, func, select

from lmsapp.courses.catalogue.models import Course, Lesson
from lmsapp.courses.quizzes.models import Question, Quiz
from lmsapp.infra.db import db, one_or_none
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.quizzes import rules
from lmsapp.learning.quizzes.models import QuizAnswer, QuizSubmission
from lmsapp.learning.quizzes.views import Asked, Attempt, Choice, Missed, QuizIntro, Result, Reviewed, Taking
from lmsapp.people.queries import employee_ids_visible_to
from lmsapp.people.viewer import Viewer


def own_submission(viewer: Viewer, submission_id: int) -> QuizSubmission | None:
    """The viewer's own attempt as an entity, to act on."""
    return one_or_none(
        select(QuizSubmission)
        .join(Enrollment, Enrollment.id == QuizSubmission.enrollment_id)
        .where(QuizSubmission.id == submission_id, *_own(viewer))
    )


def taking(viewer: Viewer, submission_id: int) -> Taking | None:
    """The viewer's own attempt as it is taken: questions without their right answers, and what was answered."""
    row = db.session.execute(_with_place(viewer, submission_id).add_columns(_answers())).one_or_none()
    if row is None:
        return None
    held = row.answers or {}
    return Taking(
        id=row.id,
        number=row.number,
        course_id=row.course_id,
        course_title=row.course_title,
        lesson_id=row.lesson_id,
        lesson_title=row.lesson_title,
        passing_percent=row.passing_percent,
        max_attempts=row.max_attempts,
        started_at=row.started_at,
        deadline=row.deadline,
        submitted_at=row.submitted_at,
        questions=tuple(_asked(question, held.get(str(question["id"]))) for question in row.questions),
    )


def result_for(viewer: Viewer, submission_id: int) -> Result | None:
    """The viewer's own handed-in attempt. `review` is empty unless the quiz's setting allows right answers now."""
    row = db.session.execute(
        _with_place(viewer, submission_id).where(QuizSubmission.submitted_at.is_not(None))
    ).one_or_none()
    if row is None:
        return None
    results = {one["id"]: one for one in row.result or ()}
    wrong = [question for question in row.questions if not results.get(question["id"], {}).get("right")]
    show = rules.may_see_answers(row.show_answers, passed=row.passed)
    used = db.session.scalar(
        select(func.count()).where(
            QuizSubmission.enrollment_id == row.enrollment_id, QuizSubmission.quiz_id == row.quiz_id
        )
    )
    return Result(
        id=row.id,
        enrollment_id=row.enrollment_id,
        number=row.number,
        course_id=row.course_id,
        course_title=row.course_title,
        lesson_id=row.lesson_id,
        lesson_title=row.lesson_title,
        passing_percent=row.passing_percent,
        percent=row.percent,
        points=row.points,
        max_points=row.max_points,
        passed=bool(row.passed),
        submitted_at=row.submitted_at,
        timed_out=row.deadline is not None and row.submitted_at >= row.deadline,
        questions=len(row.questions),
        right=len(row.questions) - len(wrong),
        attempts_left=rules.attempts_left(row.max_attempts, used or 0),
        missed=() if row.passed and not wrong else _missed(wrong),
        review=tuple(_reviewed(q, results.get(q["id"], {})) for q in row.questions) if show else (),
    )


def intro_for(viewer: Viewer, course_id: int, lesson_id: int) -> QuizIntro | None:
    """What to know before starting the quiz of a lesson the viewer is enrolled in, and how earlier attempts went."""
    count = (
        select(func.count())
        .where(Question.quiz_id == Quiz.id, Question.archived_at.is_(None), Question.replaced_by_id.is_(None))
        .scalar_subquery()
    )
    row = db.session.execute(
        select(Quiz.id, Quiz.passing_percent, Quiz.max_attempts, Quiz.minutes, count.label("questions"), Enrollment.id)
        .join(Enrollment, Enrollment.course_id == Quiz.course_id)
        .where(Quiz.lesson_id == lesson_id, Quiz.course_id == course_id, *_own(viewer))
    ).one_or_none()
    if row is None:
        return None
    attempts = tuple(
        attempt for attempt in _attempts_where(QuizSubmission.enrollment_id == row[5]) if attempt.quiz_id == row[0]
    )
    return QuizIntro(
        quiz_id=row[0],
        passing_percent=row.passing_percent,
        max_attempts=row.max_attempts,
        minutes=row.minutes,
        questions=row.questions,
        attempts=attempts,
        attempts_left=rules.attempts_left(row.max_attempts, len(attempts)),
    )


def submissions_of(viewer: Viewer, enrollment_id: int) -> tuple[Attempt, ...]:
    """Every attempt of an enrollment the viewer may see, oldest first."""
    visible = select(Enrollment.id).where(
        Enrollment.id == enrollment_id, Enrollment.employee_id.in_(employee_ids_visible_to(viewer))
    )
    return _attempts_where(QuizSubmission.enrollment_id.in_(visible))


def _own(viewer: Viewer) -> tuple[Any, ...]:
    return Enrollment.employee_id == viewer.employee_id, Enrollment.withdrawn_at.is_(None)


def _with_place(viewer: Viewer, submission_id: int) -> Select[Any]:
    return (
        select(
            *QuizSubmission.__table__.c,
            Quiz.max_attempts,
            Quiz.show_answers,
            Quiz.lesson_id,
            Quiz.course_id,
            Lesson.title.label("lesson_title"),
            Course.title.label("course_title"),
        )
        .join(Enrollment, Enrollment.id == QuizSubmission.enrollment_id)
        .join(Quiz, Quiz.id == QuizSubmission.quiz_id)
        .join(Lesson, Lesson.id == Quiz.lesson_id)
        .join(Course, Course.id == Quiz.course_id)
        .where(QuizSubmission.id == submission_id, *_own(viewer))
    )


def _answers() -> Any:
    """{question id: [given, flagged, revision, saved_at]} in the same statement."""
    answer = func.jsonb_build_array(QuizAnswer.given, QuizAnswer.flagged, QuizAnswer.revision, QuizAnswer.saved_at)
    together = func.jsonb_object_agg(cast(QuizAnswer.question_id, Text), answer)
    return select(together).where(QuizAnswer.submission_id == QuizSubmission.id).scalar_subquery().label("answers")


def _asked(question: dict[str, Any], held: list[Any] | None) -> Asked:
    given, flagged, revision, saved_at = held or ([], False, 0, None)
    return Asked(
        id=question["id"],
        kind=question["kind"],
        prompt=question["prompt"],
        options=tuple(Choice(key=one["key"], text=one["text"]) for one in question["options"]),
        given=frozenset(given),
        flagged=flagged,
        revision=revision,
        saved_at=dt.datetime.fromisoformat(saved_at) if saved_at else None,
    )


def _missed(wrong: Sequence[dict[str, Any]]) -> tuple[Missed, ...]:
    """The questions not got right, and the lesson to look at again where the author named one that is still there."""
    named = {question["lesson_id"] for question in wrong if question.get("lesson_id")}
    rows = db.session.execute(select(Lesson.id, Lesson.title).where(Lesson.id.in_(named), Lesson.archived_at.is_(None)))
    titles = {row.id: row.title for row in rows}
    return tuple(
        Missed(
            prompt=question["prompt"],
            lesson_id=question.get("lesson_id") if question.get("lesson_id") in titles else None,
            lesson_title=titles.get(question.get("lesson_id"), ""),
        )
        for question in wrong
    )


def _reviewed(question: dict[str, Any], result: dict[str, Any]) -> Reviewed:
    given = frozenset(result.get("given") or ())
    return Reviewed(
        prompt=question["prompt"],
        right=bool(result.get("right")),
        explanation=question.get("explanation") or "",
        options=tuple(
            Choice(key=one["key"], text=one["text"], given=one["key"] in given, correct=bool(one.get("correct")))
            for one in question["options"]
        ),
    )


def _attempts_where(condition: Any) -> tuple[Attempt, ...]:
    rows = db.session.execute(
        select(
            QuizSubmission.id,
            QuizSubmission.quiz_id,
            QuizSubmission.number,
            QuizSubmission.started_at,
            QuizSubmission.deadline,
            QuizSubmission.submitted_at,
            QuizSubmission.percent,
            QuizSubmission.passed,
        )
        .where(condition)
        .order_by(QuizSubmission.quiz_id, QuizSubmission.number)
    )
    return tuple(Attempt(*row) for row in rows)
