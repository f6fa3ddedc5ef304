"""Pools of questions, and what a quiz draws from them (QIZ-1, QIZ-2)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.publishing.actions import content_changed, lock_course
from lmsapp.courses.quizzes.models import QuestionPool, Quiz, QuizDraw
from lmsapp.courses.quizzes.places import POOL
from lmsapp.courses.quizzes.queries import questions_of_pool
from lmsapp.evidence.audit.actions import record_change
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
        raise RuleBroken(N_("A quiz can draw from at most %(most)s pools."), field="pool", most=MAX_DRAWS)
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


def remove_draw(draw: QuizDraw, *, by: Viewer | None) -> None:
    """Draw it no more; what was asked stays with the attempts."""
    quiz, pool = db.session.get_one(Quiz, draw.quiz_id), db.session.get_one(QuestionPool, draw.pool_id)
    course = lock_course(quiz.course_id)
    db.session.delete(draw)
    content_changed(course, "draw removed", by=by, before=_facts(draw, pool))


def _set(draw: QuizDraw, quiz: Quiz, pool: QuestionPool, count: int, tag: str, points: Decimal) -> None:
    if pool.archived_at is not None or pool.course_id not in {None, quiz.course_id}:
        raise RuleBroken(N_("Choose a pool of this course, or one for all courses."), field="pool")
    if not Decimal(0) < points <= Decimal(1000):
        raise RuleBroken(N_("Points must lie between 0.01 and 1000."), field="points")
    available = len(questions_of_pool(pool.id, tag.strip()))
    if not 1 <= count <= available:
        raise RuleBroken(N_("There are %(number)s questions to draw from."), field="count", number=available)
    draw.count, draw.tag, draw.points = count, tag.strip(), points


def _facts(draw: QuizDraw, pool: QuestionPool) -> dict[str, Any]:
    return {"pool": pool.title, "tag": draw.tag, "count": draw.count, "points": str(draw.points.normalize())}
