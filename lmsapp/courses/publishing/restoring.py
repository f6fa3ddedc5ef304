"""Bringing the draft back to a published version (CRS-2). Nothing is deleted: what came later is archived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select

from lmsapp.courses.catalogue.actions import set_rule
from lmsapp.courses.catalogue.models import Chapter, ContentVersion, Course, Lesson
from lmsapp.courses.publishing.actions import content_changed, lock_course
from lmsapp.courses.publishing.queries import LESSON_SAYS
from lmsapp.courses.publishing.reading import with_details
from lmsapp.courses.quizzes.models import Question, QuestionPool, Quiz, QuizDraw
from lmsapp.courses.quizzes.queries import QUIZ_SAYS
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.markdown import to_html
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.viewer import Viewer


def restore_draft(course: Course, number: int, *, by: Viewer | None) -> None:
    """The draft says what version `number` says. Learners see nothing of it until it is published.

    Raises RuleBroken.
    """
    course = lock_course(course.id)
    version = db.session.get(ContentVersion, (course.id, number))
    if version is None:
        raise RuleBroken(N_("This course has no version %(number)s."), number=number)
    content = with_details(version.content)
    _chapters(course.id, content)
    _lessons(course.id, content)
    _quizzes(course.id, content)
    db.session.flush()
    rule = content["rule"]
    set_rule(course, rule["mode"], rule["criteria"], by)
    content_changed(course, "draft restored", by=by, after={"content_version": number})


def _chapters(course_id: int, content: Mapping[str, Any]) -> None:
    wanted = {one["id"]: (place, one) for place, one in enumerate(content["chapters"], start=1)}
    for row in db.session.scalars(select(Chapter).where(Chapter.course_id == course_id)):
        if row.id in wanted:
            row.position, said = wanted[row.id]
            row.title, row.archived_at = said["title"], None
        else:
            row.archived_at = row.archived_at or clock.now()


def _lessons(course_id: int, content: Mapping[str, Any]) -> None:
    wanted = {
        lesson["id"]: (chapter["id"], place, lesson)
        for chapter in content["chapters"]
        for place, lesson in enumerate(chapter["lessons"], start=1)
    }
    for row in db.session.scalars(select(Lesson).where(Lesson.course_id == course_id)):
        if row.id not in wanted:
            row.archived_at = row.archived_at or clock.now()
            continue
        row.chapter_id, row.position, said = wanted[row.id]
        row.archived_at = None
        for name in LESSON_SAYS:
            setattr(row, name, said[name])
        row.body_html = to_html(row.body)
        row.file_id, row.detail = said["file_id"], dict(said["detail"])


def _quizzes(course_id: int, content: Mapping[str, Any]) -> None:
    """Settings as they were; questions asked then are asked again in the version they had, later ones are archived."""
    said = {one["id"]: one["quiz"] for chapter in content["chapters"] for one in chapter["lessons"] if one.get("quiz")}
    quizzes = {one.id: one for one in db.session.scalars(select(Quiz).where(Quiz.course_id == course_id))}
    wanted: dict[int, int] = {}
    for quiz in quizzes.values():
        if quiz.lesson_id not in said:
            continue
        for name in QUIZ_SAYS:
            setattr(quiz, name, said[quiz.lesson_id][name])
        _draws(quiz, said[quiz.lesson_id]["draws"])
        wanted |= {one["id"]: place for place, one in enumerate(said[quiz.lesson_id]["questions"], start=1)}
    kept = {quiz.id for quiz in quizzes.values() if quiz.lesson_id in said}
    for question in db.session.scalars(select(Question).where(Question.quiz_id.in_(kept))):
        if question.id in wanted:
            question.position = wanted[question.id]
            question.archived_at = question.replaced_by_id = None
        elif question.replaced_by_id is None:
            question.archived_at = question.archived_at or clock.now()


def _draws(quiz: Quiz, said: Sequence[Mapping[str, Any]]) -> None:
    """Drawn as then, from the pools as they are now; a pool that was archived comes back with it."""
    db.session.execute(delete(QuizDraw).where(QuizDraw.quiz_id == quiz.id))
    for place, one in enumerate(said, start=1):
        pool = db.session.get_one(QuestionPool, one["pool_id"])
        pool.archived_at = None
        points = Decimal(one["points"])
        values = {"pool_id": pool.id, "tag": one["tag"], "count": one["count"], "points": points, "position": place}
        db.session.add(QuizDraw(quiz_id=quiz.id, **values))
