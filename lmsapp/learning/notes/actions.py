"""Keeping a note."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.dialects.postgresql import insert

from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, NotAllowed
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.notes.models import LessonNote
from lmsapp.learning.notes.rules import checked_note
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Saved:
    """What is held now. `kept`: it is what was sent; else something newer was there."""

    kept: bool
    revision: int
    at: dt.datetime


def save_note(enrollment: Enrollment, lesson_id: int, text: str, revision: int, *, by: Viewer) -> Saved:
    """Keep the note if nothing newer is held, in one statement. Raises RuleBroken when it is too long."""
    if by.employee_id != enrollment.employee_id:
        raise NotAllowed(N_("A note belongs to who writes it."))
    now = clock.now()
    write = insert(LessonNote).values(
        enrollment_id=enrollment.id, lesson_id=lesson_id, text=checked_note(text), revision=revision, saved_at=now
    )
    new = write.excluded
    written = db.session.scalar(
        write.on_conflict_do_update(
            index_elements=["enrollment_id", "lesson_id"],
            set_={"text": new.text, "revision": new.revision, "saved_at": new.saved_at},
            where=LessonNote.revision < new.revision,
        ).returning(LessonNote.revision)
    )
    if written is not None:
        return Saved(kept=True, revision=written, at=now)
    held = db.session.get_one(LessonNote, (enrollment.id, lesson_id), populate_existing=True)
    return Saved(kept=False, revision=held.revision, at=held.saved_at)
