"""Ask for more time, grant, decline, take back. Doing any of it twice changes nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import inspect, select, update
from sqlalchemy.dialects.postgresql import insert

from lmsapp.assignments.actions import change_due_date
from lmsapp.assignments.events import AssignmentClosed, AssignmentCompleted
from lmsapp.assignments.extensions import rules
from lmsapp.assignments.extensions.events import ExtensionAnswered, ExtensionAsked
from lmsapp.assignments.extensions.models import ExtensionRequest
from lmsapp.assignments.extensions.rules import ExtensionState
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.people.viewer import Viewer

OPEN = ExtensionState.OPEN.value


def ask_extension(assignment: TrainingAssignment, wanted_on: dt.date, reason: str, *, by: Viewer) -> ExtensionRequest:
    """The open request, or a new one. `assignment` has employee and course loaded. Raises RuleBroken, NotAllowed."""
    if by.employee_id is None or assignment.employee_id != by.employee_id:
        raise NotAllowed(N_("Only the person it was assigned to asks for more time."))
    if assignment.completed_at is not None or assignment.closed_as is not None:
        raise RuleBroken(N_("This training is not open any more. There is nothing left to ask for."))
    rules.check_wanted(wanted_on, assignment.due_on, clock.today(assignment.employee.time_zone))
    asked = {
        "assignment_id": assignment.id,
        "due_on": assignment.due_on,
        "wanted_on": wanted_on,
        "reason": rules.cleaned(reason, "reason"),
        "asked_at": clock.now(),
    }
    write = insert(ExtensionRequest).values(asked).on_conflict_do_nothing().returning(ExtensionRequest)
    request = db.session.scalars(write).one_or_none()
    if request is None:
        there = select(ExtensionRequest).where(
            ExtensionRequest.assignment_id == assignment.id, ExtensionRequest.state == OPEN
        )
        return db.session.scalars(there).one()
    request.assignment = assignment
    _note("more time asked", request, by, {"wanted_on": wanted_on}, request.reason)
    emit(ExtensionAsked(request))
    return request


def grant_extension(request: ExtensionRequest, due_on: dt.date, answer: str, *, by: Viewer) -> None:
    """Move the due date; the same, or another day than was asked for. Raises RuleBroken, NotAllowed."""
    if (request.state, request.granted_on) == (ExtensionState.GRANTED, due_on):
        return
    _hold(request, by)
    assignment = request.assignment
    rules.check_wanted(due_on, assignment.due_on, clock.today(assignment.employee.time_zone), "due_on")
    said = rules.cleaned(answer or request.reason, "answer")
    change_due_date(assignment, due_on, by=by, reason=said)
    request.granted_on = due_on
    _note("more time granted", request, by, {"due_on": due_on}, said)
    _answer(request, ExtensionState.GRANTED, answer.strip(), by)


def decline_extension(request: ExtensionRequest, answer: str, *, by: Viewer) -> None:
    """The due date stays; the learner reads why. Raises RuleBroken, NotAllowed."""
    if request.state == ExtensionState.DECLINED:
        return
    _hold(request, by)
    said = rules.cleaned(answer, "answer")
    _note("more time declined", request, by, {"wanted_on": request.wanted_on}, said)
    _answer(request, ExtensionState.DECLINED, said, by)


def take_back_extension(request: ExtensionRequest, *, by: Viewer) -> None:
    """The learner needs it no longer."""
    if request.state != OPEN:
        return
    request.state = ExtensionState.TAKEN_BACK.value
    _note("more time taken back", request, by, {"wanted_on": request.wanted_on}, "")
    db.session.flush()


def end_for_assignment(event: AssignmentCompleted | AssignmentClosed) -> None:
    """Nobody need answer any more."""
    db.session.execute(
        update(ExtensionRequest)
        .where(ExtensionRequest.assignment_id == event.assignment.id, ExtensionRequest.state == OPEN)
        .values(state=ExtensionState.OVER.value)
    )


def _hold(request: ExtensionRequest, by: Viewer) -> None:
    """Wait for whoever else answers it just now."""
    columns = [one.key for one in inspect(ExtensionRequest).column_attrs]
    db.session.refresh(request, columns, with_for_update=True)
    if by.employee_id is not None and request.assignment.employee_id == by.employee_id:
        raise NotAllowed(N_("Your own request is answered by somebody else."))
    if request.state in (ExtensionState.GRANTED, ExtensionState.DECLINED):
        raise RuleBroken(N_("%(name)s has answered this request already."), name=request.answered_by_name)
    if request.state != OPEN:
        raise RuleBroken(N_("This request is closed. Nothing is left to answer."))


def _answer(request: ExtensionRequest, state: ExtensionState, answer: str, by: Viewer) -> None:
    request.state, request.answer = state.value, answer
    request.answered_at, request.answered_by_id, request.answered_by_name = clock.now(), by.user_id, by.name
    db.session.flush()
    emit(ExtensionAnswered(request))


def _note(action: str, request: ExtensionRequest, by: Viewer, after: dict[str, Any], reason: str) -> None:
    subject = ("assignment", request.assignment_id)
    record_change(action, subject, by=by, before={"due_on": request.due_on}, after=after, reason=reason)
