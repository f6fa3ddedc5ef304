"""Enrolling, and what a learner does in a lesson (CRS-3, ENR-2, ENR-3).

Completion happens in the request that causes it.
Every action that moves progress locks the enrollment first, so that doubled and reordered requests queue up.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from typing import Any, Protocol

from sqlalchemy import Select, bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import contains_eager

from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.catalogue.queries import LessonLine, content_version
from lmsapp.courses.catalogue.rules import CourseStatus, Judgement
from lmsapp.evidence.records.actions import Completed, record_completion
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.learning.enrollments import rules
from lmsapp.learning.enrollments.events import CourseCompleted, Enrolled, ProgressMade
from lmsapp.learning.enrollments.facts import Standing, standing_of
from lmsapp.learning.enrollments.models import Enrollment, LessonProgress
from lmsapp.people.employees.models import Department, Employee
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
        enrollment.withdrawn_at = None
    return enrollment


def enroll_many(employee_ids: Sequence[int], course: Course, *, source: str, by: Viewer | None) -> list[int]:
    """Enroll all who are not yet, in one statement; the ids of the new enrollments."""
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
        for employee_id in employee_ids
    ]
    new = db.session.scalars(
        insert(Enrollment).on_conflict_do_nothing(index_elements=["employee_id", "course_id"]).returning(Enrollment),
        rows,
    ).all()
    for enrollment in new:
        emit(Enrolled(enrollment))
    return [enrollment.id for enrollment in new]


def open_lesson(enrollment: Enrollment, lesson: HasId) -> None:
    """Note that the lesson was opened, and that learning goes on there. Completes nothing."""
    now = clock.now()
    db.session.execute(
        insert(LessonProgress)
        .values(enrollment_id=enrollment.id, lesson_id=lesson.id, opened_at=now)
        .on_conflict_do_nothing()
    )
    enrollment.current_lesson_id = lesson.id
    enrollment.last_active_at = now
    if enrollment.started_at is None:
        enrollment.started_at = now
        emit(ProgressMade(enrollment, now_started=True))


def note_activity(
    enrollment: Enrollment, lesson: LessonLine, *, seconds: float, seen: Sequence[Any] = (), by: Viewer | None = None
) -> bool:
    """Credit a beat of the page: active seconds, and what was seen. True when it finished the lesson (a video does).

    `seen`: [[from, to], ...] seconds of a video, or page numbers of a PDF.
    """
    lock_enrollment(enrollment)
    row = _progress_row(enrollment, lesson)
    now = clock.now()
    elapsed = (now - (row.last_beat_at or row.opened_at)).total_seconds()
    row.active_seconds += rules.credit(seconds, elapsed)
    row.last_beat_at = now
    enrollment.last_active_at = now
    if lesson.kind == "video":
        allowed = min(elapsed, rules.LONGEST_BEAT) * rules.FASTEST_PLAY
        row.seen = rules.merge_intervals(row.seen, seen, length=lesson.length, allowed=allowed)
    elif lesson.kind == "pdf":
        pages = {int(page) for page in seen if 1 <= int(page) <= lesson.length}
        row.seen = sorted({*row.seen, *pages})
    db.session.flush()
    if lesson.kind != "video" or row.done_at is not None or not _needs_met(lesson, row, now):
        return False
    row.done_at = now
    refresh_progress(enrollment, by=by)
    return True


def mark_lesson_done(enrollment: Enrollment, lesson: LessonLine, *, by: Viewer | None = None) -> None:
    """The learner says the lesson is done; the rules decide. Raises RuleBroken with what is missing."""
    lock_enrollment(enrollment)
    if lesson.kind == "quiz":
        raise RuleBroken(N_("Pass the quiz to finish this lesson."))
    if lesson.kind == "acknowledgement":
        raise RuleBroken(N_("Sign with your password to finish this lesson."))
    row = unfinished(enrollment, lesson)
    if row is not None:
        row.done_at = clock.now()
        refresh_progress(enrollment, by=by)


def quiz_passed(enrollment: Enrollment, lesson_id: int, percent: Decimal | int, *, attempt: int | None = None) -> None:
    """A passed attempt finishes its lesson. The best score is kept."""
    lock_enrollment(enrollment)
    now = clock.now()
    row = db.session.get(LessonProgress, (enrollment.id, lesson_id), with_for_update=True)
    if row is None:
        row = LessonProgress(enrollment_id=enrollment.id, lesson_id=lesson_id, opened_at=now, seen=[], detail={})
        db.session.add(row)
    if float(percent) >= float(row.detail.get("percent", -1)):
        row.detail = {**row.detail, "percent": str(percent), "attempt": attempt}
    row.done_at = row.done_at or now
    enrollment.best_score = max(enrollment.best_score or 0, int(percent))
    enrollment.failed_at = None
    refresh_progress(enrollment)


def attempts_used_up(enrollment: Enrollment) -> None:
    """The last attempt was failed; the enrollment is Failed until staff grant another."""
    if enrollment.completed_at is None:
        enrollment.failed_at = clock.now()


def refresh_progress(enrollment: Enrollment, *, by: Viewer | None = None) -> None:
    """Count what is done and judge the rule; complete at once when it is met. `by` is the learner and not kept."""
    db.session.flush()
    standing = standing_of(enrollment.id, enrollment.course)
    judgement = standing.judgement()
    finished = standing.finished
    now_complete = judgement.met and enrollment.completed_at is None
    now_started = enrollment.started_at is None
    if now_started:
        enrollment.started_at = clock.now()
    enrollment.done_lessons = len(finished)
    complete = judgement.met or enrollment.completed_at is not None
    enrollment.progress = rules.progress(len(finished), len(standing.outline.lessons), complete=complete)
    enrollment.last_active_at = clock.now()
    emit(ProgressMade(enrollment, now_started=now_started))
    if now_complete:
        _complete(enrollment, standing, judgement)


def _complete(enrollment: Enrollment, standing: Standing, judgement: Judgement) -> None:
    now = clock.now()
    enrollment.completed_at = now
    enrollment.failed_at = None
    employee = enrollment.employee
    department = db.session.scalar(select(Department.name).where(Department.id == employee.department_id))
    number, sha256 = content_version(enrollment.course_id)
    record = record_completion(
        employee,
        department or "",
        Completed(
            subject=("course", enrollment.course_id),
            title=enrollment.course.title,
            content_version=number,
            content_sha256=sha256,
            rule_version=standing.rule.version,
            criteria=[
                {"kind": state.kind.value, "met": state.met, "have": str(state.have), "need": state.need}
                for state in judgement.criteria
            ],
            score=_score(standing),
            attempt=_attempt(enrollment.id),
        ),
        at=now,
        by=None,
    )
    emit(CourseCompleted(enrollment, record))


def _score(standing: Standing) -> Decimal | None:
    """The lowest of the best scores: what the record can promise of every quiz."""
    scores = [one.percent for one in standing.done.values() if one.percent is not None]
    return Decimal(str(min(scores))) if scores else None


def _attempt(enrollment_id: int) -> int | None:
    numbers = db.session.scalars(
        select(LessonProgress.detail["attempt"].astext).where(
            LessonProgress.enrollment_id == enrollment_id, LessonProgress.detail["attempt"].astext.is_not(None)
        )
    ).all()
    return max((int(number) for number in numbers if number), default=None)


def lock_enrollment(enrollment: Enrollment) -> None:
    """Wait for whoever else moves this enrollment, and see what they did."""
    db.session.execute(_locking(), {"enrollment_id": enrollment.id}).scalar_one()


@cache
def _locking() -> Select[Any]:
    """Built once, when every model is known."""
    return (
        select(Enrollment)
        .join(Enrollment.course)
        .join(Enrollment.employee)
        .options(contains_eager(Enrollment.course), contains_eager(Enrollment.employee))
        .where(Enrollment.id == bindparam("enrollment_id"))
        .with_for_update(of=Enrollment)
        .execution_options(populate_existing=True)
    )


def _progress_row(enrollment: Enrollment, lesson: LessonLine) -> LessonProgress:
    """The row of this lesson. Raises RuleBroken when the lesson is locked."""
    row = db.session.get(LessonProgress, (enrollment.id, lesson.id), with_for_update=True)
    if row is None:
        open_lesson(enrollment, lesson)
        row = db.session.get_one(LessonProgress, (enrollment.id, lesson.id))
    return row


def unfinished(enrollment: Enrollment, lesson: LessonLine) -> LessonProgress | None:
    """The row of a lesson that can be finished now; None when it is finished. Raises RuleBroken: what is missing."""
    row = _progress_row(enrollment, lesson)
    if row.done_at is not None:
        return None
    for need in rules.needs(lesson, _done(row), clock.now()):
        if not need.met:
            raise RuleBroken(_short_of(lesson), have=need.have, need=need.need)
    return row


def _needs_met(lesson: LessonLine, row: LessonProgress, now: dt.datetime) -> bool:
    return all(need.met for need in rules.needs(lesson, _done(row), now))


def _done(row: LessonProgress) -> rules.Done:
    return rules.Done(row.opened_at, row.active_seconds, row.seen, row.done_at, row.last_beat_at is not None)


def _short_of(lesson: LessonLine) -> str:
    return {
        "video": N_("Watch a little more first: %(have)s of %(need)s seconds so far. Skipping ahead does not count."),
        "pdf": N_("Look at the remaining pages first: %(have)s of %(need)s so far."),
    }.get(lesson.kind, N_("Take a little more time: %(have)s of %(need)s seconds so far."))
