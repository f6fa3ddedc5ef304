"""What to show of attempts. Nothing made here says which option is right, except `result_for` when that is allowed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, Text, bindparam, cast, func, select

from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.publishing.reading import Version, version_of
from lmsapp.courses.quizzes.models import Quiz
from lmsapp.courses.quizzes.rules import ShowAnswers
from lmsapp.infra.db import db, one_or_none
from lmsapp.learning.enrollments.facts import quiz_of
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.enrollments.queries import enrollment_for
from lmsapp.learning.quizzes import rules
from lmsapp.learning.quizzes.allowed import attempts_allowed
from lmsapp.learning.quizzes.models import QuizAnswer, QuizSubmission
from lmsapp.learning.quizzes.views import Asked, Attempt, Choice, Missed, QuizIntro, Result, Reviewed, Taking
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
    place = _place(row)
    held = row.answers or {}
    return Taking(
        id=row.id,
        number=row.number,
        course_id=row.course_id,
        course_title=row.course_title,
        lesson_id=row.lesson_id,
        lesson_title=place.lesson_title,
        passing_percent=row.passing_percent,
        max_attempts=place.max_attempts,
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
    place = _place(row)
    show = rules.may_see_answers(place.show_answers, passed=row.passed)
    used = db.session.scalar(
        select(func.count()).where(
            QuizSubmission.enrollment_id == row.enrollment_id,
            QuizSubmission.quiz_id == row.quiz_id,
            QuizSubmission.cycle == row.cycle,
        )
    )
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
        passed=bool(row.passed),
        submitted_at=row.submitted_at,
        timed_out=row.deadline is not None and row.submitted_at >= row.deadline,
        questions=len(row.questions),
        right=len(row.questions) - len(wrong),
        attempts_left=rules.attempts_left(
            attempts_allowed(place.max_attempts, enrollment_id=row.enrollment_id, cycle=row.cycle, quiz_id=row.quiz_id),
            used or 0,
        ),
        missed=() if row.passed and not wrong else _missed(wrong, place.version),
        review=tuple(_reviewed(q, results.get(q["id"], {})) for q in row.questions) if show else (),
    )


def intro_for(viewer: Viewer, course_id: int, lesson_id: int) -> QuizIntro | None:
    """What to know before starting the quiz of a lesson the viewer is enrolled in, and how attempts went so far.

    Attempts are those of the current time round.
    """
    enrollment = enrollment_for(viewer, course_id)
    asked = quiz_of(enrollment, lesson_id) if enrollment else None
    if enrollment is None or asked is None:
        return None
    attempts = _attempts_where(
        QuizSubmission.enrollment_id == enrollment.id,
        QuizSubmission.cycle == enrollment.cycle,
        QuizSubmission.quiz_id == asked.view.id,
    )
    allowed = attempts_allowed(
        asked.view.max_attempts, enrollment_id=enrollment.id, cycle=enrollment.cycle, quiz_id=asked.view.id
    )
    return QuizIntro(
        quiz_id=asked.view.id,
        passing_percent=asked.view.passing_percent,
        max_attempts=allowed,
        minutes=asked.view.minutes,
        questions=asked.view.question_count,
        attempts=attempts,
        attempts_left=rules.attempts_left(allowed, len(attempts)),
    )


ATTEMPT: tuple[Any, ...] = (
    QuizSubmission.id,
    QuizSubmission.quiz_id,
    QuizSubmission.number,
    QuizSubmission.started_at,
    QuizSubmission.deadline,
    QuizSubmission.submitted_at,
    QuizSubmission.percent,
    QuizSubmission.passed,
)


OWN_ATTEMPTS = (
    select(*ATTEMPT)
    .join(Enrollment, Enrollment.id == QuizSubmission.enrollment_id)
    .where(
        QuizSubmission.enrollment_id == bindparam("enrollment_id"),
        Enrollment.employee_id == bindparam("employee_id"),
    )
    .order_by(QuizSubmission.quiz_id, QuizSubmission.number)
)


def submissions_of(viewer: Viewer, enrollment_id: int) -> tuple[Attempt, ...]:
    """Every attempt of an enrollment of the viewer's own, oldest first; the statement is built once."""
    rows = db.session.execute(OWN_ATTEMPTS, {"enrollment_id": enrollment_id, "employee_id": viewer.employee_id})
    return tuple(Attempt(*row) for row in rows)


def _own(viewer: Viewer) -> tuple[Any, ...]:
    return Enrollment.employee_id == viewer.employee_id, Enrollment.withdrawn_at.is_(None)


def _with_place(viewer: Viewer, submission_id: int) -> Select[Any]:
    return (
        select(
            *QuizSubmission.__table__.c,
            Quiz.lesson_id,
            Quiz.course_id,
            func.coalesce(QuizSubmission.content_version, Enrollment.content_version, Course.content_version).label(
                "taken_version"
            ),
            Course.title.label("course_title"),
        )
        .join(Enrollment, Enrollment.id == QuizSubmission.enrollment_id)
        .join(Quiz, Quiz.id == QuizSubmission.quiz_id)
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


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an attempt belongs, as the version it was taken in has it."""

    version: Version
    lesson_title: str
    max_attempts: int | None
    show_answers: str


def _place(row: Any) -> _Place:
    version = version_of(row.course_id, row.taken_version)
    quiz, lesson = version.quizzes.get(row.lesson_id), version.lessons.get(row.lesson_id)
    return _Place(
        version,
        lesson.title if lesson else row.course_title,
        quiz.view.max_attempts if quiz else None,
        quiz.view.show_answers if quiz else ShowAnswers.NEVER,
    )


def _missed(wrong: Sequence[dict[str, Any]], version: Version) -> tuple[Missed, ...]:
    """The questions not got right, and the lesson to look at again where the author named one of this version."""
    titles = {key: lesson.title for key, lesson in version.lessons.items()}
    return tuple(
        Missed(
            prompt=question["prompt"],
            lesson_id=question.get("lesson_id") if question.get("lesson_id") in titles else None,
            lesson_title=titles.get(question.get("lesson_id") or 0, ""),
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


def _attempts_where(*conditions: Any) -> tuple[Attempt, ...]:
    rows = db.session.execute(
        select(*ATTEMPT).where(*conditions).order_by(QuizSubmission.quiz_id, QuizSubmission.number)
    )
    return tuple(Attempt(*row) for row in rows)
