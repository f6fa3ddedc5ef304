"""The completion report of the manager's own line (REP-1)."""

from __future__ import annotations

from flask import Response
from flask.typing import ResponseReturnValue

from lmsapp.web.reporting import later_page, print_report, report_csv, report_page
from lmsapp.web.team.wing import bp


@bp.get("/reports/completion")
def completion_report() -> Response:
    return report_page("team", line_only=True)


@bp.get("/reports/completion.csv")
def completion_csv() -> Response:
    return report_csv(line_only=True)


@bp.post("/reports/completion/prints")
def print_completion() -> ResponseReturnValue:
    """The same as a PDF, made by the worker."""
    return print_report("team", line_only=True)


@bp.get("/reports/recorded-later")
def recorded_later() -> Response:
    """Completions of before a past day that were recorded after it."""
    return later_page("team", line_only=True)
