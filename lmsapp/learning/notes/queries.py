"""One's own notes. Nothing here takes anybody else's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from lmsapp.courses.catalogue.models import Lesson
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.notes.models import LessonNote
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Note:
    """`saved_at` None: nothing was ever written there."""

    text: str = ""
    revision: int = 0
    saved_at: dt.datetime | None = None


# Built once: every lesson page asks.
ONE = (
    select(LessonNote.text, LessonNote.revision, LessonNote.saved_at)
    .join(Enrollment, Enrollment.id == LessonNote.enrollment_id)
    .where(
        LessonNote.enrollment_id == bindparam("enrollment_id"),
        LessonNote.lesson_id == bindparam("lesson_id"),
        Enrollment.employee_id == bindparam("employee_id"),
    )
)
MINE = (
    select(LessonNote.lesson_id, Lesson.title, LessonNote.text, LessonNote.saved_at)
    .join(Enrollment, Enrollment.id == LessonNote.enrollment_id)
    .join(Lesson, Lesson.id == LessonNote.lesson_id)
    .where(
        Enrollment.employee_id == bindparam("employee_id"),
        Enrollment.course_id == bindparam("course_id"),
        Enrollment.withdrawn_at.is_(None),
        LessonNote.text != "",
    )
    .order_by(LessonNote.saved_at.desc(), LessonNote.lesson_id)
)


def note_on(viewer: Viewer, enrollment_id: int, lesson_id: int) -> Note:
    """The viewer's own note beside a lesson; of somebody else's enrollment there is none."""
    asked = {"enrollment_id": enrollment_id, "lesson_id": lesson_id, "employee_id": viewer.employee_id}
    row = db.session.execute(ONE, asked).one_or_none()
    return Note(row.text, row.revision, row.saved_at) if row else Note()


def notes_in(viewer: Viewer, course_id: int) -> Sequence[Any]:
    """The viewer's own notes in a course, the newest first: lesson_id, title, text, saved_at."""
    return db.session.execute(MINE, {"employee_id": viewer.employee_id, "course_id": course_id}).all()
