"""What to show of attempts under way. Nothing made here says which option is right; `results` does, when it may."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, Text, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import JSONPATH

from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.publishing.reading import Version, version_of
from lmsapp.courses.quizzes.marking import score
from lmsapp.courses.quizzes.models import Quiz
from lmsapp.courses.quizzes.rules import ShowAnswers
from lmsapp.infra.db import db, one_or_none
from lmsapp.learning.enrollments.facts import quiz_of
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.enrollments.queries import enrollment_for
from lmsapp.learning.quizzes import rules
from lmsapp.learning.quizzes.allowed import attempts_allowed
from lmsapp.learning.quizzes.models import QuizAnswer, QuizSubmission
from lmsapp.learning.quizzes.reviewing import reviewed
from lmsapp.learning.quizzes.views import Asked, Attempt, Choice, QuizIntro, Returned, Reviewed, Taking
from lmsapp.people.viewer import Viewer


def own_submission(viewer: Viewer, submission_id: int) -> QuizSubmission | None:
    """The viewer's own attempt as an entity, to act on."""
    return one_or_none(
        select(QuizSubmission)
        .join(Enrollment, Enrollment.id == QuizSubmission.enrollment_id)
        .where(QuizSubmission.id == submission_id, *own(viewer))
    )


def taking(viewer: Viewer, submission_id: int) -> Taking | None:
    """The viewer's own attempt as it is taken: questions without their right answers, and what was answered."""
    row = db.session.execute(with_place(viewer, submission_id).add_columns(_answers())).one_or_none()
    if row is None:
        return None
    place, held, back = place_of(row), row.answers or {}, row.returned or {}
    feedback = back.get("questions") or {}
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
        questions=tuple(_asked(one, held.get(str(one["id"])), feedback.get(str(one["id"]))) for one in row.questions),
        practice=row.practice,
        returned=_returned(back),
    )


def _returned(back: dict[str, Any]) -> Returned | None:
    if not back:
        return None
    at = back.get("at")
    return Returned(by=str(back.get("by") or ""), at=dt.datetime.fromisoformat(at) if at else None)


def unit_asked(viewer: Viewer, submission_id: int, question_id: int) -> str | None:
    """The unit of a number that is asked; None where no number is."""
    found = func.jsonb_path_query_first(
        QuizSubmission.questions,
        cast('$[*] ? (@.id == $id && @.kind == "numeric").detail', JSONPATH),
        func.jsonb_build_object("id", question_id),
    )
    detail = db.session.scalar(
        select(found)
        .join(Enrollment, Enrollment.id == QuizSubmission.enrollment_id)
        .where(QuizSubmission.id == submission_id, *own(viewer))
    )
    return str(detail.get("unit") or "") if isinstance(detail, dict) else None


def checked(viewer: Viewer, submission_id: int, number: int) -> Reviewed | None:
    """What came of one answer, the right one and the explanation: in practice alone, once something is answered."""
    submission = own_submission(viewer, submission_id)
    if submission is None or not submission.practice or not 1 <= number <= len(submission.questions):
        return None
    question = submission.questions[number - 1]
    saved = select(QuizAnswer.given).where(
        QuizAnswer.submission_id == submission.id, QuizAnswer.question_id == question["id"]
    )
    given = db.session.scalar(saved)
    if not given:
        return None
    made = score([question], {question["id"]: given}).results[0].as_json()
    return reviewed(question, {**made, "waits": False}, answers=True)


