"""Questions through an author's eyes, right answers included (ORG-2)."""

from __future__ import annotations

from sqlalchemy import select

from lmsapp.courses.catalogue.authored import written_by
from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.quizzes.models import Question, Quiz
from lmsapp.courses.quizzes.queries import CURRENT
from lmsapp.infra.db import db
from lmsapp.people.viewer import Viewer


def quiz_for(viewer: Viewer, lesson_id: int) -> Quiz | None:
    """The quiz of a lesson to change, or None."""
    return db.session.scalar(
        select(Quiz).join(Course, Course.id == Quiz.course_id).where(Quiz.lesson_id == lesson_id, written_by(viewer))
    )


def question_for(viewer: Viewer, question_id: int) -> tuple[Question, Quiz] | None:
    """The current version of a question, with its quiz, or None."""
    row = db.session.execute(
        select(Question, Quiz)
        .join(Quiz, Quiz.id == Question.quiz_id)
        .join(Course, Course.id == Quiz.course_id)
        .where(Question.id == question_id, *CURRENT, written_by(viewer))
    ).one_or_none()
    return (row[0], row[1]) if row else None
