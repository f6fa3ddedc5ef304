"""Who would change by a correction, and what became of what was asked. Scoped by the quiz, whose author asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select

from lmsapp.courses.catalogue.authored import written_by
from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.quizzes.models import Quiz
from lmsapp.courses.quizzes.rules import Asked
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.quizzes.models import QuizGrading, QuizSubmission
from lmsapp.learning.regrading.applying import attempt_of
from lmsapp.learning.regrading.keys import Correction
from lmsapp.learning.regrading.models import QuizRegrade, QuizRegradeLine
from lmsapp.learning.regrading.rules import Change, Outcome, Policy, change_of, corrected, outcome_of
from lmsapp.people.employees.models import Employee
from lmsapp.people.viewer import Viewer

NAMED = 200  # people listed; all are counted
PAGE = 50
ORDER = (Change.FAILS, Change.PASSES, Change.LOWERED, Change.RAISED, Change.KEPT, Change.OWN, Change.SAME)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a correction would mean for one attempt. `stands`: the course is complete and stays so."""

    submission_id: int
    name: str
    number: int
    change: Change
    before: Outcome
    after: Outcome
    stands: bool


@dataclass(frozen=True, slots=True)
class RegradePreview:
    """`counts` of all attempts by what changes; `named` the first of those that change, lost passes first."""

    total: int
    counts: Mapping[Change, int]
    named: tuple[Foreseen, ...]


def asked_in(quiz_id: int, question_id: int) -> tuple[ColumnElement[bool], ...]:
    """Attempts at the quiz, handed in and no practice, that were asked this version of the question."""
    return (
        QuizSubmission.quiz_id == quiz_id,
        QuizSubmission.submitted_at.is_not(None),
        QuizSubmission.practice.is_(False),
        QuizSubmission.questions.contains([{"id": question_id}]),
    )


def question_asked(quiz_id: int, question_id: int, submission_id: int | None = None) -> Asked | None:
    """The question as the newest attempt (or this one) was asked it; None where no attempt was."""
    wanted = [*asked_in(quiz_id, question_id)]
    if submission_id is not None:
        wanted.append(QuizSubmission.id == submission_id)
    newest = select(QuizSubmission.questions).where(*wanted).order_by(QuizSubmission.id.desc()).limit(1)
    questions: Sequence[Asked] = db.session.scalar(newest) or ()
    return next((one for one in questions if one["id"] == question_id), None)


def preview_of(
    quiz_id: int,
    question_id: int,
    correction: Correction,
    policy: Policy,
    *,
    by: Viewer,
    submission_id: int | None = None,
) -> RegradePreview:
    """Everybody who was asked, by the rules that the worker goes by. One statement."""
    found = [_foreseen(row, question_id, correction, policy, by) for row in _rows(quiz_id, question_id, submission_id)]
    changed = sorted((one for one in found if one.change is not Change.SAME), key=_rank)
    return RegradePreview(len(found), Counter(one.change for one in found), tuple(changed[:NAMED]))


def _rank(one: Foreseen) -> tuple[int, str]:
    return ORDER.index(one.change), one.name


