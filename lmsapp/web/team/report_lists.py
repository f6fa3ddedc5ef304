"""Every report of the manager's own line (REP-1, REP-5)."""

from __future__ import annotations

from flask import Response
from flask.typing import ResponseReturnValue

from lmsapp.people.roles import May, Reach
from lmsapp.web import report_pages, report_schedule_routes
from lmsapp.web.team.wing import bp


@bp.get("/reports")
def reports() -> Response:
    """What there is."""
    return report_pages.catalogue_page("team", line_only=True)


@bp.get("/reports/rows/<report_key>")
def report_rows(report_key: str) -> Response:
    """One of them: its first rows."""
    return report_pages.rows_page("team", report_key, line_only=True)


@bp.get("/reports/rows/<report_key>/sheet.csv")
def report_csv(report_key: str) -> Response:
    """All of its rows."""
    return report_pages.report_csv(report_key, line_only=True)


@bp.get("/reports/rows/<report_key>/sheet.xlsx")
def report_xlsx(report_key: str) -> Response:
    """The same as a workbook."""
    return report_pages.report_xlsx("team", report_key, line_only=True)


@bp.post("/reports/rows/<report_key>/files")
def create_report_run(report_key: str) -> ResponseReturnValue:
    """Made by the worker."""
    return report_pages.create_run("team", report_key, line_only=True)


report_schedule_routes.install(bp, "team", May.LEAD, reach=Reach.OWN)
