"""Pools through an author's eyes: those for all courses, and those of courses they write (ORG-2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Text, and_, cast, func, or_, select, true

from lmsapp.courses.catalogue.authored import written_by
from lmsapp.courses.catalogue.models import Chapter, Course, Lesson
from lmsapp.courses.quizzes.models import Question, QuestionPool, Quiz, QuizDraw
from lmsapp.courses.quizzes.queries import CURRENT
from lmsapp.infra.db import db
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class PoolLine:
    """A pool in a list. `tags`: (tag, how many questions). `draws`: how many quizzes draw from it."""

    id: int
    title: str
    description: str
    course_id: int | None
    course_title: str | None
    archived_at: Any
    questions: int
    draws: int
    tags: Sequence[tuple[str, int]]


def seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on `QuestionPool` (outer-joined to `Course`) under which the viewer may draw from a pool."""
    author = true() if viewer.may(May.AUTHOR, May.MODERATE) else ~true()
    return or_(and_(QuestionPool.course_id.is_(None), author), and_(Course.id.is_not(None), written_by(viewer)))


def may_change(viewer: Viewer, pool: QuestionPool) -> bool:
    """A pool for all: its maker and moderators. A pool of a course the viewer sees: whoever writes the course."""
    if viewer.may(May.MODERATE) or pool.course_id is not None:
        return True
    return viewer.may(May.AUTHOR) and pool.created_by_id == viewer.user_id


def changed_by(viewer: Viewer) -> ColumnElement[bool]:
    """As `may_change`, as a condition on `QuestionPool` (outer-joined to `Course`)."""
    if viewer.may(May.MODERATE):
        return true()
    own = and_(QuestionPool.course_id.is_(None), QuestionPool.created_by_id == viewer.user_id)
    author = true() if viewer.may(May.AUTHOR) else ~true()
    return or_(and_(own, author), and_(Course.id.is_not(None), written_by(viewer)))


def pool_for(viewer: Viewer, pool_id: int) -> QuestionPool | None:
    """A pool the viewer may look into, or None."""
    found = select(QuestionPool).outerjoin(Course, Course.id == QuestionPool.course_id)
    return db.session.scalar(found.where(QuestionPool.id == pool_id, seen_by(viewer)))


def pool_to_change(viewer: Viewer, pool_id: int) -> QuestionPool | None:
    """A pool the viewer may put questions into, or None."""
    pool = pool_for(viewer, pool_id)
    return pool if pool is not None and may_change(viewer, pool) else None


def list_pools(viewer: Viewer, *, archived: bool = False, course_id: int | None = None) -> list[PoolLine]:
    """By title. `course_id`: those a quiz of that course may draw from."""
    drawn = select(func.count(func.distinct(QuizDraw.quiz_id))).where(QuizDraw.pool_id == QuestionPool.id)
    wanted = (
        select(
            QuestionPool.id,
            QuestionPool.title,
            QuestionPool.description,
            QuestionPool.course_id,
            Course.title.label("course_title"),
            QuestionPool.archived_at,
            _questions().scalar_subquery().label("questions"),
            drawn.scalar_subquery().label("draws"),
        )
        .outerjoin(Course, Course.id == QuestionPool.course_id)
        .where(seen_by(viewer))
        .order_by(QuestionPool.title, QuestionPool.id)
    )
    wanted = wanted.where(QuestionPool.archived_at.is_not(None) if archived else QuestionPool.archived_at.is_(None))
    if course_id is not None:
        wanted = wanted.where(or_(QuestionPool.course_id.is_(None), QuestionPool.course_id == course_id))
    rows = db.session.execute(wanted).mappings().all()
    tags = tags_of([row["id"] for row in rows])
    return [PoolLine(**row, tags=tags[row["id"]]) for row in rows]


def count_archived(viewer: Viewer) -> int:
    """How many pools are put away."""
    counted = select(func.count()).select_from(QuestionPool).outerjoin(Course, Course.id == QuestionPool.course_id)
    return db.session.scalar(counted.where(QuestionPool.archived_at.is_not(None), seen_by(viewer))) or 0


