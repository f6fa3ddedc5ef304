"""Arranging an outline: several lessons at once, chapters to a place, what was archived back where it was (CRS-1)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from lmsapp.courses.catalogue.lessons import add_lesson
from lmsapp.courses.catalogue.models import Chapter, Lesson
from lmsapp.courses.catalogue.queries import current_rule, live_chapters
from lmsapp.courses.catalogue.rules import LessonKind
from lmsapp.courses.publishing.actions import content_changed, lock_course
from lmsapp.courses.quizzes.actions import create_quiz
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.viewer import Viewer

NAMED = N_("The completion rule names “%(title)s”. Change the rule first.")
MOST_AT_ONCE = 500


def add_quickly(chapter: Chapter, kind: str, title: str, *, by: Viewer | None) -> Lesson:
    """A lesson that has its title only; the rest is written later. A quiz gets its usual settings."""
    lesson = add_lesson(chapter, kind, title, by=by, minutes=10 if kind == LessonKind.QUIZ else 5)
    if lesson.kind == LessonKind.QUIZ:
        create_quiz(lesson, by=by)
    return lesson


def place_chapter(chapter: Chapter, index: int, *, by: Viewer | None) -> int:
    """To place `index` (from 0) among the chapters; where it came to stand, from 1."""
    course = lock_course(chapter.course_id)
    chapters = [one for one in live_chapters(course.id) if one.id != chapter.id]
    there = min(max(index, 0), len(chapters))
    chapters.insert(there, chapter)
    for position, one in enumerate(chapters, 1):
        one.position = position
    content_changed(course, "chapter moved", by=by, after={"chapter": chapter.title, "position": there + 1})
    return there + 1


def move_lessons(lessons: Sequence[Lesson], to: Chapter, *, by: Viewer | None) -> None:
    """To the end of a chapter of the same course, in the order they have. Raises RuleBroken."""
    course = lock_course(to.course_id)
    _check_one_course(lessons, course.id)
    if to.archived_at is not None:
        raise RuleBroken(N_("Choose a chapter of this course."))
    moved = {one.id for one in lessons}
    staying = select(Lesson).where(Lesson.chapter_id == to.id, Lesson.archived_at.is_(None), Lesson.id.not_in(moved))
    there = list(db.session.scalars(staying.order_by(Lesson.position, Lesson.id)))
    for position, one in enumerate([*there, *lessons], 1):
        one.chapter_id, one.position = to.id, position
    titles = [one.title for one in lessons]
    content_changed(course, "lessons moved", by=by, after={"lessons": titles, "chapter": to.title})


def archive_lessons(lessons: Sequence[Lesson], *, by: Viewer | None) -> None:
    """Take them out of the course; what learners did in them stays. None goes when the rule names one of them.

    Raises RuleBroken.
    """
    if not lessons:
        return
    course = lock_course(lessons[0].course_id)
    _check_one_course(lessons, course.id)
    rule = current_rule(course.id)
    if held := next((one for one in lessons if rule.names(one.id)), None):
        raise RuleBroken(NAMED, title=held.title)
    for one in lessons:
        one.archived_at = clock.now()
    content_changed(course, "lessons archived", by=by, before={"lessons": [one.title for one in lessons]})


def put_back_lessons(lessons: Sequence[Lesson], *, by: Viewer | None) -> None:
    """Undo archiving: back where they were."""
    if not lessons:
        return
    course = lock_course(lessons[0].course_id)
    _check_one_course(lessons, course.id)
    back = [one for one in lessons if one.archived_at is not None]
    for one in back:
        one.archived_at = None
        db.session.get_one(Chapter, one.chapter_id).archived_at = None
    if back:
        content_changed(course, "lessons brought back", by=by, after={"lessons": [one.title for one in back]})


def put_back_chapter(chapter: Chapter, *, by: Viewer | None) -> None:
    """Undo archiving a chapter: back where it was."""
    course = lock_course(chapter.course_id)
    if chapter.archived_at is not None:
        chapter.archived_at = None
        content_changed(course, "chapter brought back", by=by, after={"chapter": chapter.title})


def _check_one_course(lessons: Sequence[Lesson], course_id: int) -> None:
    if not lessons or len(lessons) > MOST_AT_ONCE or any(one.course_id != course_id for one in lessons):
        raise RuleBroken(N_("Choose lessons of this course."))
