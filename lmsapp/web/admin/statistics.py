"""The statistics of everybody, for auditors (DSH-3, DSH-4)."""

from __future__ import annotations

from flask import Response

from lmsapp.people.roles import May
from lmsapp.web.admin.wing import bp
from lmsapp.web.gates import needs
from lmsapp.web.statistics import block_csv, block_part, rows_csv, rows_page, statistics_page


@bp.get("/statistics")
@needs(May.AUDIT)
def statistics() -> Response:
    """Filters, and a place for each block."""
    return statistics_page("admin", line_only=False)


@bp.get("/statistics/<block>")
@needs(May.AUDIT)
def statistics_part(block: str) -> Response:
    """One block."""
    return block_part("admin", block, line_only=False)


@bp.get("/statistics/<block>.csv")
@needs(May.AUDIT)
def statistics_csv(block: str) -> Response:
    """A table of it."""
    return block_csv("admin", block, line_only=False)


@bp.get("/statistics/rows")
@needs(May.AUDIT)
def statistics_rows() -> Response:
    """Whom and what a number counted."""
    return rows_page("admin", line_only=False)


@bp.get("/statistics/rows.csv")
@needs(May.AUDIT)
def statistics_rows_csv() -> Response:
    """All of them."""
    return rows_csv("admin", line_only=False)