def tags_of(pool_ids: Collection[int]) -> dict[int, list[tuple[str, int]]]:
    """(tag, how many questions have it) by pool, the most used first."""
    each = func.jsonb_array_elements_text(Question.tags).table_valued("value").render_derived()
    tag = cast(each.c.value, Text)
    rows = db.session.execute(
        select(Question.pool_id, tag.label("tag"), func.count().label("number"))
        .select_from(Question)
        .join(each, true())
        .where(Question.pool_id.in_(pool_ids), *CURRENT)
        .group_by(Question.pool_id, tag)
        .order_by(func.count().desc(), tag)
    )
    found: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for row in rows:
        found[row.pool_id].append((row.tag, row.number))
    return found


def draws_of(quiz_id: int) -> list[Row[Any]]:
    """Columns: id, pool_id, pool_title, pool_archived, tag, number, points, available; in order."""
    fits = or_(QuizDraw.tag == "", Question.tags.contains(func.jsonb_build_array(QuizDraw.tag)))
    available = select(func.count(Question.id)).where(Question.pool_id == QuizDraw.pool_id, *CURRENT, fits)
    rows = db.session.execute(
        select(
            QuizDraw.id,
            QuizDraw.pool_id,
            QuestionPool.title.label("pool_title"),
            QuestionPool.archived_at.is_not(None).label("pool_archived"),
            QuizDraw.tag,
            QuizDraw.count.label("number"),
            QuizDraw.points,
            available.correlate(QuizDraw).scalar_subquery().label("available"),
        )
        .join(QuestionPool, QuestionPool.id == QuizDraw.pool_id)
        .where(QuizDraw.quiz_id == quiz_id)
        .order_by(QuizDraw.position, QuizDraw.id)
    )
    return list(rows)


def drawn_by(viewer: Viewer, pool_id: int) -> list[Row[Any]]:
    """The quizzes that draw from a pool. Columns: lesson_id, lesson_title, course_title, tag, number, points, mine."""
    rows: Any = db.session.execute(
        select(
            Lesson.id.label("lesson_id"),
            Lesson.title.label("lesson_title"),
            Course.title.label("course_title"),
            QuizDraw.tag,
            QuizDraw.count.label("number"),
            QuizDraw.points,
            written_by(viewer).label("mine"),
        )
        .join(Quiz, Quiz.id == QuizDraw.quiz_id)
        .join(Lesson, Lesson.id == Quiz.lesson_id)
        .join(Chapter, Chapter.id == Lesson.chapter_id)
        .join(Course, Course.id == Quiz.course_id)
        .where(QuizDraw.pool_id == pool_id, Lesson.archived_at.is_(None), Chapter.archived_at.is_(None))
        .order_by(Course.title, Lesson.title, QuizDraw.position)
    )
    return list(rows)


def draw_for(viewer: Viewer, draw_id: int) -> tuple[QuizDraw, Quiz] | None:
    """A draw of a quiz the viewer may change, with its quiz, or None."""
    row = db.session.execute(
        select(QuizDraw, Quiz)
        .join(Quiz, Quiz.id == QuizDraw.quiz_id)
        .join(Course, Course.id == Quiz.course_id)
        .where(QuizDraw.id == draw_id, written_by(viewer))
    ).one_or_none()
    return (row[0], row[1]) if row else None


def points_drawn(quiz_id: int) -> tuple[int, Decimal]:
    """(questions, points) that draws add to a quiz."""
    total = func.coalesce(func.sum(QuizDraw.count * QuizDraw.points), 0)
    row = db.session.execute(
        select(func.coalesce(func.sum(QuizDraw.count), 0), total).where(QuizDraw.quiz_id == quiz_id)
    ).one()
    return int(row[0]), Decimal(row[1])


def _questions() -> Select[Any]:
    return select(func.count(Question.id)).where(Question.pool_id == QuestionPool.id, *CURRENT)
