"""Telling learners what became of their answers, here at once and by e-mail, in their language (QIZ-4, QIZ-5)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from lmsapp.courses.catalogue.models import Lesson
from lmsapp.courses.quizzes.models import Quiz
from lmsapp.infra.db import db
from lmsapp.learning.answers.events import AnswersReturned
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.quizzes.events import QuizGraded
from lmsapp.learning.quizzes.lines import plain
from lmsapp.learning.quizzes.models import QuizGrading, QuizSubmission
from lmsapp.outreach.notices.actions import write_notice
from lmsapp.outreach.notices.recipient import recipient_of

TEMPLATE = "quiz_graded"
LONGEST_QUESTION = 120


def tell_of_result(event: QuizGraded) -> None:
    """After grading by hand, and after a regrade; what the rules scored at once the learner sees on the screen."""
    if event.grading.kind in ("graded", "regraded"):
        _tell(event.submission, event.enrollment, event.grading)


def tell_returned(event: AnswersReturned) -> None:
    """Which answers to go over, with the grader's words."""
    _tell(event.submission, event.enrollment, event.grading)


def _tell(submission: QuizSubmission, enrollment: Enrollment, grading: QuizGrading) -> None:
    lesson = db.session.execute(
        select(Lesson.id, Lesson.title).join(Quiz, Quiz.lesson_id == Lesson.id).where(Quiz.id == submission.quiz_id)
    ).one()
    values = {
        "title": lesson.title,
        "course": enrollment.course.title,
        "decision": grading.kind,
        "again": grading.kind == "regraded",
        "passed": bool(grading.passed),
        "number": submission.number,
        "points": plain(grading.points),
        "max_points": plain(grading.max_points),
        "percent": plain(grading.percent),
        "before": _before(grading),
        "stands": enrollment.complete and submission.cycle == enrollment.cycle and grading.passed is False,
        "reason": grading.reason,
        "by": grading.by_name,
        "said": _said(submission, grading),
    }
    page = f"/learn/attempts/{submission.id}" if grading.kind == "regraded" else f"/learn/quiz/{submission.id}/result"
    for channel in ("in_app", "email"):
        write_notice(
            key=f"graded/quiz/{grading.id}/{channel}",
            channel=channel,
            template=TEMPLATE,
            to=recipient_of(enrollment.employee),
            values=values,
            link=page if grading.kind != "returned" else f"/learn/courses/{enrollment.course_id}/lessons/{lesson.id}",
            about=("enrollment", enrollment.id),
            reason={"why": "graded", "decision": grading.kind},
        )


def _before(grading: QuizGrading) -> str:
    earlier = (QuizGrading.submission_id == grading.submission_id, QuizGrading.number == grading.number - 1)
    return plain(db.session.scalar(select(QuizGrading.percent).where(*earlier)))


def _said(submission: QuizSubmission, grading: QuizGrading) -> list[dict[str, Any]]:
    """Feedback under its question; of answers given back, those alone."""
    words = (submission.returned or {}).get("questions", {}) if grading.kind == "returned" else grading.feedback
    if grading.kind == "regraded":
        return []
    return [
        {"question": one["prompt"][:LONGEST_QUESTION], "feedback": words[str(one["id"])]}
        for one in submission.questions
        if words.get(str(one["id"]))
    ]
