"""One entry on the trail for each time somebody sat down to write, not one for each save (CRS-1, EVD-3).

A lesson that saves itself keeps in `Lesson.writing` who writes, since when, and what it said before. The entry is made
when the writer saves with the button or leaves, when somebody else begins, when the course is published, and otherwise
by the sweep, ten minutes after the last save or an hour after the first: nothing that was saved stays off the trail.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import DateTime, cast, or_, select

from lmsapp.courses.catalogue.models import Lesson
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock, tracing
from lmsapp.infra.db import db
from lmsapp.people.viewer import Viewer

QUIET = dt.timedelta(minutes=10)
LONGEST = dt.timedelta(hours=1)
WRITTEN = ("title", "body", "minutes", "min_seconds", "share")


def note_save(lesson: Lesson, before: dict[str, Any], by: Viewer) -> None:
    """One more save of whoever writes. `before`: what WRITTEN said until now."""
    now = clock.now().isoformat()
    session = dict(lesson.writing or {})
    if session and session["by"] != by.user_id:
        note_writing(lesson)
        session = {}
    session = session or {"by": by.user_id, "name": by.name, "since": now, "saves": 0, "before": before}
    lesson.writing = {**session, "saved": now, "saves": session["saves"] + 1}


def take_writing(lesson: Lesson, by: Viewer | None) -> dict[str, Any]:
    """What the lesson said before the writer's present session, which ends here: their own save will be its entry.

    Somebody else's session gets an entry of its own; then it is what the lesson says now.
    """
    now = {name: getattr(lesson, name) for name in WRITTEN}
    session = lesson.writing
    if session and by is not None and session["by"] == by.user_id:
        lesson.writing = None
        return {**now, **session["before"]}
    note_writing(lesson)
    return now


def note_writing(lesson: Lesson) -> None:
    """Put the present session on the trail, in the name of whoever wrote. Nothing to do where there is none."""
    session = lesson.writing
    if not session:
        return
    lesson.writing = None
    before, after = told(lesson, session["before"])
    if not before and not after["text changed"]:
        return  # changed, and changed back
    after |= {"from": session["since"], "until": session["saved"], "saves": session["saves"]}
    trace = tracing.current()
    with tracing.traced(trace.origin, trace.request_id):  # it was the writer, not whoever's request ends the session
        writer = Viewer(session["by"], None, session["name"], "")
        record_change("lesson edited", ("course", lesson.course_id), by=writer, before=before, after=after)


def note_writings_of(course_id: int) -> None:
    """Put every open session in a course on the trail."""
    for lesson in db.session.scalars(select(Lesson).where(Lesson.course_id == course_id, Lesson.writing.is_not(None))):
        note_writing(lesson)


def note_ended_writings() -> None:
    """The sweep: sessions that ended without a word, and those that go on for an hour."""
    now = clock.now()
    saved, since = (cast(Lesson.writing[name].astext, DateTime(timezone=True)) for name in ("saved", "since"))
    ended = select(Lesson).where(Lesson.writing.is_not(None), or_(saved <= now - QUIET, since <= now - LONGEST))
    for lesson in db.session.scalars(ended.with_for_update(skip_locked=True)):
        note_writing(lesson)


def told(lesson: Lesson, before: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(before, after) for the trail: what changed, and that a text changed, not the text itself."""
    changed = {
        name: before[name]
        for name in WRITTEN
        if name != "body" and name in before and getattr(lesson, name) != before[name]
    }
    after = {name: getattr(lesson, name) for name in changed} | {
        "lesson": lesson.title,
        "text changed": before.get("body", lesson.body) != lesson.body,
    }
    return changed, after
