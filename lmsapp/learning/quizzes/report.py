"""The Quiz Submission Report as a PDF (QIZ-6): one attempt, from `templates/documents/quiz_report.html`.

It shows what was given and whether it was right. Which option would have been right it shows only where the learner may
see that too: the file is theirs, and there may be a next attempt.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.publishing.reading import version_of
from lmsapp.courses.quizzes.models import Quiz
from lmsapp.evidence.seals.actions import promise_file
from lmsapp.evidence.seals.drawing import draw, local_words
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.quizzes import rules
from lmsapp.learning.quizzes.events import QuizGraded
from lmsapp.learning.quizzes.models import QuizSubmission
from lmsapp.people.employees.models import Department, Employee

KIND = "quiz_report"


@dataclass(frozen=True, slots=True)
class Option:
    """One option as asked. `right` stays False where right answers may not be seen."""

    text: str
    chosen: bool
    right: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One question as asked, and what was made of it."""

    prompt: str
    options: tuple[Option, ...]
    right: bool
    points: str
    max_points: str
    answered: bool


def promise_report(event: QuizGraded) -> None:
    """In the transaction that makes the result; the worker hears of it after commit. Practice has none."""
    if event.submission.practice:
        return
    employee = db.session.get_one(Employee, event.enrollment.employee_id)
    course = db.session.get_one(Course, event.enrollment.course_id)
    promise_file(KIND, event.submission.id, employee_id=employee.id, title=course.title, language=employee.language)


def draw_quiz_report(submission_id: int, language: str) -> bytes:
    """Unsigned PDF, A4 portrait. Raises LookupError for an attempt still open."""
    row = db.session.execute(
        select(QuizSubmission, Quiz.lesson_id, Employee, Department.name, Course, Enrollment.content_version)
        .join(Enrollment, Enrollment.id == QuizSubmission.enrollment_id)
        .join(Employee, Employee.id == Enrollment.employee_id)
        .outerjoin(Department, Department.id == Employee.department_id)
        .join(Quiz, Quiz.id == QuizSubmission.quiz_id)
        .join(Course, Course.id == Enrollment.course_id)
        .where(QuizSubmission.id == submission_id, QuizSubmission.submitted_at.is_not(None))
    ).one_or_none()
    if row is None:
        raise LookupError(f"quiz submission {submission_id} is not handed in")
    submission, lesson_id, employee, department, course, taken = row
    version = version_of(course.id, submission.content_version or taken or course.content_version)
    quiz, lesson = version.quizzes.get(lesson_id), version.lessons.get(lesson_id)
    shown = quiz is not None and rules.may_see_answers(quiz.view.show_answers, passed=submission.passed)
    return draw(
        "quiz_report.html",
        language,
        submission=submission,
        employee=employee,
        department=department or "",
        course_id=course.id,
        course=course.title,
        quiz=lesson.title if lesson else course.title,
        record_number=f"Q-{submission.enrollment_id:05d}-{submission.id:05d}",
        started=local_words(submission.started_at, employee.time_zone, language),
        submitted=local_words(submission.submitted_at, employee.time_zone, language),
        percent=plain(submission.percent),
        points=plain(submission.points),
        max_points=plain(submission.max_points),
        lines=lines_of(submission.questions, submission.result or [], shown=shown),
    )


def lines_of(questions: list[dict[str, Any]], result: list[dict[str, Any]], *, shown: bool) -> list[Line]:
    """Questions as asked with what was made of them. `shown`: right answers may be seen."""
    made = {one["id"]: one for one in result}
    nothing: dict[str, Any] = {"given": [], "points": "0", "right": False}
    return [_line(question, made.get(question["id"], nothing), shown) for question in questions]


def _line(question: dict[str, Any], made: dict[str, Any], shown: bool) -> Line:
    given = set(made["given"])
    return Line(
        prompt=question["prompt"],
        options=tuple(
            Option(option["text"], option["key"] in given, shown and option["correct"])
            for option in question["options"]
        ),
        right=bool(made["right"]),
        points=plain(made["points"]),
        max_points=plain(question["points"]),
        answered=bool(given),
    )


def plain(value: Decimal | str | float | None) -> str:
    """Without needless decimals: '8', '66.67'."""
    text = "" if value is None else f"{Decimal(str(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