def _rows(quiz_id: int, question_id: int, submission_id: int | None) -> Iterable[Any]:
    corrections = (
        select(QuizGrading.corrections)
        .where(QuizGrading.submission_id == QuizSubmission.id)
        .order_by(QuizGrading.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    only = [] if submission_id is None else [QuizSubmission.id == submission_id]
    return db.session.execute(
        select(
            QuizSubmission.id,
            QuizSubmission.number,
            QuizSubmission.questions,
            QuizSubmission.result,
            QuizSubmission.points,
            QuizSubmission.max_points,
            QuizSubmission.percent,
            QuizSubmission.passed,
            QuizSubmission.passing_percent,
            QuizSubmission.negative_percent,
            (QuizSubmission.cycle == Enrollment.cycle).label("now"),
            Enrollment.completed_at,
            Enrollment.renewal_started_at,
            Employee.name,
            Employee.user_id,
            corrections.label("corrections"),
        )
        .join(Enrollment, Enrollment.id == QuizSubmission.enrollment_id)
        .join(Employee, Employee.id == Enrollment.employee_id)
        .where(*asked_in(quiz_id, question_id), *only)
        .execution_options(yield_per=200)  # attempts are large, what is foreseen of them small
    )


def _foreseen(row: Any, question_id: int, correction: Correction, policy: Policy, by: Viewer) -> Foreseen:
    attempt = attempt_of(row, row.corrections)
    made = corrected(attempt, question_id, correction)
    before = attempt.outcome
    after = outcome_of(made[1], attempt.passing_percent) if made else before
    change = Change.OWN if row.user_id == by.user_id else change_of(before, after, policy)
    complete = row.now and row.completed_at is not None and row.renewal_started_at is None
    return Foreseen(row.id, row.name, row.number, change, before, after, change is Change.FAILS and complete)


def regrade_for(viewer: Viewer, regrade_id: int) -> Any:
    """(regrade, lesson_id, course_id, course title) of a quiz the viewer may write, or None."""
    return db.session.execute(
        select(QuizRegrade, Quiz.lesson_id, Quiz.course_id, Course.title)
        .join(Quiz, Quiz.id == QuizRegrade.quiz_id)
        .join(Course, Course.id == Quiz.course_id)
        .where(QuizRegrade.id == regrade_id, written_by(viewer))
    ).one_or_none()


def regrades_of(quiz_id: int, question_id: int) -> Sequence[QuizRegrade]:
    """What was asked for one question of a quiz the viewer may write, newest first."""
    here = (QuizRegrade.quiz_id == quiz_id, QuizRegrade.question_id == question_id)
    return db.session.scalars(select(QuizRegrade).where(*here).order_by(QuizRegrade.id.desc()).limit(100)).all()


def submission_in(quiz_id: int, submission_id: int) -> QuizSubmission | None:
    """An attempt at a quiz the viewer may write, handed in and no practice."""
    return db.session.scalar(
        select(QuizSubmission).where(
            QuizSubmission.id == submission_id,
            QuizSubmission.quiz_id == quiz_id,
            QuizSubmission.submitted_at.is_not(None),
            QuizSubmission.practice.is_(False),
        )
    )


def changes_of(regrade_id: int) -> Mapping[str, int]:
    """How many attempts by what became of them."""
    counted = select(QuizRegradeLine.change, func.count()).where(QuizRegradeLine.regrade_id == regrade_id)
    return {row[0]: row[1] for row in db.session.execute(counted.group_by(QuizRegradeLine.change))}


def lines_of_regrade(regrade_id: int, change: str = "", number: int = 1) -> tuple[Sequence[Any], int]:
    """A page of attempts, and how many there are; by default those that changed or were left alone, not the rest.

    Columns: submission_id, enrollment_id, name, number, change, points and percent before and after, stands.
    """
    line = QuizRegradeLine
    wanted = [line.regrade_id == regrade_id, line.change == change if change else line.change != Change.SAME.value]
    total = db.session.scalar(select(func.count()).select_from(line).where(*wanted)) or 0
    rows = db.session.execute(
        select(
            line.submission_id,
            QuizSubmission.enrollment_id,
            QuizSubmission.number,
            Employee.name,
            line.change,
            line.points_before,
            line.points_after,
            line.percent_before,
            line.percent_after,
            line.stands,
        )
        .join(QuizSubmission, QuizSubmission.id == line.submission_id)
        .join(Enrollment, Enrollment.id == QuizSubmission.enrollment_id)
        .join(Employee, Employee.id == Enrollment.employee_id)
        .where(*wanted)
        .order_by(Employee.name, line.submission_id)
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    ).all()
    return rows, total
