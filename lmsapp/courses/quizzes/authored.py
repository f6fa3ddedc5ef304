"""Questions through an author's eyes, right answers included (ORG-2)."""

from __future__ import annotations

from sqlalchemy import select

from lmsapp.courses.catalogue.authored import written_by
from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.quizzes.models import Question, Quiz
from lmsapp.infra.db import db
from lmsapp.people.viewer import Viewer


def quiz_for(viewer: Viewer, lesson_id: int) -> Quiz | None:
    """The quiz of a lesson to change, or None."""
    return db.session.scalar(
        select(Quiz).join(Course, Course.id == Quiz.course_id).where(Quiz.lesson_id == lesson_id, written_by(viewer))
    )


def quiz_of_question(viewer: Viewer, question: Question) -> Quiz | None:
    """The quiz a question stands in, to change, or None."""
    if question.quiz_id is None:
        return None
    return db.session.scalar(
        select(Quiz).join(Course, Course.id == Quiz.course_id).where(Quiz.id == question.quiz_id, written_by(viewer))
    )
