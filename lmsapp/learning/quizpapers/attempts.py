"""An attempt as a PDF shows it: as asked, as answered, and as it was scored at that time (QIZ-4, QIZ-6).

What was given and whether it was right is always there. What would have been right only where the learner may see that
too: the file is theirs, and there may be a next attempt.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.publishing.reading import version_of
from lmsapp.courses.quizzes.models import Quiz
from lmsapp.evidence.seals.drawing import local_words
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.quizzes import rules
from lmsapp.learning.quizzes.lines import Line, lines_of, plain
from lmsapp.learning.quizzes.models import QuizGrading, QuizSubmission
from lmsapp.people.employees.models import Department, Employee


@dataclass(frozen=True, slots=True)
class Score:
    """One entry of the history. `score`: '7/10', '' where answers were given back; `passed` None: answers waited."""

    kind: str
    by: str
    at: str
    score: str
    percent: str
    passed: bool | None
    reason: str


@dataclass(frozen=True, slots=True)
class AttemptShown:
    """One attempt on paper. `passed` None: answers wait to be graded."""

    id: int
    number: int
    cycle: int
    quiz: str
    started: str
    submitted: str
    points: str
    max_points: str
    percent: str
    needed: int
    passed: bool | None
    lines: tuple[Line, ...]
    scores: tuple[Score, ...]


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose attempts, in which course."""

    employee: Employee
    department: str
    course: Course
    enrollment: Enrollment


def whose(enrollment_id: int) -> Whose:
    """Raises LookupError."""
    row = db.session.execute(
        select(Employee, Department.name, Course, Enrollment)
        .select_from(Enrollment)
        .join(Employee, Employee.id == Enrollment.employee_id)
        .outerjoin(Department, Department.id == Employee.department_id)
        .join(Course, Course.id == Enrollment.course_id)
        .where(Enrollment.id == enrollment_id)
    ).one_or_none()
    if row is None:
        raise LookupError(f"no enrollment {enrollment_id}")
    return Whose(row[0], row[1] or "", row[2], row[3])


def standing(gradings: list[QuizGrading]) -> QuizGrading | None:
    """The first score that stands: what the first report shows."""
    return next((one for one in gradings if one.passed is not None), None)


def gradings_until(submission_id: int, grading_id: int | None = None) -> list[QuizGrading]:
    """Every score of an attempt, oldest first, up to and with this one."""
    found = select(QuizGrading).where(QuizGrading.submission_id == submission_id)
    if grading_id is not None:
        found = found.where(QuizGrading.id <= grading_id)
    return list(db.session.scalars(found.order_by(QuizGrading.number)))


def may_show_right(submission: QuizSubmission, about: Whose, *, passed: bool | None) -> bool:
    """Whether right answers may stand in a file of the learner, by the quiz's setting in their version."""
    quiz = _version(submission, about).quizzes.get(_lesson_id(submission))
    return quiz is not None and rules.may_see_answers(quiz.view.show_answers, passed=passed)


def show_attempt(
    submission: QuizSubmission, about: Whose, language: str, gradings: list[QuizGrading], *, shown: bool
) -> AttemptShown:
    """As it stood after the last of `gradings`; without any (an attempt from before they were kept), as it is."""
    last: Any = gradings[-1] if gradings else None
    at: Any = last or submission
    zone = about.employee.time_zone
    lesson = _version(submission, about).lessons.get(_lesson_id(submission))
    return AttemptShown(
        id=submission.id,
        number=submission.number,
        cycle=submission.cycle,
        quiz=lesson.title if lesson else about.course.title,
        started=local_words(submission.started_at, zone, language),
        submitted=local_words(submission.submitted_at, zone, language),
        points=plain(at.points),
        max_points=plain(at.max_points),
        percent=plain(at.percent),
        needed=submission.passing_percent,
        passed=at.passed,
        lines=tuple(
            lines_of(
                submission.questions,
                at.result or [],
                shown=shown,
                feedback=last.feedback if last else {},
                corrections=last.corrections if last else {},
            )
        ),
        scores=tuple(_score(one, zone, language) for one in gradings),
    )


def _score(one: QuizGrading, zone: str, language: str) -> Score:
    back = one.kind == "returned"
    return Score(
        kind=one.kind,
        by=one.by_name,
        at=local_words(one.at, zone, language),
        score="" if back else f"{plain(one.points)} / {plain(one.max_points)}",
        percent="" if back else plain(one.percent),
        passed=one.passed,
        reason=one.reason,
    )


def _version(submission: QuizSubmission, about: Whose) -> Any:
    number = submission.content_version or about.enrollment.content_version or about.course.content_version
    return version_of(about.course.id, number)


def _lesson_id(submission: QuizSubmission) -> int:
    return db.session.scalars(select(Quiz.lesson_id).where(Quiz.id == submission.quiz_id)).one()
