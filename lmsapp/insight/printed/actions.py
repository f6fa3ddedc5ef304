"""Asking for a report as PDF."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Any

from sqlalchemy import func, select

from lmsapp.evidence.audit.actions import record_change
from lmsapp.evidence.seals.actions import promise_file
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.past.days import AsOf
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.insight.completion import ReportFilters, completion_lines
from lmsapp.insight.printed.models import ReportRequest
from lmsapp.insight.printed.queries import KIND, may_have
from lmsapp.people.viewer import Viewer

MOST_ROWS = 20_000
AGAIN_AFTER = dt.timedelta(seconds=30)  # a second click is no second report


def ask_report(filters: ReportFilters, title: str, *, line_only: bool, by: Viewer) -> ReportRequest:
    """The worker draws it. Asked again at once, the request that is there. Raises RuleBroken, NotAllowed."""
    if not may_have(by, line_only=line_only):
        raise NotAllowed(N_("You may not see this report."))
    terms = {**_plain(filters), "line_only": line_only}
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"report/{by.user_id}", 0))))
    known = db.session.scalar(
        select(ReportRequest)
        .where(ReportRequest.asked_by_id == by.user_id, ReportRequest.asked_at > clock.now() - AGAIN_AFTER)
        .order_by(ReportRequest.id.desc())
        .limit(1)
    )
    if known is not None and (known.terms, known.language) == (terms, by.language):
        return known
    _check_size(filters, by, line_only=line_only)
    asked = ReportRequest(terms=terms, language=by.language, asked_by_id=by.user_id, asked_by_name=by.name)
    db.session.add(asked)
    db.session.flush()
    promise_file(KIND, asked.id, employee_id=by.employee_id, title=title, language=by.language)
    record_change("report asked for", ("report_request", asked.id), by=by, after=terms)
    return asked


def note_report_taken(asked: ReportRequest, by: Viewer) -> None:
    """Somebody takes the list out of the house (EVD-3)."""
    record_change("downloaded", ("report_request", asked.id), by=by, after={"list": "completion PDF", **asked.terms})


def _check_size(filters: ReportFilters, by: Viewer, *, line_only: bool) -> None:
    seen = AsOf(filters.as_of)
    with seen.reading():
        lines = completion_lines(by, filters, seen.now, line_only=line_only).order_by(None).limit(MOST_ROWS + 1)
        rows = db.session.scalar(select(func.count()).select_from(lines.subquery())) or 0
    if rows == 0:
        raise RuleBroken(N_("No enrollment fits these filters, so there is nothing to print."))
    if rows > MOST_ROWS:
        raise RuleBroken(
            N_("More than %(most)s rows are no PDF to read. Narrow the filters, or take the CSV."), most=MOST_ROWS
        )


def _plain(filters: ReportFilters) -> dict[str, Any]:
    return {
        name: list(value) if isinstance(value, tuple) else value.isoformat() if isinstance(value, dt.date) else value
        for name, value in asdict(filters).items()
    }
