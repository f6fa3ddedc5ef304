"""Courses through an author's eyes: course creators see their own, moderators all (ORG-2). Others find nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, func, or_, select, true

from lmsapp.courses.catalogue.models import Chapter, Course, Lesson
from lmsapp.courses.catalogue.queries import files_of
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra.db import db
from lmsapp.infra.files import StoredFile
from lmsapp.people.accounts.models import User
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer


def written_by(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on `Course` under which the viewer may see and change it."""
    if viewer.may(May.MODERATE):
        return true()
    return (Course.created_by_id == viewer.user_id) & (true() if viewer.may(May.AUTHOR) else ~true())


PAGE = 50
CHANGED = "changed"  # published, and the draft says something else by now


@dataclass(frozen=True, slots=True)
class CoursesFound:
    """One page of courses. `total`: on all pages. `number`: of the page, from 1."""

    rows: Sequence[Row[Any]]
    number: int
    size: int
    total: int


def list_courses(
    viewer: Viewer, q: str = "", statuses: Iterable[str] = (), *, newest: bool = False, number: int = 1
) -> CoursesFound:
    """Columns: id, title, status, kind, lesson_count, minutes, content_version, published_at, draft_changed_at, author,
    changed_at, changed_by. By title, or by the latest change. `statuses`: of `CourseStatus`, or CHANGED."""
    wanted = [written_by(viewer), *_matching(q, list(statuses))]
    total = db.session.scalar(select(func.count()).select_from(Course).where(*wanted)) or 0
    number = max(1, min(number, -(-total // PAGE)))
    last = (
        select(AuditEntry.at, AuditEntry.actor_name)
        .where(AuditEntry.subject_kind == "course", AuditEntry.subject_id == Course.id)
        .order_by(AuditEntry.id.desc())
        .limit(1)
        .lateral("last")
    )
    columns = (Course.id, Course.title, Course.status, Course.kind, Course.lesson_count, Course.minutes)
    versions = (Course.content_version, Course.published_at, Course.draft_changed_at)
    names: tuple[Any, ...] = (User.name.label("author"), last.c.at.label("changed_at"))
    order = (last.c.at.desc().nulls_last(),) if newest else (Course.title,)
    rows = db.session.execute(
        select(*columns, *versions, *names, last.c.actor_name.label("changed_by"))
        .outerjoin(User, User.id == Course.created_by_id)
        .outerjoin(last, true())
        .where(*wanted)
        .order_by(*order, Course.id)
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    )
    return CoursesFound(rows.all(), number, PAGE, total)


def _matching(q: str, statuses: list[str]) -> Iterator[ColumnElement[bool]]:
    for word in q.split()[:8]:
        yield Course.title.icontains(word, autoescape=True)
    if CHANGED in statuses:
        yield or_(Course.status.in_(statuses), Course.draft_changed_at.is_not(None))
    elif statuses:
        yield Course.status.in_(statuses)


def course_for(viewer: Viewer, course_id: int) -> Course | None:
    """The course to change, or None."""
    return db.session.scalar(select(Course).where(Course.id == course_id, written_by(viewer)))


def chapter_for(viewer: Viewer, chapter_id: int, *, archived: bool = False) -> Chapter | None:
    """The chapter to change, archived ones only where asked for, or None."""
    found = select(Chapter).join(Course, Course.id == Chapter.course_id)
    found = found.where(Chapter.id == chapter_id, written_by(viewer))
    return db.session.scalar(found if archived else found.where(Chapter.archived_at.is_(None)))


def lesson_for(viewer: Viewer, lesson_id: int) -> Lesson | None:
    """The lesson to change, archived or not, or None."""
    return db.session.scalar(
        select(Lesson).join(Course, Course.id == Lesson.course_id).where(Lesson.id == lesson_id, written_by(viewer))
    )


def lessons_for(viewer: Viewer, course_id: int, ids: Iterable[int]) -> list[Lesson]:
    """Those of the course's lessons with these ids that the viewer may change, in the order of the outline."""
    found = (
        select(Lesson)
        .join(Course, Course.id == Lesson.course_id)
        .join(Chapter, Chapter.id == Lesson.chapter_id)
        .where(Lesson.course_id == course_id, Lesson.id.in_(list(ids)), written_by(viewer))
        .order_by(Chapter.position, Chapter.id, Lesson.position, Lesson.id)
    )
    return list(db.session.scalars(found))


def archived_lessons(course_id: int) -> list[Row[Any]]:
    """What is kept but not shown to learners. Columns: id, kind, title, archived_at."""
    return list(
        db.session.execute(
            select(Lesson.id, Lesson.kind, Lesson.title, Lesson.archived_at)
            .where(Lesson.course_id == course_id, Lesson.archived_at.is_not(None))
            .order_by(Lesson.archived_at.desc(), Lesson.id)
        )
    )


def file_of(lesson: Lesson, file_id: int) -> StoredFile | None:
    """A file the lesson refers to, or None: no other file is reached through it."""
    return db.session.get(StoredFile, file_id) if file_id in files_of(lesson.file_id, lesson.detail) else None