def intro_for(viewer: Viewer, course_id: int, lesson_id: int) -> QuizIntro | None:
    """What to know before starting the quiz of a lesson the viewer is enrolled in, and how attempts went so far.

    Attempts are those of the current time round.
    """
    enrollment = enrollment_for(viewer, course_id)
    asked = quiz_of(enrollment, lesson_id) if enrollment else None
    if enrollment is None or asked is None:
        return None
    view = asked.view
    attempts = attempts_where(
        QuizSubmission.enrollment_id == enrollment.id,
        QuizSubmission.cycle == enrollment.cycle,
        QuizSubmission.quiz_id == view.id,
    )
    count = [one for one in attempts if not one.practice]
    most = None if view.practice else view.max_attempts
    allowed = attempts_allowed(most, enrollment_id=enrollment.id, cycle=enrollment.cycle, quiz_id=view.id)
    ended = max((one.submitted_at for one in count if one.submitted_at), default=None)
    return QuizIntro(
        quiz_id=view.id,
        passing_percent=view.passing_percent,
        max_attempts=allowed,
        minutes=view.minutes,
        questions=view.question_count,
        attempts=attempts,
        attempts_left=rules.attempts_left(allowed, len(count)),
        practice=view.practice,
        negative_percent=view.negative_percent,
        wait_minutes=None if view.practice else view.wait_minutes,
        opens_at=None if view.practice else rules.opens_at(ended, view.wait_minutes),
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
    QuizSubmission.practice,
    QuizSubmission.returned.is_not(None).label("is_returned"),
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


def attempts_where(*conditions: Any) -> tuple[Attempt, ...]:
    """Attempts in order of their numbers."""
    rows = db.session.execute(
        select(*ATTEMPT).where(*conditions).order_by(QuizSubmission.quiz_id, QuizSubmission.number)
    )
    return tuple(Attempt(*row) for row in rows)


def own(viewer: Viewer) -> tuple[Any, ...]:
    """Conditions on Enrollment."""
    return Enrollment.employee_id == viewer.employee_id, Enrollment.withdrawn_at.is_(None)


def with_place(viewer: Viewer, submission_id: int) -> Select[Any]:
    """The columns of an attempt of the viewer's own, and where it belongs."""
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
        .where(QuizSubmission.id == submission_id, *own(viewer))
    )


@dataclass(frozen=True, slots=True)
class AttemptPlace:
    """Where an attempt belongs, as the version it was taken in has it."""

    version: Version
    lesson_title: str
    max_attempts: int | None
    show_answers: str
    wait_minutes: int | None


def place_of(row: Any) -> AttemptPlace:
    """Of a row that `with_place` gave."""
    version = version_of(row.course_id, row.taken_version)
    quiz, lesson = version.quizzes.get(row.lesson_id), version.lessons.get(row.lesson_id)
    return AttemptPlace(
        version,
        lesson.title if lesson else row.course_title,
        quiz.view.max_attempts if quiz and not row.practice else None,
        quiz.view.show_answers if quiz else ShowAnswers.NEVER,
        quiz.view.wait_minutes if quiz and not row.practice else None,
    )


def _answers() -> Any:
    """{question id: [given, flagged, revision, saved_at]} in the same statement."""
    answer = func.jsonb_build_array(QuizAnswer.given, QuizAnswer.flagged, QuizAnswer.revision, QuizAnswer.saved_at)
    together = func.jsonb_object_agg(cast(QuizAnswer.question_id, Text), answer)
    return select(together).where(QuizAnswer.submission_id == QuizSubmission.id).scalar_subquery().label("answers")


def _asked(question: dict[str, Any], held: list[Any] | None, feedback: str | None) -> Asked:
    """Named one by one, so that nothing else of the question gets through."""
    given, flagged, revision, saved_at = held or ([], False, 0, None)
    detail = question.get("detail") or {}
    return Asked(
        id=question["id"],
        kind=question["kind"],
        prompt=question["prompt"],
        options=tuple(Choice(key=one["key"], text=one["text"]) for one in question["options"]),
        given=tuple(given),
        flagged=flagged,
        revision=revision,
        saved_at=dt.datetime.fromisoformat(saved_at) if saved_at else None,
        matches=tuple(Choice(key=one["key"], text=one["text"]) for one in question.get("matches") or ()),
        unit=str(detail.get("unit") or ""),
        min_words=detail.get("min_words"),
        max_words=detail.get("max_words"),
        reworked=feedback is not None,
        feedback=feedback or "",
    )
