"""What a pause means for due dates and reminders (ENR-10).

Where the organisation lets them move, an open assignment gets the days of the pause on top, and gives back what was
not needed when the pause ends early. One that was overdue already stays so: a pause hides no lateness.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from lmsapp.assignments.expressions import is_open
from lmsapp.assignments.models import AssignmentPause, TrainingAssignment
from lmsapp.assignments.reminding.planning import plan_anew
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import N_
from lmsapp.learning.pauses.events import EnrollmentPaused, EnrollmentResumed
from lmsapp.learning.pauses.rules import days_paused
from lmsapp.people.employees.models import Employee
from lmsapp.people.settings.queries import setting
from lmsapp.people.viewer import Viewer

BECAUSE_PAUSED = N_("The course is paused.")
BECAUSE_SHORTER = N_("The pause ended earlier.")


def extend_for_pause(event: EnrollmentPaused) -> None:
    """The open assignment of a paused enrollment is due later by the days of the pause, once a pause."""
    pause = event.pause
    if not setting("pause_extends_deadlines"):
        return
    assignment = db.session.scalar(
        select(TrainingAssignment)
        .where(TrainingAssignment.enrollment_id == pause.enrollment_id, is_open())
        .with_for_update()
    )
    if assignment is None or assignment.due_on < pause.from_on:
        return
    days = days_paused(pause.from_on, pause.until_on)
    noted = insert(AssignmentPause).values(pause_id=pause.id, assignment_id=assignment.id, days=days)
    if db.session.scalar(noted.on_conflict_do_nothing().returning(AssignmentPause.days)) is not None:
        due_on = assignment.due_on + dt.timedelta(days=days)
        _move(assignment, pause.enrollment.employee, due_on, BECAUSE_PAUSED, event.by)


def shorten_for_resumption(event: EnrollmentResumed) -> None:
    """It ended early: what was given and not needed is taken back, but never to a day that is over."""
    if not event.unused or event.pause.ended_how != "resumed":
        return
    employee = event.pause.enrollment.employee
    extended = db.session.execute(
        select(TrainingAssignment, AssignmentPause.days)
        .join(AssignmentPause, AssignmentPause.assignment_id == TrainingAssignment.id)
        .where(AssignmentPause.pause_id == event.pause.id, is_open())
        .with_for_update(of=TrainingAssignment)
    )
    for assignment, days in extended:
        earlier = assignment.due_on - dt.timedelta(days=min(days, event.unused))
        due_on = max(earlier, clock.today(employee.time_zone))
        if due_on < assignment.due_on:
            _move(assignment, employee, due_on, BECAUSE_SHORTER, event.by)


def _move(assignment: TrainingAssignment, employee: Employee, due_on: dt.date, reason: str, by: Viewer | None) -> None:
    before = {"due_on": assignment.due_on}
    assignment.due_on = due_on
    assignment.due_at = clock.end_of_day(due_on, employee.time_zone)
    plan_anew(assignment, employee.time_zone)
    after = {"due_on": due_on}
    record_change("due date changed", ("assignment", assignment.id), by=by, before=before, after=after, reason=reason)
    db.session.flush()
