"""Recording who attended, and correcting it (CRS-3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from lmsapp.courses.catalogue.models import Course
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.learning.attendance import rules
from lmsapp.learning.attendance.models import Attendance, AttendanceSession
from lmsapp.learning.enrollments.access import needed
from lmsapp.learning.enrollments.actions import refresh_progress
from lmsapp.learning.enrollments.held import lock_enrollment
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Held:
    """What was held, when, how long."""

    title: str
    held_on: dt.date
    minutes: int


def record_session(course: Course, held: Held, enrollments: Sequence[Enrollment], *, by: Viewer) -> AttendanceSession:
    """A session with those who were there; the rule of each is judged in this transaction. Raises RuleBroken.

    The same title and day again is the same session: who was there is added. Whoever calls has asked who may.
    """
    rules.check_session(held.title, held.held_on, held.minutes, clock.today(by.zone))
    if not enrollments:
        raise RuleBroken(N_("Tick who was there."), field="enrollments")
    session = _session(course, held, by)
    for enrollment in sorted(enrollments, key=lambda one: one.id):
        _attend(session, enrollment, by)
    db.session.flush()
    return session


def take_back_attendance(attendance: Attendance, enrollment: Enrollment, *, by: Viewer, reason: str) -> None:
    """It was recorded wrongly. A completion that it led to stays: it is a record, and has its own correction.

    Raises RuleBroken.
    """
    why = needed(reason)
    lock_enrollment(enrollment)
    db.session.refresh(attendance, with_for_update=True)
    if attendance.taken_back_at is not None:
        raise RuleBroken(N_("This was taken back already."))
    attendance.taken_back_at, attendance.taken_back_by_name = clock.now(), by.name
    attendance.taken_back_reason = why
    about = ("enrollment", enrollment.id)
    record_change(
        "attendance taken back", about, by=by, before={}, after={"session": attendance.session_id}, reason=why
    )
    refresh_progress(enrollment, by=by)


def _session(course: Course, held: Held, by: Viewer) -> AttendanceSession:
    title = held.title.strip()
    known = db.session.scalars(
        select(AttendanceSession).where(
            AttendanceSession.course_id == course.id,
            AttendanceSession.title == title,
            AttendanceSession.held_on == held.held_on,
        )
    ).first()
    if known is not None:
        return known
    session = AttendanceSession(
        course_id=course.id,
        title=title,
        held_on=held.held_on,
        minutes=held.minutes,
        recorded_by_id=by.user_id,
        recorded_by_name=by.name,
        recorded_at=clock.now(),
    )
    db.session.add(session)
    db.session.flush()
    after = {"title": title, "held_on": held.held_on, "minutes": held.minutes}
    record_change("session recorded", ("course", course.id), by=by, after=after)
    return session


def _attend(session: AttendanceSession, enrollment: Enrollment, by: Viewer) -> None:
    lock_enrollment(enrollment)
    made = insert(Attendance).values(
        session_id=session.id,
        enrollment_id=enrollment.id,
        cycle=enrollment.cycle,
        recorded_by_name=by.name,
        recorded_at=clock.now(),
        taken_back_by_name="",
        taken_back_reason="",
    )
    again = {"taken_back_at": None, "taken_back_reason": "", "recorded_by_name": by.name, "recorded_at": clock.now()}
    kept = made.on_conflict_do_update(
        index_elements=["session_id", "enrollment_id"], set_=again, where=Attendance.taken_back_at.is_not(None)
    )
    if db.session.scalar(kept.returning(Attendance.id)) is None:
        return
    after = {"title": session.title, "held_on": session.held_on, "minutes": session.minutes}
    record_change("attended", ("enrollment", enrollment.id), by=by, after=after)
    refresh_progress(enrollment, by=by)
