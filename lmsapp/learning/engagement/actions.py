"""Noting visits and beats. One statement reads what a beat is judged by, one writes all it changes; no trail entry."""

from __future__ import annotations

import json

from sqlalchemy import text
from sqlalchemy.orm.attributes import set_committed_value

from lmsapp.courses.catalogue.queries import LessonLine
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.engagement.rules import MOST_VISITS, Beat, Before, Credit, credit_beat, sane
from lmsapp.learning.enrollments.actions import (
    HasId,
    done_of,
    finish_lesson,
    open_lesson,
    progress_row,
    refresh_progress,
)
from lmsapp.learning.enrollments.facts import Standing, version_taken
from lmsapp.learning.enrollments.held import lock_enrollment
from lmsapp.learning.enrollments.locked import check_lesson_open
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.enrollments.rules import MOST_MARKS, minutes_reached, needs
from lmsapp.people.viewer import Viewer

# The next number of this lesson; from the fortieth on, visits are summed in one row.
OPEN_VISIT = text(
    """
    INSERT INTO lesson_visit AS v (enrollment_id, cycle, lesson_id, number, opened_at)
    SELECT :enrollment, :cycle, :lesson, LEAST(COALESCE(max(number), 0) + 1, :most), :now
    FROM lesson_visit WHERE enrollment_id = :enrollment AND cycle = :cycle AND lesson_id = :lesson
    ON CONFLICT (enrollment_id, cycle, lesson_id, number) DO UPDATE
    SET opened_at = :now, last_at = NULL, beats = 0, claimed = 0, spent = 0,
        visits = v.visits + 1, earlier = v.earlier + v.credited, credited = 0
    RETURNING number
    """
)
BEFORE = text(
    """
    SELECT p.seen, p.done_at, p.active_seconds, jsonb_array_length(p.minutes_at) AS marks,
           v.opened_at, v.beats, v.credited, v.spent,
           (SELECT sum(active_seconds) FROM lesson_progress
            WHERE enrollment_id = :enrollment AND cycle = :cycle) AS whole
    FROM lesson_progress p JOIN lesson_visit v USING (enrollment_id, cycle, lesson_id)
    WHERE enrollment_id = :enrollment AND cycle = :cycle AND lesson_id = :lesson AND v.number = :visit
    """
)
WRITE = text(
    """
    WITH moved AS (
      UPDATE enrollment SET last_active_at = :now, counted_until = :until WHERE id = :enrollment
    ), visited AS (
      UPDATE lesson_visit
      SET last_at = :now, beats = :number, claimed = greatest(claimed, :claimed), credited = credited + :seconds,
          spent = spent + :spent, gained = gained + :gained
      WHERE enrollment_id = :enrollment AND cycle = :cycle AND lesson_id = :lesson AND number = :visit
    )
    UPDATE lesson_progress
    SET last_beat_at = :now, active_seconds = active_seconds + :seconds, seen = CAST(:seen AS jsonb),
        minutes_at = minutes_at || CAST(:here AS jsonb), course_minutes = course_minutes || CAST(:whole AS jsonb)
    WHERE enrollment_id = :enrollment AND cycle = :cycle AND lesson_id = :lesson
    """
)


def open_page(enrollment: Enrollment, lesson: HasId) -> int:
    """Note that the page of a lesson is looked at; the number its beats have to name. Completes nothing."""
    open_lesson(enrollment, lesson)
    db.session.flush()
    values = {"now": clock.now(), "most": MOST_VISITS}
    return int(db.session.execute(OPEN_VISIT, _place(enrollment, lesson) | values).scalar_one())


def note_activity(
    enrollment: Enrollment,
    lesson: LessonLine,
    visit: int,
    beat: Beat,
    *,
    by: Viewer | None = None,
    standing: Standing | None = None,
) -> bool:
    """Credit a beat of the page. True when it finished the lesson (a video does) or the course (time may).

    A visit that was never opened, and a beat that came before, change nothing. Raises NotAllowed while the course or
    the lesson is locked. `standing`: read in this transaction, after it had the lock.
    """
    lock_enrollment(enrollment)
    check_lesson_open(enrollment, lesson.id, standing)
    row = db.session.execute(BEFORE, _place(enrollment, lesson) | {"visit": visit}).one_or_none()
    if row is None or beat.number <= row.beats:
        return False
    now = clock.now()
    until = enrollment.counted_until or row.opened_at
    before = Before(row.opened_at, until, row.beats, row.credited, row.spent, row.seen)
    credit = credit_beat(lesson.kind, lesson.length, beat, before, now)
    stamp, room = round(now.timestamp()), max(0, MOST_MARKS - row.marks)
    here = [stamp for _minute in minutes_reached(row.active_seconds, row.active_seconds + credit.seconds)][:room]
    whole = {str(n): stamp for n in list(minutes_reached(row.whole, row.whole + credit.seconds))[:room]}
    _write(enrollment, lesson, visit, beat, credit, here, whole)
    if lesson.kind == "video" and row.done_at is None and _finish_video(enrollment, lesson, by):
        return True
    return bool(here or whole) and _judge_time(enrollment, by)


def _write(
    enrollment: Enrollment,
    lesson: LessonLine,
    visit: int,
    beat: Beat,
    credit: Credit,
    here: list[int],
    whole: dict[str, int],
) -> None:
    now = clock.now()
    values = {
        "visit": visit,
        "now": now,
        "until": credit.counted_until,
        "number": beat.number,
        "claimed": int(sane(beat.seconds)),
        "seconds": credit.seconds,
        "spent": credit.spent,
        "gained": credit.gained,
        "seen": json.dumps(credit.seen),
        "here": json.dumps(here),
        "whole": json.dumps(whole),
    }
    db.session.flush()
    db.session.execute(WRITE, _place(enrollment, lesson) | values)
    set_committed_value(enrollment, "counted_until", credit.counted_until)
    set_committed_value(enrollment, "last_active_at", now)


def _finish_video(enrollment: Enrollment, lesson: LessonLine, by: Viewer | None) -> bool:
    """A video watched far enough is done by itself."""
    row, now = progress_row(enrollment, lesson), clock.now()
    if not all(need.met for need in needs(lesson, done_of(row, enrollment), now)):
        return False
    finish_lesson(enrollment, lesson, row, now, by=by)
    return True


def _judge_time(enrollment: Enrollment, by: Viewer | None) -> bool:
    """A full minute more may be the last thing that was missing."""
    if enrollment.complete or not version_taken(enrollment).rule.measures_time:
        return False
    refresh_progress(enrollment, by=by)
    return enrollment.complete


def _place(enrollment: Enrollment, lesson: HasId) -> dict[str, object]:
    return {"enrollment": enrollment.id, "cycle": enrollment.cycle, "lesson": lesson.id}
