"""The whole content of a course, and what is missing before it can be published."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select

from lmsapp.courses.catalogue.models import Chapter, Course, Lesson
from lmsapp.courses.catalogue.queries import current_rule, files_of
from lmsapp.courses.catalogue.rules import LessonKind
from lmsapp.courses.catalogue.texts import as_taught
from lmsapp.courses.packages.models import PackageImport
from lmsapp.courses.publishing.rules import LessonState, Problem, missing
from lmsapp.courses.quizzes.drawing import lacking
from lmsapp.courses.quizzes.models import Question, QuestionPool, Quiz, QuizDraw
from lmsapp.courses.quizzes.queries import CURRENT, QUIZ_SAYS, draws_of, questions_as_asked
from lmsapp.infra.db import db
from lmsapp.infra.files import StoredFile

COURSE_SAYS: tuple[str, ...] = (
    "title",
    "summary",
    "kind",
    "language",
    "mandatory",
    "citation",
    "validity_months",
    "renewal_months",
)
LESSON_SAYS = ("id", "kind", "title", "body", "minutes", "min_seconds", "share")


def problems_of(course_id: int) -> list[Problem]:
    """What is missing before the course can be published; empty when it can be."""
    drawn = select(func.coalesce(func.sum(QuizDraw.count), 0)).where(QuizDraw.quiz_id == Quiz.id).scalar_subquery()
    questions = func.count(Question.id) + func.coalesce(drawn, 0)
    rows = db.session.execute(
        select(
            Lesson.id,
            Lesson.kind,
            Lesson.title,
            func.btrim(Lesson.body) != "",
            Lesson.file_id.is_not(None),
            questions,
            Quiz.passing_percent,
            func.coalesce(Quiz.practice, False),
            _being_imported(),
        )
        .join(Chapter, Chapter.id == Lesson.chapter_id)
        .outerjoin(Quiz, Quiz.lesson_id == Lesson.id)
        .outerjoin(Question, (Question.quiz_id == Quiz.id) & CURRENT[0] & CURRENT[1])
        .where(Lesson.course_id == course_id, Lesson.archived_at.is_(None), Chapter.archived_at.is_(None))
        .group_by(Lesson.id, Chapter.id, Quiz.id)
        .order_by(Chapter.position, Chapter.id, Lesson.position, Lesson.id)
    )
    lessons = [LessonState(*row) for row in rows]
    draws = _draws_that_fail(course_id)
    known = [
        replace(one, lacking=draws[one.id][0], closed=draws[one.id][1]) if one.id in draws else one for one in lessons
    ]
    return missing(known, current_rule(course_id))


def _being_imported() -> ColumnElement[bool]:
    """Whether a package for the lesson is being read, or waits for it."""
    return exists().where(
        PackageImport.lesson_id == Lesson.id,
        PackageImport.status == "reading",
        PackageImport.state.in_(("waiting", "running")),
    )


def _draws_that_fail(course_id: int) -> dict[int, tuple[tuple[str, ...], tuple[str, ...]]]:
    """By lesson: (pools that lack questions for what is drawn, archived ones)."""
    drawing = (
        select(Quiz.id, Quiz.lesson_id).join(QuizDraw, QuizDraw.quiz_id == Quiz.id).where(Quiz.course_id == course_id)
    )
    found = {}
    for quiz_id, lesson_id in db.session.execute(drawing.distinct()).all():
        draws = draws_of(quiz_id)
        short = lacking([(one["count"], [q["id"] for q in one["questions"]]) for one in draws])
        archived = select(QuestionPool.title).join(QuizDraw, QuizDraw.pool_id == QuestionPool.id)
        archived = archived.where(QuizDraw.quiz_id == quiz_id, QuestionPool.archived_at.is_not(None)).distinct()
        closed = tuple(db.session.scalars(archived.order_by(QuestionPool.title)))
        found[lesson_id] = (tuple(draws[place]["pool"] for place in short), closed)
    return found


def draft_changed_at(course_id: int) -> dt.datetime | None:
    """Since when the draft differs from what is published; None when it does not."""
    return db.session.scalar(select(Course.draft_changed_at).where(Course.id == course_id))


def content_of(course_id: int) -> dict[str, Any]:
    """All a learner can meet in the course, as plain JSON; files by their SHA-256, right answers included."""
    course = db.session.get_one(Course, course_id)
    chapters = db.session.scalars(
        select(Chapter)
        .where(Chapter.course_id == course_id, Chapter.archived_at.is_(None))
        .order_by(Chapter.position, Chapter.id)
    ).all()
    lessons = db.session.scalars(
        select(Lesson)
        .where(Lesson.course_id == course_id, Lesson.archived_at.is_(None))
        .order_by(Lesson.position, Lesson.id)
    ).all()
    quizzes = {quiz.lesson_id: quiz for quiz in db.session.scalars(select(Quiz).where(Quiz.course_id == course_id))}
    digests = _digests({one for lesson in lessons for one in files_of(lesson.file_id, lesson.detail)})
    rule = current_rule(course_id)
    return {
        "course": {name: getattr(course, name) for name in COURSE_SAYS},
        "chapters": [
            {
                "id": chapter.id,
                "title": chapter.title,
                "lessons": [
                    _lesson(one, quizzes.get(one.id), digests) for one in lessons if one.chapter_id == chapter.id
                ],
            }
            for chapter in chapters
        ],
        "rule": {
            "version": rule.version,
            "mode": rule.mode.value,
            "criteria": [one.as_json() for one in rule.criteria],
        },
    }


def _lesson(lesson: Lesson, quiz: Quiz | None, digests: dict[int, str]) -> dict[str, Any]:
    said: dict[str, Any] = {name: getattr(lesson, name) for name in LESSON_SAYS}
    said["file_id"], said["detail"] = lesson.file_id, as_taught(lesson.body_html, lesson.detail)
    said["file"] = digests.get(lesson.file_id or 0)
    said["captions"] = digests.get(lesson.detail.get("captions") or 0)
    said["pages"] = [digests[page["image"]] for page in lesson.detail.get("page_files", ())]
    if lesson.kind == LessonKind.ASSIGNMENT:
        task = lesson.detail.get("task", {})
        said["task"] = {**task, "attached": [digests[one] for one in task.get("attached", ())]}
    if quiz is not None:
        settings = {name: getattr(quiz, name) for name in QUIZ_SAYS}
        said["quiz"] = {**settings, "questions": questions_as_asked(quiz.id), "draws": draws_of(quiz.id)}
    return said


def _digests(file_ids: set[int]) -> dict[int, str]:
    if not file_ids:
        return {}
    rows = db.session.execute(select(StoredFile.id, StoredFile.sha256).where(StoredFile.id.in_(file_ids)))
    return {row.id: row.sha256 for row in rows}
