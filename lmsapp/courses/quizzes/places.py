"""Where a question lies: in a quiz, or in a pool that quizzes draw from. A change of it tells every course."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.publishing.actions import content_changed, draft_changed, lock_course
from lmsapp.courses.quizzes.models import Question, QuestionPool, Quiz, QuizDraw
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra.db import db
from lmsapp.people.viewer import Viewer

Place = Quiz | QuestionPool
POOL = "question_pool"


def place_of(question: Question) -> Place:
    """The quiz or the pool."""
    if question.pool_id is not None:
        return db.session.get_one(QuestionPool, question.pool_id)
    return db.session.get_one(Quiz, question.quiz_id)


def lock_place(place: Place) -> bool:
    """Hold it until commit; True when one of its questions may have been asked already.

    A pool is held before the courses that draw from it.
    """
    if isinstance(place, Quiz):
        return lock_course(place.course_id).content_version > 0
    db.session.refresh(place, with_for_update=True)
    return any(course.content_version > 0 for course in courses_drawing(place))


def read_again(questions: Iterable[Question]) -> None:
    """As they are now that their place is held: somebody may have changed them since they were read."""
    ids = [one.id for one in questions]
    fresh = select(Question).where(Question.id.in_(ids)).execution_options(populate_existing=True)
    db.session.scalars(fresh).all()


def courses_drawing(pool: QuestionPool) -> list[Course]:
    """The courses with a quiz that draws from the pool, by id."""
    drawing = select(Quiz.course_id).join(QuizDraw, QuizDraw.quiz_id == Quiz.id).where(QuizDraw.pool_id == pool.id)
    return list(db.session.scalars(select(Course).where(Course.id.in_(drawing)).order_by(Course.id)))


def place_changed(
    place: Place,
    action: str,
    *,
    by: Viewer | None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """On the trail of the course or the pool; whatever was published stays until it is published again."""
    if isinstance(place, Quiz):
        content_changed(db.session.get_one(Course, place.course_id), action, by=by, before=before, after=after)
        return
    db.session.flush()
    record_change(action, (POOL, place.id), by=by, before=before, after=after)
    for course in courses_drawing(place):
        draft_changed(lock_course(course.id))
