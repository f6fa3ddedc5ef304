"""Lessons that save themselves while they are written (CRS-1)."""

from __future__ import annotations

from typing import Any

from lmsapp.courses.catalogue.lessons import check_revision, write
from lmsapp.courses.catalogue.models import Lesson
from lmsapp.courses.publishing.actions import draft_changed, lock_course
from lmsapp.courses.publishing.writings import WRITTEN, note_save, note_writing
from lmsapp.infra.db import db
from lmsapp.people.viewer import Viewer


def save_by_itself(lesson: Lesson, *, revision: int, by: Viewer, **changes: Any) -> Lesson:
    """Keep what is being written. The trail hears of it once, when the writer stops.

    `revision` is the one the page has: raises WrittenMeanwhile where the lesson says something else by now. The same
    words sent twice are one save.
    """
    course = lock_course(lesson.course_id)
    db.session.refresh(lesson)
    wanted = {name: changes[name] for name in WRITTEN if name in changes}
    check_revision(lesson, revision, wanted)
    before = {name: getattr(lesson, name) for name in WRITTEN}
    write(lesson, wanted)
    if before != {name: getattr(lesson, name) for name in WRITTEN}:
        lesson.revision += 1
        note_save(lesson, before, by)
        draft_changed(course)
    return lesson


def stop_writing(lesson: Lesson, *, by: Viewer) -> None:
    """The writer leaves the page."""
    lock_course(lesson.course_id)
    db.session.refresh(lesson)
    if lesson.writing and lesson.writing["by"] == by.user_id:
        note_writing(lesson)
