"""The statistics of everybody, for HR (DSH-3, DSH-4)."""

from __future__ import annotations

from flask import Response

from lmsapp.web.hr.wing import bp
from lmsapp.web.statistics import block_csv, block_part, rows_csv, rows_page, statistics_page


@bp.get("/statistics")
def statistics() -> Response:
    """Filters, and a place for each block."""
    return statistics_page("hr", line_only=False)


@bp.get("/statistics/<block>")
def statistics_part(block: str) -> Response:
    """One block."""
    return block_part("hr", block, line_only=False)


@bp.get("/statistics/<block>.csv")
def statistics_csv(block: str) -> Response:
    """A table of it."""
    return block_csv("hr", block, line_only=False)


@bp.get("/statistics/rows")
def statistics_rows() -> Response:
    """Whom and what a number counted."""
    return rows_page("hr", line_only=False)


@bp.get("/statistics/rows.csv")
def statistics_rows_csv() -> Response:
    """All of them."""
    return rows_csv("hr", line_only=False)
