"""Telling whoever may grant it that more time is asked for, and the learner what came of it (ASG-6)."""

from __future__ import annotations

from lmsapp.assignments.extensions.events import ExtensionAnswered, ExtensionAsked
from lmsapp.assignments.extensions.rules import ExtensionState
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.infra.db import db
from lmsapp.outreach.notices.actions import notice_row, write_letters, write_notice
from lmsapp.outreach.notices.recipient import Recipient, moderators, recipient_of
from lmsapp.people.employees.models import Employee

CHANNELS = ("in_app", "email")


def tell_of_request(event: ExtensionAsked) -> None:
    """The manager; without one who has an account, every moderator."""
    request, assignment = event.request, event.request.assignment
    values = {
        "employee": assignment.employee.name,
        "title": assignment.course.title,
        "due_on": request.due_on,
        "wanted_on": request.wanted_on,
        "reason": request.reason,
    }
    rows = [
        notice_row(
            key=f"extension/{request.id}/asked/{to.user_id}/{channel}",
            channel=channel,
            template="extension_asked",
            to=to,
            values=values,
            link=f"/{wing}/extension-requests/{request.id}",
            about=("assignment", assignment.id),
            reason={"why": "more time asked"},
        )
        for to, wing in who_answers(assignment)
        for channel in CHANNELS
    ]
    write_letters(rows)


def tell_of_answer(event: ExtensionAnswered) -> None:
    """Granted or declined, by whom, and what they say."""
    request, assignment = event.request, event.request.assignment
    values = {
        "title": assignment.course.title,
        "granted": request.state == ExtensionState.GRANTED,
        "due_on": assignment.due_on,
        "wanted_on": request.wanted_on,
        "by": request.answered_by_name,
        "answer": request.answer,
    }
    for channel in CHANNELS:
        write_notice(
            key=f"extension/{request.id}/answered/{channel}",
            channel=channel,
            template="extension_answered",
            to=recipient_of(assignment.employee),
            values=values,
            link=f"/learn/courses/{assignment.course_id}",
            about=("assignment", assignment.id),
            reason={"why": "more time asked"},
        )


def who_answers(assignment: TrainingAssignment) -> list[tuple[Recipient, str]]:
    """(to whom, in which wing they answer)."""
    manager_id = assignment.employee.manager_id
    manager = db.session.get(Employee, manager_id) if manager_id else None
    if manager is not None and manager.status == "active" and manager.user_id is not None:
        return [(recipient_of(manager), "team")]
    return [(to, "studio") for to in moderators(but=assignment.employee_id)]
