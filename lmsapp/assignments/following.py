"""What decisions about an enrollment or an employee mean for assignments (ENR-7, ENR-9, ASG-2)."""

from __future__ import annotations

from sqlalchemy import select

from lmsapp.assignments.actions import close
from lmsapp.assignments.expressions import is_open
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.reminding.planning import plan_anew
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.events import AccessRevoked, CompletionTakenBack, Exempted
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.employees.events import EmployeeChanged


def cancel_for_revoked(event: AccessRevoked) -> None:
    """Nobody is asked for what they may not open."""
    for one in _open_of(event.enrollment):
        close(one, "cancelled", by=event.by, reason=event.reason)


def exempt_for(event: Exempted) -> None:
    """The open assignment of somebody exempt is closed as Exempt."""
    for one in _open_of(event.enrollment):
        close(one, "exempt", by=event.by, reason=event.reason)


def reopen_for(event: CompletionTakenBack) -> None:
    """The assignment that the completion closed is open again, unless there is a newer one (ASG-3)."""
    if _open_of(event.enrollment):
        return
    closed = (
        select(TrainingAssignment)
        .where(
            TrainingAssignment.enrollment_id == event.enrollment.id,
            TrainingAssignment.completed_at == event.of.occurred_at,
        )
        .order_by(TrainingAssignment.id.desc())
        .limit(1)
        .with_for_update()
    )
    one = db.session.scalar(closed)
    if one is None:
        return
    before = {"completed_on": one.completed_on}
    one.completed_at = one.completed_on = None
    plan_anew(one, event.enrollment.employee.time_zone)
    reason = event.record.reason
    record_change("reopened", ("assignment", one.id), by=event.by, before=before, after={}, reason=reason)
    db.session.flush()


def follow_zone(event: EmployeeChanged) -> None:
    """They work in another time zone: due dates last to the end of the day there from now on."""
    if "time_zone" not in event.after:
        return
    employee = event.employee
    theirs = select(TrainingAssignment).where(TrainingAssignment.employee_id == employee.id, is_open())
    for one in db.session.scalars(theirs.with_for_update()):
        one.due_at = clock.end_of_day(one.due_on, employee.time_zone)
    db.session.flush()


def _open_of(enrollment: Enrollment) -> list[TrainingAssignment]:
    found = select(TrainingAssignment).where(TrainingAssignment.enrollment_id == enrollment.id, is_open())
    return list(db.session.scalars(found.with_for_update()))
