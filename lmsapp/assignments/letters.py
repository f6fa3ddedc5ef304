"""Telling the assignee that there is new training (REM-1): in the product at once, and by e-mail."""

from __future__ import annotations

from lmsapp.assignments import rules
from lmsapp.assignments.events import TrainingAssigned
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.infra import clock
from lmsapp.outreach.notices.actions import write_notice
from lmsapp.outreach.notices.recipient import recipient_of

TEMPLATE = "training_assigned"


def tell_assignee(event: TrainingAssigned) -> None:
    """One notice by each channel. Training from the demo's own data is no news to anybody; an onboarding says in its
    welcome what is to be learned, in one letter, and whoever has to renew was told so with the dates."""
    if event.assignment.source not in ("demo", "onboarding", "renewal"):
        write_assigned(event.assignment)


def write_assigned(one: TrainingAssignment) -> None:
    """The notices about one assignment; employee and course are loaded."""
    values = {
        "title": one.course.title,
        "number": rules.display_number(one.id),
        "due_on": one.due_on,
        "days_left": (one.due_on - clock.today(one.employee.time_zone)).days,
        "note": one.note,
        "lesson_count": one.course.lesson_count,
    }
    for channel in ("in_app", "email"):
        write_notice(
            key=f"assigned/assignment/{one.id}/{channel}",
            channel=channel,
            template=TEMPLATE,
            to=recipient_of(one.employee),
            values=values,
            link=f"/learn/courses/{one.course_id}",
            about=("assignment", one.id),
            reason={"why": "assigned", "source": one.source},
        )
