"""Pools of questions, and what a quiz draws from them (QIZ-1, QIZ-2)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from lmsapp.courses.catalogue.models import Chapter, Course, Lesson
from lmsapp.courses.publishing.actions import content_changed, lock_course
from lmsapp.courses.quizzes.drawing import lacking
from lmsapp.courses.quizzes.models import QuestionPool, Quiz, QuizDraw
from lmsapp.courses.quizzes.places import POOL, lock_place, place_changed
from lmsapp.courses.quizzes.queries import draws_of, questions_of_pool
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.viewer import Viewer

MAX_DRAWS = 50


def create_pool(title: str, *, by: Viewer | None, description: str = "", course: Course | None = None) -> QuestionPool:
    """An empty pool; `course` None: for all courses. Raises RuleBroken."""
    pool = QuestionPool(
        title=_titled(title),
        description=description.strip(),
        course_id=course.id if course else None,
        created_by_id=by.user_id if by else None,
    )
    db.session.add(pool)
    db.session.flush()
    after = {"title": pool.title, "course": course.title if course else None}
    record_change("question pool created", (POOL, pool.id), by=by, after=after)
    return pool


def edit_pool(pool: QuestionPool, title: str, description: str, *, by: Viewer | None) -> None:
    """Another name, another description. The courses that draw from it are told of a new name."""
    lock_place(pool)
    before = {"title": pool.title, "description": pool.description}
    pool.title, pool.description = _titled(title), description.strip()
    after = {"title": pool.title, "description": pool.description}
    if after != before:
        place_changed(pool, "question pool edited", by=by, before=before, after=after)


def archive_pool(pool: QuestionPool, *, by: Viewer | None) -> None:
    """No quiz can draw from it any more; its questions are kept. Refused while a quiz does."""
    lock_place(pool)
    live = (Lesson.archived_at.is_(None), Chapter.archived_at.is_(None))
    drawing = (
        select(Lesson.title)
        .join(Chapter, Chapter.id == Lesson.chapter_id)
        .join(Quiz, Quiz.lesson_id == Lesson.id)
        .join(QuizDraw, QuizDraw.quiz_id == Quiz.id)
        .where(QuizDraw.pool_id == pool.id, *live)
    )
    if title := db.session.scalar(drawing.limit(1)):
        raise RuleBroken(N_("“%(quiz)s” draws from this pool. Take the draw out of the quiz first."), quiz=title)
    if pool.archived_at is None:
        pool.archived_at = clock.now()
        place_changed(pool, "question pool archived", by=by, before={"title": pool.title})


def restore_pool(pool: QuestionPool, *, by: Viewer | None) -> None:
    """Quizzes can draw from it again."""
    lock_place(pool)
    if pool.archived_at is not None:
        pool.archived_at = None
        place_changed(pool, "question pool brought back", by=by, after={"title": pool.title})


def _titled(title: str) -> str:
    plain = " ".join(title.split())
    if not 1 <= len(plain) <= 200:
        raise RuleBroken(N_("Give the pool a name of at most 200 characters."), field="title")
    return plain


def add_draw(
    quiz: Quiz, pool: QuestionPool, count: int, *, by: Viewer | None, tag: str = "", points: Decimal | int = 1
) -> QuizDraw:
    """Draw so many questions of the pool at each attempt. Raises RuleBroken when it has fewer."""
    course = lock_course(quiz.course_id)
    draw = QuizDraw(quiz_id=quiz.id, pool_id=pool.id)
    there = db.session.execute(
        select(func.count(), func.coalesce(func.max(QuizDraw.position), 0)).where(QuizDraw.quiz_id == quiz.id)
    ).one()
    if there[0] >= MAX_DRAWS:
        raise RuleBroken(N_("A quiz can draw from at most %(most)s pools."), field="pool_id", most=MAX_DRAWS)
    draw.position = there[1] + 1
    _set(draw, quiz, pool, count, tag, Decimal(points))
    db.session.add(draw)
    content_changed(course, "draw added", by=by, after=_facts(draw, pool))
    return draw


def change_draw(draw: QuizDraw, count: int, *, by: Viewer | None, tag: str = "", points: Decimal | int = 1) -> None:
    """Another number, tag or worth."""
    quiz, pool = db.session.get_one(Quiz, draw.quiz_id), db.session.get_one(QuestionPool, draw.pool_id)
    course = lock_course(quiz.course_id)
    before = _facts(draw, pool)
    _set(draw, quiz, pool, count, tag, Decimal(points))
    content_changed(course, "draw changed", by=by, before=before, after=_facts(draw, pool))


def move_draw(draw: QuizDraw, step: int, *, by: Viewer | None) -> None:
    """One place up (-1) or down (+1) among the draws of its quiz; at the end nothing happens."""
    quiz = db.session.get_one(Quiz, draw.quiz_id)
    course = lock_course(quiz.course_id)
    wanted = select(QuizDraw).where(QuizDraw.quiz_id == quiz.id).order_by(QuizDraw.position, QuizDraw.id)
    draws = list(db.session.scalars(wanted))
    here = draws.index(draw)
    there = min(max(here + step, 0), len(draws) - 1)
    draws.insert(there, draws.pop(here))
    for position, one in enumerate(draws, 1):
        one.position = position
    content_changed(course, "draw moved", by=by, after={"position": there + 1})


def remove_draw(draw: QuizDraw, *, by: Viewer | None) -> None:
    """Draw it no more; what was asked stays with the attempts."""
    quiz, pool = db.session.get_one(Quiz, draw.quiz_id), db.session.get_one(QuestionPool, draw.pool_id)
    course = lock_course(quiz.course_id)
    db.session.delete(draw)
    content_changed(course, "draw removed", by=by, before=_facts(draw, pool))


def _set(draw: QuizDraw, quiz: Quiz, pool: QuestionPool, count: int, tag: str, points: Decimal) -> None:
    if pool.archived_at is not None or pool.course_id not in {None, quiz.course_id}:
        raise RuleBroken(N_("Choose a pool of this course, or one for all courses."), field="pool_id")
    if not Decimal(0) < points <= Decimal(1000):
        raise RuleBroken(N_("Points must lie between 0.01 and 1000."), field="points")
    ids = [one["id"] for one in questions_of_pool(pool.id, tag.strip())]
    if not 1 <= count <= len(ids):
        words = N_("Only %(number)s can be drawn here. Ask for fewer, or put more questions into the pool.")
        raise RuleBroken(words, field="count", number=len(ids))
    others = [(one["count"], [q["id"] for q in one["questions"]]) for one in draws_of(quiz.id) if one["id"] != draw.id]
    if lacking([*others, (count, ids)]):
        words = N_("Other draws of this quiz take from the same questions, so that too few may be left. Ask for fewer.")
        raise RuleBroken(words, field="count")
    draw.count, draw.tag, draw.points = count, tag.strip(), points


def _facts(draw: QuizDraw, pool: QuestionPool) -> dict[str, Any]:
    return {"pool": pool.title, "tag": draw.tag, "count": draw.count, "points": str(draw.points.normalize())}
