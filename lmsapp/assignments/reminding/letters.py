"""What a reminder says, and whether it is still wanted: both asked when it is sent (REM-2, REM-3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select

from lmsapp.assignments import rules
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.reminding.planning import RENEWAL
from lmsapp.courses.catalogue.models import Course
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.outreach.contact.choosing import choice_link
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.promising import promise_many, promise_new, promise_row
from lmsapp.outreach.notices.recipient import recipient_of
from lmsapp.outreach.notices.wording import absolute
from lmsapp.people.employees.models import Employee

COMPLETED = N_("The training was completed meanwhile.")
CLOSED = {
    "cancelled": N_("The assignment was cancelled meanwhile."),
    "exempt": N_("The learner was exempted meanwhile."),
    "left": N_("The learner has left."),
    "withdrawn": N_("The assignment was withdrawn meanwhile."),
}
PAUSED = N_("The learner is away; reminders rest until they are back.")
GONE = N_("The assignment is not there any more.")

TOLD = (
    select(
        TrainingAssignment.id,
        TrainingAssignment.due_on,
        TrainingAssignment.source,
        TrainingAssignment.course_id,
        Course.title,
        Course.lesson_count,
        Enrollment.progress,
        Enrollment.done_lessons,
        Enrollment.current_lesson_id,
        Employee.time_zone,
    )
    .join(Course, Course.id == TrainingAssignment.course_id)
    .join(Enrollment, Enrollment.id == TrainingAssignment.enrollment_id)
    .join(Employee, Employee.id == TrainingAssignment.employee_id)
    .where(TrainingAssignment.id == bindparam("of_id"))
)
STATE = (
    select(TrainingAssignment.completed_at, TrainingAssignment.closed_as, Enrollment.paused_until)
    .join(Enrollment, Enrollment.id == TrainingAssignment.enrollment_id)
    .where(TrainingAssignment.id == bindparam("of_id"))
)


def why_unwanted(assignment_id: int) -> str | None:
    """Asked again just before a reminder is handed over: none after completion, cancellation, exemption or leaving,
    nor in a pause. In words, or None when it is wanted."""
    row = db.session.execute(STATE, {"of_id": assignment_id}).one_or_none()
    if row is None:
        return GONE
    if row.completed_at is not None:
        return COMPLETED
    if row.closed_as is not None:
        return CLOSED[row.closed_as]
    return PAUSED if row.paused_until is not None else None


def words_for(notice: Notice) -> dict[str, Any] | None:
    """What a notice about training says now; None when it speaks of a due date that was moved since."""
    one = db.session.execute(TOLD, {"of_id": notice.about_id}).one_or_none()
    if one is None or _due_in(notice.key) not in (None, one.due_on):
        return None
    where = f"/lessons/{one.current_lesson_id}" if one.current_lesson_id else ""
    return {
        "title": one.title,
        "course_id": one.course_id,
        "number": rules.display_number(one.id),
        "due_on": one.due_on,
        "days_left": (one.due_on - clock.today(one.time_zone)).days,
        "renewal": one.source == RENEWAL,
        "progress": one.progress,
        "done_lessons": one.done_lessons,
        "lesson_count": one.lesson_count,
        "link": f"/learn/courses/{one.course_id}{where}",
        "choice_link": _choice(notice),
    }


def _choice(notice: Notice) -> str | None:
    """Where its reader asks for one letter a day instead; only whoever has an account can choose."""
    if notice.channel != "email" or notice.employee_id is None or notice.user_id is None:
        return None
    return absolute(choice_link(notice.employee_id))


WORDS = {"training_reminder": words_for, "training_overdue": words_for}


def remind_now(assignment: TrainingAssignment, *, by_name: str) -> bool:
    """A reminder by hand; False when today's is there already. Employee and enrollment are loaded."""
    return promise_many([by_hand(assignment, by_name=by_name)]) > 0


def remind_all(assignments: Sequence[TrainingAssignment], *, by_name: str) -> dict[int, bool | RuleBroken]:
    """`remind_now` for many, one statement a thousand: by id whether it is new, or why it is not sent."""
    came: dict[int, bool | RuleBroken] = {}
    rows: dict[int, dict[str, Any]] = {}
    for one in assignments:
        try:
            rows[one.id] = by_hand(one, by_name=by_name)
        except RuleBroken as broken:
            came[one.id] = broken
    new = set(promise_new(list(rows.values())))
    return came | {key: row["key"] in new for key, row in rows.items()}


def by_hand(assignment: TrainingAssignment, *, by_name: str) -> dict[str, Any]:
    """The row of a reminder by hand, one a day. Raises RuleBroken in a pause, and for what is not open any more."""
    if assignment.completed_at or assignment.closed_as:
        raise RuleBroken(N_("This is not open any more."))
    employee = assignment.employee
    if assignment.enrollment.paused_until is not None:
        words = N_("%(name)s is away and back on %(day)s. Reminders rest until then.")
        raise RuleBroken(words, name=employee.name, day=assignment.enrollment.paused_until)
    return promise_row(
        key=f"reminder/assignment/{assignment.id}/by-hand/{clock.today(employee.time_zone)}/email",
        channel="email",
        template="training_reminder",
        to=recipient_of(employee),
        about=("assignment", assignment.id),
        reason={"policy": "by hand", "by": by_name},
        link=f"/learn/courses/{assignment.course_id}",
        mandatory=True,
    )


def _due_in(key: str) -> dt.date | None:
    """The due date that 'reminder/assignment/12/2026-12-22/...' speaks of; one by hand speaks of none."""
    try:
        return dt.date.fromisoformat(key.split("/")[3])
    except ValueError:
        return None
