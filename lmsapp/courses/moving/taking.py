"""A course as a manifest: lessons by keys of their own, files by SHA-256."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Row, select

from lmsapp.courses.catalogue.models import Chapter, Course, Lesson
from lmsapp.courses.catalogue.queries import current_rule, files_of
from lmsapp.courses.catalogue.rules import LessonKind
from lmsapp.courses.moving.manifest import FORMAT, VERSION
from lmsapp.courses.packages.terms import terms_of
from lmsapp.courses.quizzes.models import QuestionPool, Quiz, QuizDraw
from lmsapp.courses.quizzes.queries import draws_of, questions_as_asked, questions_of_pool
from lmsapp.infra.db import db
from lmsapp.infra.files import StoredFile

COURSE = (
    "title",
    "summary",
    "kind",
    "language",
    "citation",
    "self_enroll",
    "in_order",
    "validity_months",
    "renewal_months",
)
LESSON = ("kind", "title", "body", "minutes", "min_seconds", "share")
QUIZ = (
    "passing_percent",
    "max_attempts",
    "minutes",
    "shuffle",
    "show_answers",
    "wait_minutes",
    "negative_percent",
    "practice",
)
QUESTION = ("kind", "prompt", "options", "detail", "tags", "points", "explanation")
DRAWN = "page_files"  # the pages of a PDF: drawn again from the PDF wherever it arrives


def lessons_in_order(course_id: int) -> list[Lesson]:
    """What the outline shows, in order."""
    return list(
        db.session.scalars(
            select(Lesson)
            .join(Chapter, Chapter.id == Lesson.chapter_id)
            .where(Lesson.course_id == course_id, Lesson.archived_at.is_(None), Chapter.archived_at.is_(None))
            .order_by(Chapter.position, Chapter.id, Lesson.position, Lesson.id)
        )
    )


def keys_of(lessons: Iterable[Lesson]) -> dict[int, str]:
    """Key by lesson id: l1, l2 … in the order of the outline."""
    return {lesson.id: f"l{number}" for number, lesson in enumerate(lessons, 1)}


def manifest_of(course_id: int) -> dict[str, Any]:
    """The whole draft of the course as `manifest.parse` reads it."""
    course = db.session.get_one(Course, course_id)
    lessons = lessons_in_order(course_id)
    keys, stored = keys_of(lessons), _stored(lessons)
    quizzes = {quiz.lesson_id: quiz for quiz in db.session.scalars(select(Quiz).where(Quiz.course_id == course_id))}
    pools = pools_of(lessons)
    chapters = db.session.scalars(
        select(Chapter)
        .where(Chapter.course_id == course_id, Chapter.archived_at.is_(None))
        .order_by(Chapter.position, Chapter.id)
    )
    return {
        "format": FORMAT,
        "version": VERSION,
        "course": {name: getattr(course, name) for name in COURSE},
        "chapters": [
            {
                "title": chapter.title,
                "lessons": [
                    {**_lesson(one, keys, stored), "quiz": _quiz(quizzes.get(one.id), keys, pools)}
                    for one in lessons
                    if one.chapter_id == chapter.id
                ],
            }
            for chapter in chapters
        ],
        "pools": [_pool(pool, key, keys) for key, pool in pools.items()],
        "rule": _rule(course_id, keys),
        "files": {
            row.sha256: {"name": row.name, "media_type": row.media_type, "size": row.size} for row in stored.values()
        },
    }


def pools_of(lessons: Iterable[Lesson]) -> dict[str, QuestionPool]:
    """The pools that quizzes of these lessons draw from, by key: p1, p2 … in the order they were made."""
    ids = [one.id for one in lessons]
    drawn = select(QuizDraw.pool_id).join(Quiz, Quiz.id == QuizDraw.quiz_id).where(Quiz.lesson_id.in_(ids))
    pools = db.session.scalars(select(QuestionPool).where(QuestionPool.id.in_(drawn)).order_by(QuestionPool.id))
    return {f"p{number}": pool for number, pool in enumerate(pools, 1)}


def _lesson(lesson: Lesson, keys: Mapping[int, str], stored: Mapping[int, Row[Any]]) -> dict[str, Any]:
    def sha(file_id: int | None) -> str | None:
        return stored[file_id].sha256 if file_id else None

    detail = lesson.detail
    return {
        "key": keys[lesson.id],
        **{name: getattr(lesson, name) for name in LESSON},
        "file": sha(lesson.file_id),
        "captions": sha(detail.get("captions")),
        "poster": sha(detail.get("poster")),
        "seconds": detail.get("seconds"),
        "files": [{"name": one["name"], "sha256": sha(one["file"])} for one in detail.get("files", ())],
        "resources": [
            {"title": one["title"], **({"url": one["url"]} if "url" in one else {"sha256": sha(one["file"])})}
            for one in detail.get("resources", ())
        ],
        "task": {**detail["task"], "attached": [sha(one) for one in detail["task"].get("attached", ())]}
        if detail.get("task")
        else None,
        **({"scorm": terms_of(lesson).as_json()} if lesson.kind == LessonKind.SCORM else {}),
    }


def _quiz(quiz: Quiz | None, keys: Mapping[int, str], pools: Mapping[str, QuestionPool]) -> dict[str, Any] | None:
    if quiz is None:
        return None
    key_of = {pool.id: key for key, pool in pools.items()}
    draws = [
        {**{name: one[name] for name in ("tag", "count", "points")}, "pool": key_of[one["pool_id"]]}
        for one in draws_of(quiz.id)
    ]
    questions = [_question(one, keys) for one in questions_as_asked(quiz.id)]
    return {**{name: getattr(quiz, name) for name in QUIZ}, "questions": questions, "draws": draws}


def _pool(pool: QuestionPool, key: str, keys: Mapping[int, str]) -> dict[str, Any]:
    questions = [_question(one, keys) for one in questions_of_pool(pool.id)]
    return {"key": key, "title": pool.title, "description": pool.description, "questions": questions}


def _question(asked: Mapping[str, Any], keys: Mapping[int, str]) -> dict[str, Any]:
    return {**{name: asked[name] for name in QUESTION}, "lesson": keys.get(asked["lesson_id"])}


def _rule(course_id: int, keys: Mapping[int, str]) -> dict[str, Any] | None:
    """Criteria name lessons by key. One that names a lesson no longer in the course is not moved."""
    rule = current_rule(course_id)
    moved = [said for one in rule.criteria if (said := _criterion(one.as_json(), keys)) is not None]
    return {"mode": rule.mode.value, "criteria": moved} if moved else None


def _criterion(stored: dict[str, Any], keys: Mapping[int, str]) -> dict[str, Any] | None:
    said = dict(stored)
    if "lessons" in said:
        said["lessons"] = [keys[one] for one in said["lessons"] if one in keys]
    if "lesson_id" in said:
        lesson_id = said.pop("lesson_id")
        if lesson_id is not None and lesson_id not in keys:
            return None
        said["lesson"] = keys[lesson_id] if lesson_id is not None else None
    return said


def _stored(lessons: Iterable[Lesson]) -> dict[int, Row[Any]]:
    """Rows of stored files by id, drawn pages left out."""
    wanted: set[int] = set()
    for lesson in lessons:
        detail = {name: value for name, value in lesson.detail.items() if name != DRAWN}
        wanted |= files_of(lesson.file_id, detail)
    columns: tuple[Any, ...] = (
        StoredFile.id,
        StoredFile.sha256,
        StoredFile.name,
        StoredFile.media_type,
        StoredFile.size,
    )
    rows = db.session.execute(select(*columns).where(StoredFile.id.in_(wanted)).order_by(StoredFile.id))
    return {row.id: row for row in rows.all()}
