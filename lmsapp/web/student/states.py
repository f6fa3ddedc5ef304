"""What stands in the way of a course, in words, and the next step; above the lessons on its page (ENR-3, ENR-5).

Locks, payment, renewal, pauses and decisions by hand have parts of the page of their own.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from lmsapp.courses.catalogue.rules import CourseStatus
from lmsapp.learning.certificates.evaluations.queries import evaluation_of
from lmsapp.learning.enrollments.queries import StudyView
from lmsapp.web.dates import day


def states_of(view: StudyView) -> list[dict[str, Any]]:
    """Callouts as `ui.callout` takes them, with `href` and `label` of the next step where there is one."""
    enrollment, course_id = view.enrollment, view.outline.course_id
    found: list[dict[str, Any]] = []
    if enrollment.failed_at and not enrollment.complete:
        found.append(
            {
                "title": _("All attempts are used"),
                "text": _(
                    "Nothing you did is lost. Your training team can grant one more attempt; "
                    "ask them, and read the lessons again until then."
                ),
                "tone": "warn",
                "href": url_for("student.why", course_id=course_id),
                "label": _("See what is met and what is not"),
            }
        )
    if enrollment.complete and (waits := _evaluation(enrollment.id)):
        found.append(waits)
    if view.outline.status == CourseStatus.RETIRED:
        found.append(retired(complete=enrollment.complete))
    return found


def _evaluation(enrollment_id: int) -> dict[str, Any] | None:
    """The completion stands; its certificate waits for somebody's verdict, or was not awarded."""
    one = evaluation_of(enrollment_id)
    if one is not None and one.state == "waiting":
        text = _("Your completion stands. An evaluator looks at it, and you are told what comes of it.")
        return {"title": _("Your certificate waits for an evaluation"), "text": text, "tone": "info", "icon": "clock"}
    if one is not None and one.state == "not awarded":
        text = _("Your completion stands. %(name)s says: %(reason)s", name=one.decided_by_name, reason=one.reason)
        return {"title": _("The certificate was not awarded"), "text": text, "tone": "warn"}
    return None


def retired(*, complete: bool) -> dict[str, Any]:
    """It takes nobody new; whoever has begun can finish."""
    text = (
        _("It takes nobody new. Your completion and your certificate stay as they are.")
        if complete
        else _("It takes nobody new, but you can still finish it. Ask your training team what takes its place.")
    )
    return {"title": _("This course is retired"), "text": text, "tone": "info", "icon": "archive"}


def withdrawn(at: dt.datetime) -> dict[str, Any]:
    """Access was taken away; what was done is kept."""
    return {
        "title": _("Your access was taken away on %(day)s", day=day(at)),
        "text": _(
            "What you did so far is kept, and your certificates stay under ‘My record’. "
            "Ask your training team if you need the course."
        ),
        "tone": "info",
        "icon": "lock",
        "href": url_for("student.record"),
        "label": _("My record"),
    }
