"""Enrolling, and what a learner does in a lesson (CRS-3, ENR-2, ENR-3).

Completion happens in the request that causes it.
Every action that moves progress locks the enrollment first, so that doubled and reordered requests queue up.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.catalogue.queries import LessonLine
from lmsapp.courses.catalogue.rules import CourseStatus
from lmsapp.courses.completion.facts import MEASURED
from lmsapp.evidence.audit.actions import record_change, record_changes
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.learning.enrollments import rules
from lmsapp.learning.enrollments.completing import complete_enrollment
from lmsapp.learning.enrollments.door import check_open
from lmsapp.learning.enrollments.events import Enrolled, ManyEnrolled, ProgressMade
from lmsapp.learning.enrollments.facts import Standing, standing_of
from lmsapp.learning.enrollments.held import lock_enrollment
from lmsapp.learning.enrollments.locked import check_lesson_open
from lmsapp.learning.enrollments.models import Enrollment, LessonProgress
from lmsapp.learning.enrollments.progress import count_done, course_seconds, note_seconds, write_done
from lmsapp.people.employees.models import Employee
from lmsapp.people.viewer import Viewer


class HasId(Protocol):
    """A lesson in whichever view."""

    @property
    def id(self) -> int: ...


def enroll(employee: Employee, course: Course, *, source: str, by: Viewer | None) -> Enrollment:
    """Enroll, or answer with the enrollment that is there (ENR-2). Raises RuleBroken when the course takes nobody."""
    if course.status != CourseStatus.PUBLISHED:
        raise RuleBroken(N_("“%(title)s” is not open: it is not published."), title=course.title)
    if employee.status != "active":
        raise RuleBroken(N_("%(name)s has left and cannot be enrolled."), name=employee.name)
    enroll_many([employee.id], course, source=source, by=by)
    enrollment = db.session.scalars(
        select(Enrollment).where(Enrollment.employee_id == employee.id, Enrollment.course_id == course.id)
    ).one()
    if enrollment.withdrawn_at is not None and by is not None:
        before = {"withdrawn_at": enrollment.withdrawn_at}
        enrollment.withdrawn_at = None
        record_change("enrolled again", ("enrollment", enrollment.id), by=by, before=before, after={"source": source})
    return enrollment


def enroll_many(employee_ids: Sequence[int], course: Course, *, source: str, by: Viewer | None) -> list[int]:
    """Enroll all who are not yet, in one statement; the ids of the new enrollments.

    In the order of their ids, whatever order they come in: two who enroll the same people must not wait for each other.
    """
    if not employee_ids:
        return []
    now = clock.now()
    rows = [
        {
            "employee_id": employee_id,
            "course_id": course.id,
            "source": source,
            "enrolled_by_id": by.user_id if by else None,
            "enrolled_at": now,
            "progress": 0,
            "done_lessons": 0,
        }
        for employee_id in sorted(set(employee_ids))
    ]
    new = db.session.scalars(
        insert(Enrollment).on_conflict_do_nothing(index_elements=["employee_id", "course_id"]).returning(Enrollment),
        rows,
    ).all()
    told = [{"employee_id": one.employee_id, "course_id": course.id, "source": source} for one in new]
    noted = [(("enrollment", one.id), after) for one, after in zip(new, told, strict=True)]
    record_changes("enrolled", noted, by=by)
    for enrollment in new:
        emit(Enrolled(enrollment))
    if new:
        emit(ManyEnrolled(new, course))
    return [enrollment.id for enrollment in new]


def open_lesson(enrollment: Enrollment, lesson: HasId) -> None:
    """Note that the lesson was opened, and that learning goes on there. Completes nothing.

    Raises NotAllowed while the course is locked. Who begins stays in the version that is the newest now.
    """
    check_open(enrollment)
    now = clock.now()
    db.session.execute(
        insert(LessonProgress)
        .values(enrollment_id=enrollment.id, cycle=enrollment.cycle, lesson_id=lesson.id, opened_at=now)
        .on_conflict_do_nothing()
    )
    enrollment.current_lesson_id = lesson.id
    enrollment.last_active_at = now
    if enrollment.started_at is None:
        _begin(enrollment)
        emit(ProgressMade(enrollment, now_started=True))


def _begin(enrollment: Enrollment) -> None:
    """The current time round begins, in the newest version."""
    enrollment.started_at = clock.now()
    enrollment.content_version = enrollment.course.content_version or None


def begin_again(enrollment: Enrollment, *, by: Viewer | None, why: str) -> None:
    """The next time round begins: content from the start and in the newest version, everything earlier kept (CRS-6).

    `why`: in a word or two, for the trail. Raises RuleBroken while the current one is not completed.
    """
    lock_enrollment(enrollment)
    if not enrollment.complete:
        raise RuleBroken(N_("This course is being taken at present. Complete it first."))
    before = {"cycle": enrollment.cycle, "progress": enrollment.progress}
    enrollment.cycle += 1
    enrollment.renewal_started_at = clock.now()
    enrollment.progress = enrollment.done_lessons = 0
    enrollment.current_lesson_id = enrollment.started_at = enrollment.failed_at = None
    enrollment.content_version = enrollment.best_score = None
    record_change(
        "begun again",
        ("enrollment", enrollment.id),
        by=by,
        before=before,
        after={"cycle": enrollment.cycle},
        reason=why,
    )
    db.session.flush()


def mark_lesson_done(
    enrollment: Enrollment, lesson: LessonLine, *, by: Viewer | None = None, standing: Standing | None = None
) -> Standing:
    """The learner says the lesson is done; the rules decide. What is done then. Raises RuleBroken with what is missing.

    `standing`: read in this transaction, after it had the lock.
    """
    lock_enrollment(enrollment)
    if lesson.kind == "quiz":
        raise RuleBroken(N_("Pass the quiz to finish this lesson."))
    if lesson.kind == "assignment":
        raise RuleBroken(N_("Hand in your work. The lesson is finished when it is passed."))
    if lesson.kind == "acknowledgement":
        raise RuleBroken(N_("Sign with your password to finish this lesson."))
    if lesson.kind == "scorm":
        raise RuleBroken(N_("Open the content. The lesson is finished when the content says so."))
    standing = standing or standing_of(enrollment)
    if standing.of(lesson.id).measured:
        return _finish_measured(enrollment, lesson, standing, by=by)
    row = unfinished(enrollment, lesson, standing)
    return standing if row is None else finish_lesson(enrollment, lesson, row, clock.now(), by=by, standing=standing)


def _finish_measured(enrollment: Enrollment, lesson: LessonLine, standing: Standing, *, by: Viewer | None) -> Standing:
    """As `unfinished` and `finish_lesson`, where beats came: all that is asked stands in `standing`, so that the row
    need not be read."""
    check_lesson_open(enrollment, lesson.id, standing)
    done, now = standing.of(lesson.id), clock.now()
    if done.done_at is not None:
        return standing
    _check_needs(lesson, done)
    after = standing.with_done(lesson.id, replace(done, done_at=now))
    if enrollment.started_at is None or (after.judgement().met and not enrollment.complete):
        progress_row(enrollment, lesson).done_at = now
        return refresh_progress(enrollment, by=by, standing=after)
    write_done(enrollment, lesson, after, now)
    emit(ProgressMade(enrollment, now_started=False))
    return after


def finish_lesson(
    enrollment: Enrollment,
    lesson: LessonLine,
    row: LessonProgress,
    at: dt.datetime,
    *,
    by: Viewer | None,
    standing: Standing | None = None,
) -> Standing:
    """The lesson is done; the rule is judged. Where no beat came, the time since it was opened counts instead.

    `standing`: before it, read under the lock; the answer: after it.
    """
    row.done_at = at
    if row.last_beat_at is None and lesson.kind in MEASURED:
        since = max(row.opened_at, enrollment.counted_until or row.opened_at)
        seconds = rules.unmeasured_seconds(since, at, least=lesson.min_seconds, expected=lesson.minutes)
        note_seconds(row, course_seconds(enrollment), seconds, at)
        enrollment.counted_until = since + dt.timedelta(seconds=seconds)
    return refresh_progress(enrollment, by=by, standing=standing and standing.moved(row, enrollment.counted_until))


def quiz_passed(enrollment: Enrollment, lesson_id: int, percent: Decimal | int, *, attempt: int | None = None) -> None:
    """A passed attempt finishes its lesson. The best score is kept."""
    lock_enrollment(enrollment)
    row = _quiz_lesson(enrollment, lesson_id)
    if float(percent) >= float(row.detail.get("percent", -1)):
        row.detail = {**row.detail, "percent": str(percent), "attempt": attempt}
    row.done_at = row.done_at or clock.now()
    enrollment.best_score = max(enrollment.best_score or 0, int(percent))
    enrollment.failed_at = None
    refresh_progress(enrollment)


def practice_done(enrollment: Enrollment, lesson_id: int) -> None:
    """Practice handed in finishes its lesson, whatever the score; no score is kept."""
    lock_enrollment(enrollment)
    row = _quiz_lesson(enrollment, lesson_id)
    row.done_at = row.done_at or clock.now()
    refresh_progress(enrollment)


def _quiz_lesson(enrollment: Enrollment, lesson_id: int) -> LessonProgress:
    row = db.session.get(LessonProgress, (enrollment.id, enrollment.cycle, lesson_id), with_for_update=True)
    if row is None:
        key = {"enrollment_id": enrollment.id, "cycle": enrollment.cycle, "lesson_id": lesson_id}
        row = LessonProgress(**key, opened_at=clock.now(), seen=[], detail={})
        db.session.add(row)
    return row


def attempts_used_up(enrollment: Enrollment) -> None:
    """The last attempt was failed; the enrollment is Failed until staff grant another."""
    if not enrollment.complete:
        enrollment.failed_at = clock.now()
        record_change("attempts used up", ("enrollment", enrollment.id), by=None, after={"failed_at": clock.now()})


def refresh_progress(enrollment: Enrollment, *, by: Viewer | None = None, standing: Standing | None = None) -> Standing:
    """Count what is done and judge the rule; complete at once when it is met. `by` is the learner and not kept.

    `standing`: as it is now, where that is known; else it is read.
    """
    if standing is None:
        db.session.flush()
        standing = standing_of(enrollment)
    judgement = standing.judgement()
    now_complete = judgement.met and not enrollment.complete
    now_started = enrollment.started_at is None
    if now_started:
        _begin(enrollment)
    for name, value in count_done(standing, complete=judgement.met or enrollment.complete).items():
        setattr(enrollment, name, value)
    enrollment.last_active_at = clock.now()
    emit(ProgressMade(enrollment, now_started=now_started))
    if now_complete:
        complete_enrollment(enrollment, standing, judgement)
    return standing


def progress_row(enrollment: Enrollment, lesson: LessonLine) -> LessonProgress:
    """The row of this lesson in the current time round."""
    key = (enrollment.id, enrollment.cycle, lesson.id)
    row = db.session.get(LessonProgress, key, with_for_update=True)
    if row is None:
        open_lesson(enrollment, lesson)
        row = db.session.get_one(LessonProgress, key)
    return row


def unfinished(enrollment: Enrollment, lesson: LessonLine, standing: Standing | None = None) -> LessonProgress | None:
    """The row of a lesson that can be finished now; None when it is finished.

    Raises RuleBroken with what is missing, NotAllowed while the course or the lesson is locked.
    """
    check_lesson_open(enrollment, lesson.id, standing)
    row = progress_row(enrollment, lesson)
    if row.done_at is not None:
        return None
    _check_needs(lesson, done_of(row, enrollment))
    return row


def _check_needs(lesson: LessonLine, done: rules.Done) -> None:
    for need in rules.needs(lesson, done, clock.now()):
        if not need.met:
            raise RuleBroken(_short_of(lesson, need), have=need.have, need=need.need)


def done_of(row: LessonProgress, enrollment: Enrollment) -> rules.Done:
    """What the needs of a lesson are judged by."""
    measured = row.last_beat_at is not None
    return rules.Done(
        row.opened_at,
        row.active_seconds,
        row.seen,
        row.done_at,
        measured,
        counted_until=enrollment.counted_until,
    )


def _short_of(lesson: LessonLine, need: rules.Need) -> str:
    """What is still missing of one need, in its own unit."""
    if lesson.kind == "video":
        return N_("Watch a little more first: %(have)s of %(need)s seconds so far. Skipping ahead does not count.")
    if lesson.kind == "pdf" and "pages" in need.words:
        return N_("Look at the remaining pages first: %(have)s of %(need)s so far.")
    return N_("Take a little more time: %(have)s of %(need)s seconds so far.")
