"""The daily job: reminders that are due, and what became overdue (REM-1 to REM-3).

It reads only what is due, by two partial indexes; on a day with nothing to do it costs two index lookups. A notice's
key makes each reminder one per assignment, due date, offset and channel, whatever is run twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Date, cast, func, select

from lmsapp.assignments import rules
from lmsapp.assignments.actions import policy_of
from lmsapp.assignments.events import AssignmentOverdue
from lmsapp.assignments.expressions import is_open
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.queries import with_all_it_names
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.outreach.notices.actions import write_notice
from lmsapp.outreach.notices.recipient import recipient_of
from lmsapp.people.employees.models import Employee

BATCH = 500
NIGHT = dt.timedelta(hours=6)  # nobody is written to before


def remind_due() -> int:
    """Write the reminders whose day has begun, at six in the morning, where their readers are; how many.

    Call again while it answers more than 0.
    """
    tomorrow = clock.now().date() + dt.timedelta(days=1)  # somewhere it may be; the index needs a constant
    there = cast(func.timezone(Employee.time_zone, clock.now() - NIGHT), Date)
    day = TrainingAssignment.next_reminder_on
    due = _load(day, day <= tomorrow, day <= there, Enrollment.paused_until.is_(None))
    days = {course_id: policy_of(course_id) for course_id in {one.course_id for one in due}}
    for one in due:
        _remind(one, days[one.course_id], clock.today(one.employee.time_zone))
    db.session.flush()
    return len(due)


def note_overdue() -> int:
    """Note what became overdue since the last time; how many. Call again while it answers more than 0."""
    due_at = TrainingAssignment.due_at
    late = _load(
        due_at,
        due_at <= clock.now(),
        TrainingAssignment.overdue_noted_at.is_(None),
        Enrollment.paused_until.is_(None),  # told on return; the status says Overdue all the while
    )
    for one in late:
        one.overdue_noted_at = clock.now()
        one.next_reminder_on = None
        _write(one, "training_overdue", "in_app", f"overdue/assignment/{one.id}/{one.due_on}/in_app", {}, days_left=0)
        emit(AssignmentOverdue(one))
    db.session.flush()
    return len(late)


def remind_now(assignment: TrainingAssignment, *, by_name: str) -> bool:
    """A reminder by hand, at most one a day; False when today's is there already. Employee and course are loaded."""
    today = clock.today(assignment.employee.time_zone)
    if assignment.enrollment.paused_until is not None:
        words = N_("%(name)s is away and back on %(day)s. Reminders rest until then.")
        raise RuleBroken(words, name=assignment.employee.name, day=assignment.enrollment.paused_until)
    return _write(
        assignment,
        "training_reminder",
        "email",
        f"reminder/assignment/{assignment.id}/by-hand/{today}/email",
        {"policy": "by hand", "by": by_name},
        days_left=(assignment.due_on - today).days,
    )


def still_wanted(assignment_id: int) -> bool:
    """Asked again just before a reminder is handed over: none after completion, cancellation or leaving, nor in a
    pause."""
    row = db.session.execute(
        select(TrainingAssignment.id)
        .join(Enrollment, Enrollment.id == TrainingAssignment.enrollment_id)
        .where(TrainingAssignment.id == assignment_id, is_open(), Enrollment.paused_until.is_(None))
    ).one_or_none()
    return row is not None


def _load(first: Any, *conditions: object) -> Sequence[TrainingAssignment]:
    """`first` is the column of the partial index: in any other order PostgreSQL walks all there are."""
    return db.session.scalars(
        with_all_it_names()
        .where(is_open(), *conditions)  # type: ignore[arg-type]
        .order_by(first)
        .limit(BATCH)
        .with_for_update(of=TrainingAssignment, skip_locked=True)
    ).all()


def _remind(one: TrainingAssignment, days: tuple[int, ...], today: dt.date) -> None:
    assigned_on = one.assigned_at.astimezone(clock.zone(one.employee.time_zone)).date()
    offset = rules.offset_due(one.due_on, days, assigned_on, today)
    if offset is not None and _write(
        one,
        "training_reminder",
        "email",
        f"reminder/assignment/{one.id}/{one.due_on}/{offset}/email",
        {"policy": "before due", "days_before": offset},
        days_left=(one.due_on - today).days,
    ):
        one.reminders_sent += 1
    sent = () if offset is None else (offset,)
    following = rules.next_reminder(one.due_on, days, assigned_on, sent)
    one.next_reminder_on = following if following is not None and following > today else None


def _write(
    one: TrainingAssignment, template: str, channel: str, key: str, reason: dict[str, object], *, days_left: int
) -> bool:
    enrollment: Enrollment = one.enrollment
    where = f"/lessons/{enrollment.current_lesson_id}" if enrollment.current_lesson_id else ""
    values = {
        "title": one.course.title,
        "course_id": one.course_id,
        "number": rules.display_number(one.id),
        "due_on": one.due_on,
        "days_left": days_left,
        "progress": enrollment.progress,
        "done_lessons": enrollment.done_lessons,
        "lesson_count": one.course.lesson_count,
    }
    notice = write_notice(
        key=key,
        channel=channel,
        template=template,
        to=recipient_of(one.employee),
        values=values,
        link=f"/learn/courses/{one.course_id}{where}",
        about=("assignment", one.id),
        reason=reason,
    )
    return notice is not None
