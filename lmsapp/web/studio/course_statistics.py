"""The statistics of one course, for whoever writes or looks after it (DSH-3, DSH-4)."""

from __future__ import annotations

from flask import Response, g

from lmsapp.courses.catalogue.authored import course_for
from lmsapp.web.render import get_or_404
from lmsapp.web.statistics import block_csv, block_part, rows_csv, rows_page, statistics_page
from lmsapp.web.studio.courses import course_context
from lmsapp.web.studio.wing import bp


@bp.get("/courses/<int:course_id>/statistics")
def course_statistics(course_id: int) -> Response:
    """Filters, and a place for each block."""
    get_or_404(course_for(g.viewer, course_id))
    return statistics_page("studio", course_id=course_id, **course_context(course_id, "statistics"))


@bp.get("/courses/<int:course_id>/statistics/<block>")
def course_statistics_part(course_id: int, block: str) -> Response:
    """One block."""
    get_or_404(course_for(g.viewer, course_id))
    return block_part("studio", block, course_id=course_id)


@bp.get("/courses/<int:course_id>/statistics/<block>.csv")
def course_statistics_csv(course_id: int, block: str) -> Response:
    """A table of it."""
    get_or_404(course_for(g.viewer, course_id))
    return block_csv("studio", block, course_id=course_id)


@bp.get("/courses/<int:course_id>/statistics/rows")
def course_statistics_rows(course_id: int) -> Response:
    """Whom and what a number counted."""
    get_or_404(course_for(g.viewer, course_id))
    return rows_page("studio", course_id=course_id)


@bp.get("/courses/<int:course_id>/statistics/rows.csv")
def course_statistics_rows_csv(course_id: int) -> Response:
    """All of them."""
    get_or_404(course_for(g.viewer, course_id))
    return rows_csv("studio", course_id=course_id)
