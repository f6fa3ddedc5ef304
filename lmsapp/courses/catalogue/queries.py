"""What to show of courses. Column selects; what a viewer may not see is not found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Float, Integer, Row, func, select

from lmsapp.courses.catalogue.models import Chapter, CompletionRule, ContentVersion, Course, Lesson
from lmsapp.courses.catalogue.rules import CourseStatus, Facts, LessonFact, Rule
from lmsapp.infra.db import db
from lmsapp.infra.files import StoredFile


@dataclass(frozen=True, slots=True)
class LessonLine:
    """A lesson in the outline. `length`: a video's seconds or a PDF's pages, else 0.

    `position` counts through the whole course, from 1. `practice`: a quiz that does not count.
    """

    id: int
    kind: str
    title: str
    minutes: int
    min_seconds: int
    share: int
    length: float
    position: int
    chapter_id: int
    practice: bool = False


@dataclass(frozen=True, slots=True)
class ChapterView:
    """A chapter and its lessons, in order."""

    id: int
    title: str
    lessons: tuple[LessonLine, ...] = ()


@dataclass(frozen=True, slots=True)
class OutlineView:
    """A course with all that is taught in it; archived parts are left out."""

    course_id: int
    slug: str
    title: str
    summary: str
    status: str
    kind: str
    language: str
    minutes: int
    mandatory: bool
    self_enroll: bool
    citation: str
    validity_months: int | None
    renewal_months: int | None
    content_version: int
    rule_version: int
    chapters: tuple[ChapterView, ...] = ()
    lessons: tuple[LessonLine, ...] = field(default=())
    in_order: bool = False

    def lesson(self, lesson_id: int) -> LessonLine | None:
        """The lesson with that id, or None."""
        return next((line for line in self.lessons if line.id == lesson_id), None)

    def facts(self) -> Facts:
        """Nothing done yet: what the rule asks, in words, follows from judging this."""
        return Facts({line.id: LessonFact(line.kind, title=line.title) for line in self.lessons})


COURSE_COLUMNS: tuple[Any, ...] = (
    Course.id.label("course_id"),
    Course.slug,
    Course.title,
    Course.summary,
    Course.status,
    Course.kind,
    Course.language,
    Course.minutes,
    Course.mandatory,
    Course.self_enroll,
    Course.citation,
    Course.validity_months,
    Course.renewal_months,
    Course.content_version,
    Course.rule_version,
)
CHAPTER_ID, CHAPTER_TITLE = len(COURSE_COLUMNS), len(COURSE_COLUMNS) + 1
LESSON_FROM = CHAPTER_TITLE + 1


def outline(course_id: int) -> OutlineView | None:
    """The whole outline in one statement, or None. Unscoped: whoever asks has found the course already."""
    length = func.coalesce(Lesson.detail["seconds"].astext.cast(Float), Lesson.detail["pages"].astext.cast(Integer), 0)
    rows: Sequence[Any] = db.session.execute(
        select(
            *COURSE_COLUMNS,
            Chapter.id,
            Chapter.title,
            Lesson.id,
            Lesson.kind,
            Lesson.title,
            Lesson.minutes,
            Lesson.min_seconds,
            Lesson.share,
            length,
        )
        .select_from(Course)
        .outerjoin(Chapter, (Chapter.course_id == Course.id) & Chapter.archived_at.is_(None))
        .outerjoin(Lesson, (Lesson.chapter_id == Chapter.id) & Lesson.archived_at.is_(None))
        .where(Course.id == course_id)
        .order_by(Chapter.position, Chapter.id, Lesson.position, Lesson.id)
    ).all()
    if not rows:
        return None
    titles: dict[int, str] = {}
    by_chapter: dict[int, list[LessonLine]] = {}
    lines: list[LessonLine] = []
    for row in rows:
        chapter_id = row[CHAPTER_ID]
        if chapter_id is None:
            continue
        titles[chapter_id] = row[CHAPTER_TITLE]
        here = by_chapter.setdefault(chapter_id, [])
        if row[LESSON_FROM] is not None:
            columns: Any = (*row[LESSON_FROM:], len(lines) + 1, chapter_id)
            line = LessonLine(*columns)
            lines.append(line)
            here.append(line)
    chapters = tuple(ChapterView(key, title, tuple(by_chapter[key])) for key, title in titles.items())
    whole: Any = (*rows[0][:CHAPTER_ID], chapters, tuple(lines))
    return OutlineView(*whole)


def current_rule(course_id: int) -> Rule:
    """The rule in force; version 0 and no criteria where none was stated."""
    return rule_in_version(course_id, None)


def rule_in_version(course_id: int, version: int | None) -> Rule:
    """A version of the rule, for a record that names it; None is the newest."""
    statement = select(CompletionRule.version, CompletionRule.mode, CompletionRule.criteria).where(
        CompletionRule.course_id == course_id
    )
    if version is not None:
        statement = statement.where(CompletionRule.version == version)
    row = db.session.execute(statement.order_by(CompletionRule.version.desc()).limit(1)).one_or_none()
    return Rule.from_json(row.version, row.mode, row.criteria) if row else Rule()


def content_version(course_id: int) -> tuple[int, str]:
    """(number, SHA-256) of the content in force; (0, '') before the first publication."""
    row = db.session.execute(
        select(ContentVersion.number, ContentVersion.sha256)
        .where(ContentVersion.course_id == course_id)
        .order_by(ContentVersion.number.desc())
        .limit(1)
    ).one_or_none()
    return (row.number, row.sha256) if row else (0, "")


@dataclass(frozen=True, slots=True)
class LessonView:
    """One lesson as it is read. `body_html` is safe to print. `detail` is as `Lesson` says."""

    id: int
    course_id: int
    chapter_id: int
    kind: str
    title: str
    body: str
    body_html: str
    minutes: int
    min_seconds: int
    share: int
    file_id: int | None
    detail: dict[str, Any]
    archived_at: dt.datetime | None


def lesson(course_id: int, lesson_id: int) -> LessonView | None:
    """The lesson, if it belongs to the course and is not archived."""
    row: Any = db.session.execute(
        select(
            Lesson.id,
            Lesson.course_id,
            Lesson.chapter_id,
            Lesson.kind,
            Lesson.title,
            Lesson.body,
            Lesson.body_html,
            Lesson.minutes,
            Lesson.min_seconds,
            Lesson.share,
            Lesson.file_id,
            Lesson.detail,
            Lesson.archived_at,
        ).where(Lesson.course_id == course_id, Lesson.id == lesson_id, Lesson.archived_at.is_(None))
    ).one_or_none()
    return LessonView(*row) if row else None


def shown_length(detail: dict[str, Any]) -> float:
    """A video's seconds or a PDF's pages, else 0."""
    return float(detail.get("seconds") or detail.get("pages") or 0)


def files_of(file_id: int | None, detail: dict[str, Any]) -> set[int]:
    """Every stored file a lesson refers to."""
    named = {file_id, detail.get("captions"), detail.get("poster")}
    named |= {page["image"] for page in detail.get("page_files", ())}
    named |= {one.get("file") for part in ("files", "resources") for one in detail.get(part, ())}
    named |= set(detail.get("task", {}).get("attached", ()))
    return {one for one in named if one is not None}


def file_names(ids: Iterable[int | None]) -> dict[int, tuple[str, int]]:
    """(name, bytes) of stored files by id."""
    wanted = [one for one in ids if one is not None]
    rows = db.session.execute(select(StoredFile.id, StoredFile.name, StoredFile.size).where(StoredFile.id.in_(wanted)))
    return {row.id: (row.name, row.size) for row in rows}


CARD_COLUMNS: tuple[Any, ...] = (
    Course.id,
    Course.slug,
    Course.title,
    Course.summary,
    Course.kind,
    Course.language,
    Course.minutes,
    Course.lesson_count,
    Course.mandatory,
    Course.self_enroll,
    Course.validity_months,
    Course.status,
    Course.topics,
    Course.price,
    Course.currency,
)


def live_chapters(course_id: int) -> list[Chapter]:
    """The chapters of the draft in order, without archived ones."""
    live = select(Chapter).where(Chapter.course_id == course_id, Chapter.archived_at.is_(None))
    return list(db.session.scalars(live.order_by(Chapter.position, Chapter.id)))


def course_card(course_id: int) -> Row[Any] | None:
    """The columns of a course's card, whatever its status."""
    return db.session.execute(select(*CARD_COLUMNS).where(Course.id == course_id)).one_or_none()


def published_courses() -> list[tuple[int, str]]:
    """(id, title) of what can be assigned, by title."""
    rows = db.session.execute(
        select(Course.id, Course.title).where(Course.status == CourseStatus.PUBLISHED).order_by(Course.title, Course.id)
    )
    return [(row.id, row.title) for row in rows]


def published_course(course_id: int) -> Course | None:
    """The course as an object to assign or enroll in, or None when it is not published."""
    course = db.session.get(Course, course_id)
    return course if course is not None and course.status == CourseStatus.PUBLISHED else None
