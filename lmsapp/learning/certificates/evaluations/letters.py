"""Telling the learner what came of an evaluation (CRT-1). An awarded certificate brings its own letter."""

from __future__ import annotations

from lmsapp.learning.certificates.evaluations.events import EvaluationDecided
from lmsapp.outreach.notices.actions import write_notice
from lmsapp.outreach.notices.recipient import recipient_of

TEMPLATE = "certificate_not_awarded"


def tell_verdict(event: EvaluationDecided) -> None:
    """In the product at once and by e-mail, with the reason."""
    one = event.evaluation
    if one.state != "not awarded":
        return
    course = one.enrollment.course
    for channel in ("in_app", "email"):
        write_notice(
            key=f"evaluation/{one.id}/{one.decided_at.isoformat()}/{channel}",
            channel=channel,
            template=TEMPLATE,
            to=recipient_of(one.enrollment.employee),
            values={"title": course.title, "reason": one.reason, "by": one.decided_by_name},
            link=f"/learn/courses/{course.id}",
            about=("enrollment", one.enrollment_id),
            reason={"why": "evaluation decided"},
        )
