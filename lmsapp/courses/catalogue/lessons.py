"""Adding, editing, moving and archiving lessons."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from lmsapp.courses.catalogue.images import read_picture
from lmsapp.courses.catalogue.media import Media, Upload, read_captions, read_pdf, read_video
from lmsapp.courses.catalogue.models import Chapter, Lesson
from lmsapp.courses.catalogue.queries import current_rule, live_chapters
from lmsapp.courses.catalogue.rules import LessonKind, checked_title
from lmsapp.courses.catalogue.texts import lesson_html
from lmsapp.courses.publishing.actions import content_changed, lock_course
from lmsapp.courses.publishing.writings import WRITTEN, take_writing, told
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.markdown import MAX_TEXT
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.viewer import Viewer

LEAST_SECONDS = {
    LessonKind.TEXT: 30,
    LessonKind.ACKNOWLEDGEMENT: 15,
}  # so that opening a page completes nothing (CRS-3)
BESIDE = ("captions", "poster", "files", "resources")  # of `Lesson.detail`: kept when the file is replaced


def add_lesson(
    chapter: Chapter,
    kind: str,
    title: str,
    *,
    by: Viewer | None,
    body: str = "",
    minutes: int = 5,
    min_seconds: int | None = None,
    share: int = 90,
    upload: Upload | None = None,
    captions: Upload | None = None,
    seconds: float | None = None,
    poster: Upload | None = None,
) -> Lesson:
    """A new lesson at the end of the chapter. `seconds` is a video's length where its file does not tell it."""
    course = lock_course(chapter.course_id)
    kind = LessonKind(kind)
    last = db.session.scalar(select(func.max(Lesson.position)).where(Lesson.chapter_id == chapter.id)) or 0
    least = LEAST_SECONDS.get(kind, 0) if min_seconds is None else min_seconds
    lesson = Lesson(course_id=course.id, chapter_id=chapter.id, position=last + 1, kind=kind.value, detail={})
    written = {"title": title, "body": body, "minutes": minutes, "min_seconds": least, "share": share}
    write(lesson, written)
    take_files(lesson, upload, captions, seconds, poster)
    db.session.add(lesson)
    content_changed(course, "lesson added", by=by, after={"lesson": lesson.title, "kind": lesson.kind})
    return lesson


class WrittenMeanwhile(RuleBroken):
    """Somebody else, or another window, saved the lesson since it was read. Both texts are still there to choose from.

    `theirs`: what WRITTEN says now. `revision`: what to save upon once both were read.
    """

    def __init__(self, lesson: Lesson):
        self.theirs = {name: getattr(lesson, name) for name in WRITTEN}
        self.revision = lesson.revision
        super().__init__(N_("This lesson was changed elsewhere since you opened it. Nothing is lost: choose below."))


def check_revision(lesson: Lesson, revision: int | None, wanted: dict[str, Any]) -> None:
    """Raises WrittenMeanwhile where another revision is there than was read, and it says something else."""
    if revision is None or revision == lesson.revision:
        return
    if any(getattr(lesson, name) != value for name, value in wanted.items()):
        raise WrittenMeanwhile(lesson)


def edit_lesson(
    lesson: Lesson,
    *,
    by: Viewer | None,
    upload: Upload | None = None,
    captions: Upload | None = None,
    seconds: float | None = None,
    poster: Upload | None = None,
    revision: int | None = None,
    **changes: Any,
) -> Lesson:
    """Change what is written (`title`, `body`, `minutes`, `min_seconds`, `share`) or replace the file.

    `revision` is the one that was read: raises WrittenMeanwhile where the lesson says something else by now.
    """
    course = lock_course(lesson.course_id)
    db.session.refresh(lesson)
    wanted = {name: changes[name] for name in WRITTEN if name in changes}
    check_revision(lesson, revision, wanted)
    said = {name: getattr(lesson, name) for name in WRITTEN}
    before = take_writing(lesson, by)
    files_before = (lesson.file_id, lesson.detail)
    write(lesson, wanted)
    take_files(lesson, upload, captions, seconds, poster)
    changed, after = told(lesson, before)
    if (lesson.file_id, lesson.detail) != files_before:
        after["file_id"] = lesson.file_id
    if said != {name: getattr(lesson, name) for name in WRITTEN}:
        lesson.revision += 1
    content_changed(course, "lesson edited", by=by, before=changed, after=after)
    return lesson


