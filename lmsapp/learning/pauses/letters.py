"""Welcome back: one letter for somebody who returns, however many courses were paused (ENR-10)."""

from __future__ import annotations

from lmsapp.learning.pauses.events import EnrollmentResumed
from lmsapp.outreach.notices.actions import write_notice
from lmsapp.outreach.notices.recipient import recipient_of

TEMPLATE = "welcome_back"


def welcome_back(event: EnrollmentResumed) -> None:
    """Unless they ended the pause themselves, or there is nothing left to do. The key keeps it to one a return."""
    pause, employee = event.pause, event.pause.enrollment.employee
    by_themselves = event.by is not None and event.by.employee_id == employee.id
    if pause.ended_how == "closed" or by_themselves or employee.status != "active":
        return
    for channel in ("in_app", "email"):
        write_notice(
            key=f"welcome-back/{employee.id}/{pause.until_on}/{pause.ended_how}/{channel}",
            channel=channel,
            template=TEMPLATE,
            to=recipient_of(employee),
            values={"title": pause.enrollment.course.title},
            link="/learn",
            about=("enrollment", pause.enrollment_id),
            reason={"why": "pause over", "until": str(pause.until_on)},
        )
