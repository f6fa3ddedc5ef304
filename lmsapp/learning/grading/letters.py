"""Telling the learner what became of their work (QIZ-5): in the product at once, and by e-mail, in their language."""

from __future__ import annotations

from lmsapp.learning.handins.events import HandInGraded
from lmsapp.outreach.notices.actions import write_notice
from lmsapp.outreach.notices.recipient import recipient_of

TEMPLATE = "work_graded"


def tell_learner(event: HandInGraded) -> None:
    """One notice by each channel for each grading; a regrade says that it is one."""
    hand_in, grading, enrollment = event.hand_in, event.grading, event.enrollment
    values = {
        "title": hand_in.title,
        "course": enrollment.course.title,
        "decision": grading.decision,
        "points": grading.total,
        "max_points": grading.max_points,
        "feedback": grading.feedback,
        "again": grading.number > 1,
        "reason": grading.reason,
        "by": grading.graded_by_name,
    }
    for channel in ("in_app", "email"):
        write_notice(
            key=f"graded/grading/{grading.id}/{channel}",
            channel=channel,
            template=TEMPLATE,
            to=recipient_of(enrollment.employee),
            values=values,
            link=f"/learn/courses/{enrollment.course_id}/lessons/{hand_in.lesson_id}",
            about=("hand_in", hand_in.id),
            reason={"why": "graded", "decision": grading.decision},
        )
