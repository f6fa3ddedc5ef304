"""Promising PDFs about attempts: with each result that stands, and when somebody asks (QIZ-6, EVD-7)."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from lmsapp.courses.catalogue.models import Course, Lesson
from lmsapp.courses.quizzes.models import Quiz
from lmsapp.evidence.audit.actions import record_change
from lmsapp.evidence.seals.actions import promise_file
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.quizpapers.attempts import may_show_right, whose
from lmsapp.learning.quizpapers.models import QuizPaper
from lmsapp.learning.quizzes.events import QuizGraded
from lmsapp.learning.quizzes.models import QuizGrading, QuizSubmission
from lmsapp.people.employees.models import Employee
from lmsapp.people.viewer import Viewer

REPORT, REGRADED = "quiz_report", "quiz_regrade_report"
COURSE, ANALYSIS = "course_quiz_report", "question_analysis"


def promise_report(event: QuizGraded) -> None:
    """In the transaction that makes the result. A later result has a report of its own; practice has none."""
    submission, grading = event.submission, event.grading
    if submission.practice:
        return
    earlier = select(QuizGrading.id).where(
        QuizGrading.submission_id == submission.id,
        QuizGrading.number < grading.number,
        QuizGrading.passed.is_not(None),
    )
    first = db.session.scalar(earlier.limit(1)) is None
    kind, subject = (REPORT, submission.id) if first and event.first else (REGRADED, grading.id)
    employee = db.session.get_one(Employee, event.enrollment.employee_id)
    course = db.session.get_one(Course, event.enrollment.course_id)
    promise_file(kind, subject, employee_id=employee.id, title=course.title, language=employee.language)


def ask_course_paper(enrollment: Enrollment, language: str, *, by: Viewer) -> QuizPaper:
    """All attempts of an enrollment that were handed in. While nothing changes, the same PDF. Raises RuleBroken."""
    about = whose(enrollment.id)
    latest = (
        select(func.max(QuizGrading.id)).where(QuizGrading.submission_id == QuizSubmission.id).correlate(QuizSubmission)
    ).scalar_subquery()
    rows = db.session.execute(
        select(QuizSubmission, latest)
        .where(
            QuizSubmission.enrollment_id == enrollment.id,
            QuizSubmission.submitted_at.is_not(None),
            QuizSubmission.practice.is_(False),
        )
        .order_by(QuizSubmission.submitted_at, QuizSubmission.id)
    ).all()
    if not rows:
        raise RuleBroken(N_("No attempt was handed in yet."))
    attempts = [[one.id, grading, may_show_right(one, about, passed=one.passed)] for one, grading in rows]
    trail = ("enrollment", enrollment.id)
    paper = _kept("course", language, {"attempts": attempts}, by, trail, enrollment_id=enrollment.id)
    promise_file(COURSE, paper.id, employee_id=about.employee.id, title=about.course.title, language=language)
    return paper


def ask_analysis_paper(quiz_id: int, filters: dict[str, Any], language: str, *, by: Viewer) -> QuizPaper:
    """The questions of a quiz with these filters (`analysis.queries`, as text). While nothing changes, the same PDF."""
    state = db.session.execute(
        select(func.count(QuizGrading.id), func.max(QuizGrading.id))
        .join(QuizSubmission, QuizSubmission.id == QuizGrading.submission_id)
        .where(QuizSubmission.quiz_id == quiz_id)
    ).one()
    place = db.session.execute(
        select(Lesson.title, Quiz.course_id).join(Quiz, Quiz.lesson_id == Lesson.id).where(Quiz.id == quiz_id)
    ).one()
    shows = {"filters": filters, "scores": [state[0], state[1]]}
    paper = _kept("analysis", language, shows, by, ("course", place.course_id), quiz_id=quiz_id)
    promise_file(ANALYSIS, paper.id, employee_id=None, title=place.title, language=language)
    return paper


def _kept(
    kind: str, language: str, shows: dict[str, Any], by: Viewer, about: tuple[str, int], **subject: int
) -> QuizPaper:
    state = json.dumps([kind, language, subject, shows], sort_keys=True)
    digest = hashlib.sha256(state.encode()).hexdigest()
    write = insert(QuizPaper).values(
        kind=kind,
        language=language,
        state_sha256=digest,
        shows=shows,
        asked_by_id=by.user_id,
        asked_by_name=by.name,
        asked_at=clock.now(),
        **subject,
    )
    new = db.session.scalars(write.on_conflict_do_nothing().returning(QuizPaper)).one_or_none()
    if new is None:
        return db.session.scalars(select(QuizPaper).where(QuizPaper.state_sha256 == digest)).one()
    record_change("quiz paper asked", about, by=by, after={"kind": kind, "paper": new.id})
    return new
