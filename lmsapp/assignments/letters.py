"""Telling the assignee that there is new training (REM-1): in the product at once, and by e-mail."""

from __future__ import annotations

from typing import Any

from lmsapp.assignments import rules
from lmsapp.assignments.events import PathAssigned, TrainingAssigned
from lmsapp.assignments.expressions import is_open
from lmsapp.assignments.models import TrainingAssignment
from lmsapp.assignments.queries import with_all_it_names
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.outreach.notices.actions import notice_row, write_letters, write_notice
from lmsapp.outreach.notices.recipient import recipient_of

TEMPLATE = "training_assigned"
BATCH = 500


def tell_assignee(event: TrainingAssigned) -> None:
    """One notice by each channel. Training from the demo's own data is no news to anybody; an onboarding says in its
    welcome what is to be learned, in one letter, and so does a learning path; whoever has to renew was told so with the
    dates; a training rule tells thousands, by `tell_assigned`."""
    one = event.assignment
    if one.path_id is None and one.source not in ("demo", "onboarding", "renewal", "audience"):
        write_assigned(one)


def tell_of_path(event: PathAssigned) -> None:
    """One letter about the whole path, not one for each of its courses."""
    if event.source == "demo":
        return
    write_letters([row for employee in event.employees for row in _path_rows(event, employee)])


def _path_rows(event: PathAssigned, employee: Any) -> list[dict[str, Any]]:
    due_on, row = event.due_on[employee.id], event.rows[employee.id]
    return [
        notice_row(
            key=f"assigned/path/{row}/{due_on}/{channel}",
            channel=channel,
            template="path_assigned",
            to=recipient_of(employee),
            values={"title": event.path.title, "due_on": due_on, "note": event.note, "courses": event.courses},
            link=f"/learn/paths/{event.path.id}",
            about=("path_enrollment", row),
            reason={"why": "path assigned", "source": event.source},
        )
        for channel in ("in_app", "email")
    ]


def tell_assigned() -> int:
    """Tell the next people whom training rules assigned something; how many. Call again while it answers any."""
    untold = db.session.scalars(
        with_all_it_names()
        .where(TrainingAssignment.training_rule_id.is_not(None), TrainingAssignment.told_at.is_(None), is_open())
        .order_by(TrainingAssignment.id)
        .limit(BATCH)
        .with_for_update(of=TrainingAssignment, skip_locked=True)
    ).all()
    for one in untold:
        one.told_at = clock.now()
    write_letters([row for one in untold for row in _rows(one)])
    db.session.flush()
    return len(untold)


def write_assigned(one: TrainingAssignment) -> None:
    """The notices about one assignment; employee and course are loaded."""
    for told in _about(one):
        write_notice(**told)


def _rows(one: TrainingAssignment) -> list[dict[str, Any]]:
    return [notice_row(**told) for told in _about(one)]


def _about(one: TrainingAssignment) -> list[dict[str, Any]]:
    """By each channel."""
    values = {
        "title": one.course.title,
        "number": rules.display_number(one.id),
        "due_on": one.due_on,
        "days_left": (one.due_on - clock.today(one.employee.time_zone)).days,
        "note": one.note,
        "lesson_count": one.course.lesson_count,
    }
    return [
        {
            "key": f"assigned/assignment/{one.id}/{channel}",
            "channel": channel,
            "template": TEMPLATE,
            "to": recipient_of(one.employee),
            "values": values,
            "link": f"/learn/courses/{one.course_id}",
            "about": ("assignment", one.id),
            "reason": {"why": "assigned", "source": one.source},
        }
        for channel in ("in_app", "email")
    ]
