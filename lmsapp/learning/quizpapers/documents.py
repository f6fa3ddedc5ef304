"""Drawing the PDFs: unsigned, A4. What each shows was fixed when it was promised (QIZ-6)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select

from lmsapp.courses.catalogue.models import Course, Lesson
from lmsapp.courses.quizzes.models import Quiz
from lmsapp.evidence.seals.drawing import draw, local_words
from lmsapp.infra.db import db
from lmsapp.learning.analysis.queries import AnalysisFilters, analysis_of
from lmsapp.learning.quizpapers.attempts import (
    Whose,
    gradings_until,
    may_show_right,
    show_attempt,
    standing,
    whose,
)
from lmsapp.learning.quizpapers.models import QuizPaper
from lmsapp.learning.quizzes.models import QuizGrading, QuizSubmission


def draw_quiz_report(submission_id: int, language: str) -> bytes:
    """The attempt as it was scored first. Raises LookupError for one that is not handed in."""
    submission = _handed_in(submission_id)
    gradings = gradings_until(submission.id)
    first = standing(gradings)
    kept = [one for one in gradings if first is not None and one.id <= first.id]
    return _report(submission, kept, language, f"Q-{submission.enrollment_id:05d}-{submission.id:05d}")


def draw_regrade_report(grading_id: int, language: str) -> bytes:
    """The attempt as one later score left it; that score's date is the report's."""
    grading = db.session.get(QuizGrading, grading_id)
    if grading is None:
        raise LookupError(f"no grading {grading_id}")
    submission = _handed_in(grading.submission_id)
    number = f"Q-{submission.enrollment_id:05d}-{submission.id:05d}-{grading.number}"
    return _report(submission, gradings_until(submission.id, grading.id), language, number)


def draw_course_paper(paper_id: int, language: str) -> bytes:
    """All attempts of an enrollment in one document."""
    paper = db.session.get_one(QuizPaper, paper_id)
    about = whose(paper.enrollment_id or 0)
    attempts = [
        show_attempt(_handed_in(key), about, language, gradings_until(key, grading) if grading else [], shown=shown)
        for key, grading, shown in paper.shows["attempts"]
    ]
    return draw(
        "course_quizzes.html",
        language,
        attempts=attempts,
        record_number=f"CQ-{about.enrollment.id:05d}-{paper.id:05d}",
        asked=local_words(paper.asked_at, about.employee.time_zone, language),
        **_about(about),
    )


def draw_analysis(paper_id: int, language: str) -> bytes:
    """The questions of a quiz, with the filters that were asked for."""
    paper = db.session.get_one(QuizPaper, paper_id)
    quiz = db.session.execute(
        select(Quiz.id, Quiz.lesson_id, Quiz.course_id, Lesson.title, Course.title.label("course"))
        .join(Lesson, Lesson.id == Quiz.lesson_id)
        .join(Course, Course.id == Quiz.course_id)
        .where(Quiz.id == paper.quiz_id)
    ).one()
    filters = filters_from(paper.shows["filters"])
    return draw(
        "question_analysis.html",
        language,
        found=analysis_of(quiz, filters),
        filters=filters,
        record_number=f"QA-{quiz.id:05d}-{paper.id:05d}",
        asked=local_words(paper.asked_at, filters.zone, language),
        asked_by=paper.asked_by_name,
    )


def filters_from(kept: dict[str, Any]) -> AnalysisFilters:
    """As `filters_json` kept them."""
    days = {name: dt.date.fromisoformat(kept[name]) for name in ("from_on", "until_on") if kept.get(name)}
    return AnalysisFilters(**days, every=kept["every"], older=kept["older"], zone=kept["zone"])


def filters_json(filters: AnalysisFilters) -> dict[str, Any]:
    """For a promise."""
    return {
        "from_on": filters.from_on.isoformat() if filters.from_on else None,
        "until_on": filters.until_on.isoformat() if filters.until_on else None,
        "every": filters.every,
        "older": filters.older,
        "zone": filters.zone,
    }


def _report(submission: QuizSubmission, gradings: list[QuizGrading], language: str, number: str) -> bytes:
    about = whose(submission.enrollment_id)
    passed = gradings[-1].passed if gradings else submission.passed
    shown = may_show_right(submission, about, passed=passed)
    attempt = show_attempt(submission, about, language, gradings, shown=shown)
    return draw("quiz_report.html", language, attempt=attempt, record_number=number, **_about(about))


def _about(about: Whose) -> dict[str, Any]:
    return {
        "employee": about.employee,
        "department": about.department,
        "course_id": about.course.id,
        "course": about.course.title,
    }


def _handed_in(submission_id: int) -> QuizSubmission:
    found = db.session.get(QuizSubmission, submission_id)
    if found is None or found.submitted_at is None:
        raise LookupError(f"quiz submission {submission_id} is not handed in")
    return found
