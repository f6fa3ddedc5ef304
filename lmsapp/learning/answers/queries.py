"""Attempts with open answers as graders see them: only what is theirs (`grading.scope`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager

from lmsapp.courses.catalogue.models import Course, Lesson
from lmsapp.courses.quizzes.models import Quiz
from lmsapp.courses.quizzes.rules import Asked
from lmsapp.infra.db import db
from lmsapp.learning.answers.actions import mark_in, marks_of, to_grade
from lmsapp.learning.answers.models import QuizClaim, QuizMark
from lmsapp.learning.answers.rules import Mark
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.grading.scope import answers_gradable_by, answers_wait
from lmsapp.learning.quizzes.models import QuizGrading, QuizSubmission
from lmsapp.people.employees.models import Employee
from lmsapp.people.viewer import Viewer

PAGE = 20


@dataclass(frozen=True, slots=True)
class Place:
    """An attempt with whose it is: enrollment with course and employee loaded, and the lesson's title."""

    submission: QuizSubmission
    enrollment: Enrollment
    lesson_id: int
    title: str


@dataclass(frozen=True, slots=True)
class AttemptView:
    """All that the grading page shows. `to_grade`: open questions with an answer that counts, by `marks` so far."""

    place: Place
    to_grade: Sequence[Asked]
    marks: dict[int, Mark]
    gradings: Sequence[QuizGrading]
    claim: QuizClaim | None

    @property
    def last(self) -> QuizGrading | None:
        """What counts now."""
        return self.gradings[-1] if self.gradings else None

    @property
    def earlier(self) -> dict[str, str]:
        """The words with which answers were given back last."""
        back = next((one for one in reversed(self.gradings) if one.kind == "returned"), None)
        return dict(back.feedback) if back else {}


def attempt_for(viewer: Viewer, submission_id: int) -> Place | None:
    """An attempt that was handed in and is the viewer's to grade, or None."""
    row = db.session.execute(
        _places().where(QuizSubmission.id == submission_id, answers_gradable_by(viewer))
    ).one_or_none()
    return Place(*row) if row else None


def attempt_view(place: Place, now: dt.datetime) -> AttemptView:
    """In three statements."""
    submission = place.submission
    gradings = gradings_of(submission.id)
    last = gradings[-1] if gradings else None
    claims = select(QuizClaim).where(QuizClaim.submission_id == submission.id, QuizClaim.until > now)
    return AttemptView(
        place=place,
        to_grade=to_grade(submission, last),
        marks=marks_of(submission.id),
        gradings=gradings,
        claim=db.session.scalar(claims),
    )


def gradings_of(submission_id: int) -> Sequence[QuizGrading]:
    """Every score of an attempt the viewer may see, oldest first."""
    found = select(QuizGrading).where(QuizGrading.submission_id == submission_id).order_by(QuizGrading.number)
    return db.session.scalars(found).all()


@dataclass(frozen=True, slots=True)
class OneAnswer:
    """One answer among those to one question. `seen`: gradings of its attempt so far; `mark` by `marked_by`."""

    submission: QuizSubmission
    name: str
    question: Asked
    mark: Mark
    marked_by: str
    claimed_by: str
    seen: int


def answers_to(viewer: Viewer, question_id: int, number: int, now: dt.datetime) -> tuple[list[OneAnswer], int]:
    """A page of the answers to one question that wait and are the viewer's to grade, oldest first. Three statements."""
    waiting = QuizSubmission.result.contains([{"id": question_id, "waits": True}])
    wanted = (answers_wait(), answers_gradable_by(viewer), waiting)
    total = db.session.scalar(_joined(select(func.count(QuizSubmission.id))).where(*wanted)) or 0
    order = (QuizSubmission.submitted_at, QuizSubmission.id)
    seen = (
        select(func.count()).where(QuizGrading.submission_id == QuizSubmission.id).correlate(QuizSubmission)
    ).scalar_subquery()
    rows = db.session.execute(
        _joined(select(QuizSubmission, Employee.name, QuizClaim, seen))
        .outerjoin(QuizClaim, (QuizClaim.submission_id == QuizSubmission.id) & (QuizClaim.until > now))
        .where(*wanted)
        .order_by(*order)
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    ).all()
    marks = _marks(question_id, [row[0].id for row in rows])
    return [_one(row, question_id, marks.get(row[0].id), viewer) for row in rows], total


def _one(row: Any, question_id: int, kept: QuizMark | None, viewer: Viewer) -> OneAnswer:
    submission, name, claim, seen = row
    question = next(one for one in submission.questions if one["id"] == question_id)
    others = claim is not None and claim.user_id != viewer.user_id
    mark = mark_in(kept) if kept else Mark()
    return OneAnswer(submission, name, question, mark, kept.by_name if kept else "", claim.name if others else "", seen)


def _marks(question_id: int, submission_ids: Sequence[int]) -> dict[int, QuizMark]:
    here = (QuizMark.question_id == question_id, QuizMark.submission_id.in_(submission_ids))
    return {one.submission_id: one for one in db.session.scalars(select(QuizMark).where(*here))}


def question_place(viewer: Viewer, question_id: int) -> Any:
    """(title, course) of a quiz with answers to this question that the viewer may grade; None where there is none."""
    asked = QuizSubmission.questions.contains([{"id": question_id, "kind": "open"}])
    named = _joined(select(Lesson.title, Course.title.label("course"), QuizSubmission.questions))
    found = named.join(Lesson, Lesson.id == Quiz.lesson_id).where(asked, answers_gradable_by(viewer))
    return db.session.execute(found.order_by(QuizSubmission.id.desc()).limit(1)).one_or_none()


def _places() -> Select[Any]:
    return (
        _joined(select(QuizSubmission, Enrollment, Quiz.lesson_id, Lesson.title))
        .join(Lesson, Lesson.id == Quiz.lesson_id)
        .options(contains_eager(Enrollment.course), contains_eager(Enrollment.employee))
        .where(QuizSubmission.submitted_at.is_not(None), QuizSubmission.practice.is_(False))
    )


def _joined(statement: Any) -> Select[Any]:
    joined: Select[Any] = (
        statement.select_from(QuizSubmission)
        .join(Quiz, Quiz.id == QuizSubmission.quiz_id)
        .join(Enrollment, Enrollment.id == QuizSubmission.enrollment_id)
        .join(Enrollment.course)
        .join(Enrollment.employee)
    )
    return joined
