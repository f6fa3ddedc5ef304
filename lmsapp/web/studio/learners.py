"""The instructor's dashboard of a course: learners, progress, who is stuck, where lessons lose people (ENR-7)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from lmsapp.courses.catalogue.authored import course_for
from lmsapp.infra import clock
from lmsapp.insight.enrollments.course import IDLE_DAYS, WEEKS, CourseDashboard, course_dashboard
from lmsapp.learning.attendance.queries import sessions_of
from lmsapp.learning.enrollments.rules import EnrollmentStatus
from lmsapp.web.dates import daymonth, today
from lmsapp.web.enrolled_words import STATUSES
from lmsapp.web.render import get_or_404, page
from lmsapp.web.studio.courses import course_context
from lmsapp.web.studio.wing import bp


@bp.get("/courses/<int:course_id>/learners")
def learners(course_id: int) -> ResponseReturnValue:
    """Each number opens its rows."""
    course = get_or_404(course_for(g.viewer, course_id))
    found = course_dashboard(course, clock.now(), today())

    def rows(**asked: Any) -> str:
        return url_for("studio.enrollments", course=course_id, **asked)

    return page(
        "studio/course/learners.html",
        found=found,
        rows=rows,
        standings=STATUSES,
        shown=[status for status in EnrollmentStatus if found.numbers.of(status)],
        idle_days=IDLE_DAYS,
        points=_points(found, rows),
        finding=_finding(found),
        sessions=sessions_of(course_id),
        **course_context(course_id, "learners"),
    )


def _points(found: CourseDashboard, rows: Any) -> list[dict[str, Any]]:
    return [
        {
            "label": daymonth(monday),
            "values": (n,),
            "href": rows(done_since=monday.isoformat(), done_until=(monday + dt.timedelta(days=6)).isoformat()),
        }
        for monday, n in found.weeks
    ]


def _finding(found: CourseDashboard) -> str:
    n = sum(count for _monday, count in found.weeks)
    return ngettext("%(num)s completion in %(weeks)s weeks.", "%(num)s completions in %(weeks)s weeks.", n, weeks=WEEKS)
