"""The statistics of the manager's own line (DSH-3, DSH-4)."""

from __future__ import annotations

from flask import Response

from lmsapp.web.statistics import block_csv, block_part, rows_csv, rows_page, statistics_page
from lmsapp.web.team.wing import bp


@bp.get("/statistics")
def statistics() -> Response:
    """Filters, and a place for each block."""
    return statistics_page("team", line_only=True)


@bp.get("/statistics/<block>")
def statistics_part(block: str) -> Response:
    """One block."""
    return block_part("team", block, line_only=True)


@bp.get("/statistics/<block>.csv")
def statistics_csv(block: str) -> Response:
    """A table of it."""
    return block_csv("team", block, line_only=True)


@bp.get("/statistics/rows")
def statistics_rows() -> Response:
    """Whom and what a number counted."""
    return rows_page("team", line_only=True)


@bp.get("/statistics/rows.csv")
def statistics_rows_csv() -> Response:
    """All of them."""
    return rows_csv("team", line_only=True)
