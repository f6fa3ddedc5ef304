"""How progress is counted and written, for `actions.py`: what a finished lesson changes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import bindparam, func, select, text
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from lmsapp.courses.catalogue.queries import LessonLine
from lmsapp.infra.db import db
from lmsapp.learning.enrollments import rules
from lmsapp.learning.enrollments.facts import Standing
from lmsapp.learning.enrollments.models import Enrollment, LessonProgress

IN_COURSE = select(func.sum(LessonProgress.active_seconds)).where(
    LessonProgress.enrollment_id == bindparam("enrollment_id"), LessonProgress.cycle == bindparam("cycle")
)
# Both rows at once: a flush of the two costs more Python than all the rest of the action.
DONE = text(
    """
    WITH finished AS (
      UPDATE lesson_progress SET done_at = :at
      WHERE enrollment_id = :enrollment AND cycle = :cycle AND lesson_id = :lesson
    )
    UPDATE enrollment SET done_lessons = :done_lessons, progress = :progress, last_active_at = :at
    WHERE id = :enrollment
    """
)


def count_done(standing: Standing, *, complete: bool) -> dict[str, Any]:
    """What the enrollment says of it: `done_lessons`, and `progress` in per cent."""
    done = len(standing.finished)
    return {
        "done_lessons": done,
        "progress": rules.progress(done, len(standing.outline.lessons), complete=complete),
    }


def write_done(enrollment: Enrollment, lesson: LessonLine, standing: Standing, now: dt.datetime) -> None:
    """The lesson is done, and the course goes on."""
    counted = count_done(standing, complete=enrollment.complete) | {"last_active_at": now}
    values = counted | {"at": now, "enrollment": enrollment.id, "cycle": enrollment.cycle, "lesson": lesson.id}
    db.session.flush()
    db.session.execute(DONE, values)
    for name, value in counted.items():
        set_committed_value(enrollment, name, value)
    row = db.session.identity_map.get(identity_key(LessonProgress, (enrollment.id, enrollment.cycle, lesson.id)))
    if row is not None:
        db.session.expire(row)


def note_seconds(row: LessonProgress, in_course: int, seconds: int, at: dt.datetime) -> None:
    """Add active seconds to a lesson, and note which full minutes they reach, here and in the whole course."""
    stamp = round(at.timestamp())
    room = max(0, rules.MOST_MARKS - len(row.minutes_at))
    here = list(rules.minutes_reached(row.active_seconds, row.active_seconds + seconds))[:room]
    whole = list(rules.minutes_reached(in_course, in_course + seconds))[:room]
    if here:
        row.minutes_at = [*row.minutes_at, *(stamp for _minute in here)]
    if whole:
        row.course_minutes = {**row.course_minutes, **{str(minute): stamp for minute in whole}}
    row.active_seconds += seconds


def course_seconds(enrollment: Enrollment) -> int:
    """Active seconds in all lessons of the current time round."""
    return db.session.scalar(IN_COURSE, {"enrollment_id": enrollment.id, "cycle": enrollment.cycle}) or 0
