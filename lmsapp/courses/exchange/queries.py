"""Files of questions through the eyes of whoever sent them, and of moderators; questions to be written out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select

from lmsapp.courses.bank.pools import pool_to_change
from lmsapp.courses.bank.queries import questions_for
from lmsapp.courses.catalogue.authored import written_by
from lmsapp.courses.catalogue.models import Course, Lesson
from lmsapp.courses.exchange.exporting import Exported, exported
from lmsapp.courses.exchange.models import QuestionImport, QuestionImportLine
from lmsapp.courses.quizzes.models import QuestionPool, Quiz
from lmsapp.courses.quizzes.places import Place
from lmsapp.infra.db import db
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

PAGE = 50
LATEST = 8
SHOWN = {"questions": "question", "problems": "problem"}


@dataclass(frozen=True, slots=True)
class LinePage:
    """One page of lines. `total`: on all pages. `number`: of the page, from 1."""

    rows: Sequence[QuestionImportLine]
    number: int
    total: int
    size: int = PAGE


@dataclass(frozen=True, slots=True)
class Target:
    """Where questions go: a quiz by its lesson, or a pool."""

    place: Place
    title: str
    lesson_id: int | None = None
    pool_id: int | None = None


def import_for(viewer: Viewer, import_id: int) -> QuestionImport | None:
    """A file the viewer sent, or any for moderators, or None."""
    wanted = select(QuestionImport).where(QuestionImport.id == import_id)
    return db.session.scalar(wanted.where(_seen(viewer)))


def latest_imports(viewer: Viewer) -> list[Row[Any]]:
    """Columns: id, file_name, status, state, created_at, asked_by_name, counts. Their own, the newest first."""
    columns = [
        getattr(QuestionImport, name)
        for name in ("id", "file_name", "status", "state", "created_at", "asked_by_name", "counts")
    ]
    mine = select(*columns).where(QuestionImport.asked_by_id == viewer.user_id)
    return list(db.session.execute(mine.order_by(QuestionImport.id.desc()).limit(LATEST)))


def lines_of(run: QuestionImport, show: str, number: int = 1) -> LinePage:
    """One page. `show`: '' for all, 'questions', 'problems', 'noted', 'same'."""
    lines = QuestionImportLine
    wanted: list[ColumnElement[bool]] = [lines.import_id == run.id]
    if show in SHOWN:
        wanted.append(lines.kind == SHOWN[show])
    elif show == "same":
        wanted.append(lines.same != "")
    elif show == "noted":
        wanted += [lines.kind == "question", func.jsonb_array_length(lines.draft["notes"]) > 0]
    total = db.session.scalar(select(func.count()).select_from(lines).where(*wanted)) or 0
    number = min(max(number, 1), max(1, -(-total // PAGE)))
    page = select(lines).where(*wanted).order_by(lines.number).limit(PAGE).offset((number - 1) * PAGE)
    return LinePage(db.session.scalars(page).all(), number, total)


def target_for(viewer: Viewer, said: str) -> Target | None:
    """'quiz-12' (a lesson's id) or 'pool-3', where the viewer may put questions into; else None."""
    kind, _mark, number = said.partition("-")
    if not number.isdecimal() or len(number) > 9:
        return None
    if kind == "pool":
        pool = pool_to_change(viewer, int(number))
        return Target(pool, pool.title, pool_id=pool.id) if pool and pool.archived_at is None else None
    return _quiz_target(viewer, Lesson.id == int(number)) if kind == "quiz" else None


def target_of(viewer: Viewer, run: QuestionImport) -> Target | None:
    """Where the questions of a file go, or None where the viewer may not change it (any more)."""
    if run.pool_id is not None:
        pool = pool_to_change(viewer, run.pool_id)
        return Target(pool, pool.title, pool_id=pool.id) if pool else None
    return _quiz_target(viewer, Quiz.id == run.quiz_id)


def _quiz_target(viewer: Viewer, wanted: ColumnElement[bool]) -> Target | None:
    row: Any = db.session.execute(
        select(Quiz, Lesson.id, Lesson.title)
        .join(Lesson, Lesson.id == Quiz.lesson_id)
        .join(Course, Course.id == Quiz.course_id)
        .where(wanted, written_by(viewer))
    ).one_or_none()
    return Target(row[0], row[2], lesson_id=row[1]) if row else None


def _seen(viewer: Viewer) -> ColumnElement[bool]:
    mine = QuestionImport.asked_by_id == viewer.user_id
    return QuestionImport.id.is_not(None) if viewer.may(May.MODERATE) else mine


def questions_out(viewer: Viewer, ids: Collection[int]) -> Exported:
    """These questions, as far as the viewer may look at them, as drafts with their pool as category."""
    questions = [one for one in questions_for(viewer, ids) if one.archived_at is None]
    pools = {one.pool_id for one in questions if one.pool_id is not None}
    titles = db.session.execute(select(QuestionPool.id, QuestionPool.title).where(QuestionPool.id.in_(pools))).all()
    return exported(questions, {row.id: row.title for row in titles})