def archive_lesson(lesson: Lesson, *, by: Viewer | None) -> None:
    """Take it out of the course; what learners did in it stays. One that the completion rule names is refused."""
    course = lock_course(lesson.course_id)
    if current_rule(course.id).names(lesson.id):
        raise RuleBroken(N_("The completion rule names this lesson. Change the rule first."))
    lesson.archived_at = clock.now()
    content_changed(course, "lesson archived", by=by, before={"lesson": lesson.title})


def restore_lesson(lesson: Lesson, *, by: Viewer | None) -> None:
    """Bring an archived lesson back, at the end of its chapter."""
    course = lock_course(lesson.course_id)
    chapter = db.session.get_one(Chapter, lesson.chapter_id)
    chapter.archived_at = None
    last = db.session.scalar(select(func.max(Lesson.position)).where(Lesson.chapter_id == chapter.id)) or 0
    lesson.archived_at, lesson.position = None, last + 1
    content_changed(course, "lesson brought back", by=by, after={"lesson": lesson.title})


def move_lesson(lesson: Lesson, to: Chapter, index: int, *, by: Viewer | None) -> None:
    """To place `index` (from 0) of a chapter of the same course. Raises RuleBroken."""
    course = lock_course(lesson.course_id)
    if to.course_id != course.id or to.archived_at is not None:
        raise RuleBroken(N_("Choose a chapter of this course."))
    others = [one for one in _lessons_of(to) if one.id != lesson.id]
    others.insert(min(max(index, 0), len(others)), lesson)
    lesson.chapter_id = to.id
    for position, one in enumerate(others, 1):
        one.position = position
    content_changed(
        course, "lesson moved", by=by, after={"lesson": lesson.title, "chapter": to.title, "position": index + 1}
    )


def shift_lesson(lesson: Lesson, step: int, *, by: Viewer | None) -> None:
    """One place up (-1) or down (+1), from chapter to chapter; at the ends of the course nothing happens."""
    course = lock_course(lesson.course_id)
    chapters = live_chapters(course.id)
    at = next(i for i, chapter in enumerate(chapters) if chapter.id == lesson.chapter_id)
    here = _lessons_of(chapters[at])
    index = here.index(lesson) + step
    if 0 <= index < len(here):
        move_lesson(lesson, chapters[at], index, by=by)
    elif 0 <= at + step < len(chapters):
        neighbour = chapters[at + step]
        move_lesson(lesson, neighbour, 0 if step > 0 else len(_lessons_of(neighbour)), by=by)


def _lessons_of(chapter: Chapter) -> list[Lesson]:
    live = select(Lesson).where(Lesson.chapter_id == chapter.id, Lesson.archived_at.is_(None))
    return list(db.session.scalars(live.order_by(Lesson.position, Lesson.id)))


def write(lesson: Lesson, wanted: dict[str, Any]) -> None:
    """Set what is written, checked. Raises RuleBroken."""
    if "title" in wanted:
        wanted["title"] = checked_title(wanted["title"])
    if len(wanted.get("body", "")) > MAX_TEXT:
        raise RuleBroken(N_("The text is too long: at most %(most)s characters."), field="body", most=MAX_TEXT)
    for name, most in (("minutes", 600), ("min_seconds", 7200)):
        if name in wanted and not 0 <= wanted[name] <= most:
            raise RuleBroken(N_("Give a number between 0 and %(most)s."), field=name, most=most)
    if "share" in wanted and not 1 <= wanted["share"] <= 100:
        raise RuleBroken(N_("The share must lie between 1 and 100."), field="share")
    for name, value in wanted.items():
        setattr(lesson, name, value)
    if "body" in wanted:
        lesson.body_html = lesson_html(lesson.body)


def take_files(
    lesson: Lesson, upload: Upload | None, captions: Upload | None, seconds: float | None, poster: Upload | None
) -> None:
    """Replace the file of a PDF or video, its captions, its poster. What is attached to the lesson stays."""
    if upload is not None and lesson.kind in {LessonKind.PDF, LessonKind.VIDEO}:
        media: Media = read_pdf(upload) if lesson.kind == LessonKind.PDF else read_video(upload, seconds)
        kept = {name: value for name, value in lesson.detail.items() if name in BESIDE and value}
        lesson.file_id, lesson.detail = media.file.id, {**media.detail, **kept}
    if captions is not None and lesson.kind == LessonKind.VIDEO:
        lesson.detail = {**lesson.detail, "captions": read_captions(captions).id}
    if poster is not None and lesson.kind == LessonKind.VIDEO:
        lesson.detail = {**lesson.detail, "poster": read_picture(poster, field="poster").store().id}
