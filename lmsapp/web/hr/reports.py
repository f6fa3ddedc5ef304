"""The completion report over everybody (REP-1)."""

from __future__ import annotations

from flask import Response
from flask.typing import ResponseReturnValue

from lmsapp.web.hr.wing import bp
from lmsapp.web.reporting import later_page, print_report, report_csv, report_page


@bp.get("/reports/completion")
def completion_report() -> Response:
    return report_page("hr", line_only=False)


@bp.get("/reports/completion.csv")
def completion_csv() -> Response:
    return report_csv(line_only=False)


@bp.post("/reports/completion/prints")
def print_completion() -> ResponseReturnValue:
    """The same as a PDF, made by the worker."""
    return print_report("hr", line_only=False)


@bp.get("/reports/recorded-later")
def recorded_later() -> Response:
    """Completions of before a past day that were recorded after it."""
    return later_page("hr", line_only=False)
