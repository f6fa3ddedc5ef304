"""The statistics of one course, for whoever writes or looks after it (DSH-3, DSH-4)."""

from __future__ import annotations

from functools import wraps
from typing import Any

from flask import Response, g

from lmsapp.courses.catalogue.authored import course_for
from lmsapp.web.render import get_or_404
from lmsapp.web.statistics import statistics_page
from lmsapp.web.statistics_routes import BELOW
from lmsapp.web.studio.courses import course_context
from lmsapp.web.studio.wing import bp
from lmsapp.web.wing_routes import Answer, Route, install

BASE, NAME = "/courses/<int:course_id>/statistics", "course_statistics"


def _whole(wing: str, course_id: int) -> Response:
    """Filters, and a place for each block, below the tabs of the course."""
    return statistics_page(wing, course_id=course_id, **course_context(course_id, "statistics"))


def _theirs(answer: Answer) -> Answer:
    """404 for a course that is not the viewer's to write or look after."""

    @wraps(answer)
    def found(wing: str, course_id: int, **ids: Any) -> Any:
        get_or_404(course_for(g.viewer, course_id))
        return answer(wing, course_id=course_id, **ids)

    return found


install(
    bp, [Route(BASE + address, NAME + name, _theirs(answer)) for address, name, answer in (("", "", _whole), *BELOW)]
)
