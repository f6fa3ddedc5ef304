"""A cancelled or exempt assignment is open again, where the rule allows it (ASG-6, ASG-3)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lmsapp.assignments import rules
from lmsapp.assignments.expressions import is_open
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.reminding.planning import plan_anew
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.viewer import Viewer

BY_PEOPLE = ("cancelled", "exempt")  # what somebody decided; leaving and a rule's own end are not taken back here


def reopen(assignment: TrainingAssignment, *, by: Viewer, reason: str) -> None:
    """Open again, with a reason; reminders go on from today. Employee, course and enrollment are loaded.

    Raises RuleBroken where it was never closed by a person, where another one is active (with a link to it), or where
    the enrollment says that nothing is left to take.
    """
    if not reason.strip():
        raise RuleBroken(N_("Give a reason; the employee will read it."), field="reason")
    _check(assignment)
    before = {"closed_as": assignment.closed_as, "reason": assignment.close_reason}
    try:
        with db.session.begin_nested():
            assignment.closed_as = assignment.closed_at = None
            assignment.close_reason = ""
            plan_anew(assignment, assignment.employee.time_zone)
            db.session.flush()
    except IntegrityError:  # another one was made just now
        db.session.refresh(assignment)
        _check_alone(assignment)
        raise
    record_change("reopened", ("assignment", assignment.id), by=by, before=before, after={}, reason=reason.strip())
    db.session.flush()


def _check(one: TrainingAssignment) -> None:
    if one.completed_at is not None:
        raise RuleBroken(N_("This training is completed; nothing about it can change."))
    if one.closed_as is None:
        raise RuleBroken(N_("This is open already."))
    if one.closed_as not in BY_PEOPLE:
        raise RuleBroken(N_("It was not a person who closed this: %(name)s left, or the rule that made it ended it."),
                         name=one.employee.name)  # fmt: skip
    if one.employee.status != "active":
        raise RuleBroken(N_("%(name)s does not work here any more."), name=one.employee.name)
    enrollment = one.enrollment
    if enrollment.exempted_at is not None:
        raise RuleBroken(N_("%(name)s is exempt from the whole course. Take that back first."), name=one.employee.name)
    if enrollment.withdrawn_at is not None:
        raise RuleBroken(N_("%(name)s has no access to the course any more. Assign it anew."), name=one.employee.name)
    if enrollment.completed_at is not None and enrollment.completed_at >= (one.closed_at or enrollment.completed_at):
        raise RuleBroken(N_("%(name)s has completed the course meanwhile."), name=one.employee.name)
    _check_alone(one)


def _check_alone(one: TrainingAssignment) -> None:
    same = (TrainingAssignment.employee_id == one.employee_id, TrainingAssignment.course_id == one.course_id)
    other = db.session.scalar(select(TrainingAssignment.id).where(*same, is_open(), TrainingAssignment.id != one.id))
    if other is not None:
        raise RuleBroken(
            N_("%(name)s already has this training: %(number)s."),
            link=("assignment", other),
            name=one.employee.name,
            number=rules.display_number(other),
        )
