"""The completion report for auditors, over everybody (REP-1)."""

from __future__ import annotations

from flask import Response
from flask.typing import ResponseReturnValue

from lmsapp.web.admin.wing import bp
from lmsapp.web.reporting import later_page, print_report, report_csv, report_page


@bp.get("/reports/completion")
def completion_report() -> Response:
    """By department, as HR sees it."""
    return report_page("admin", line_only=False)


@bp.get("/reports/completion.csv")
def completion_csv() -> Response:
    """Every row of it."""
    return report_csv(line_only=False)


@bp.post("/reports/completion/prints")
def print_completion() -> ResponseReturnValue:
    """The same as a PDF, made by the worker."""
    return print_report("admin", line_only=False)


@bp.get("/reports/recorded-later")
def recorded_later() -> Response:
    """Completions of before a past day that were recorded after it."""
    return later_page("admin", line_only=False)
