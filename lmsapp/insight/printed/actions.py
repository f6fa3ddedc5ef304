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
from lmsapp.insight.printed.queries import KIND
from lmsapp.insight.printed.report_document import MOST_ROWS, TOO_MANY
from lmsapp.insight.reports.completion import COMPLETION, completion_filters
from lmsapp.insight.reports.reading import MOST, day
from lmsapp.insight.reports.report import Asking, Report, Terms
from lmsapp.people.viewer import Viewer

LONGEST = 200  # of one value
AGAIN_AFTER = dt.timedelta(seconds=30)  # a second click is no second report


def ask_report(filters: ReportFilters, title: str, *, line_only: bool, by: Viewer) -> ReportRequest:
    """The completion report; the worker draws it. Asked again at once, the request that is there.

    Raises RuleBroken, NotAllowed.
    """
    _check_may(COMPLETION, by, line_only=line_only)
    terms = {**_plain(filters), "line_only": line_only}
    known = _asked_just_now(COMPLETION.key, terms, by)
    if known is not None:
        return known
    _check_size(filters, by, line_only=line_only)
    return _ask(COMPLETION.key, terms, title, by)


def ask_print(report: Report, typed: Terms, title: str, *, line_only: bool, by: Viewer) -> ReportRequest:
    """Any report; the worker draws it. Asked again at once, the request that is there. `typed`: what the address says.

    `as_of` in it is a day that was looked at before. Raises RuleBroken, NotAllowed.
    """
    if report.key == COMPLETION.key:
        return ask_report(completion_filters(typed), title, line_only=line_only, by=by)
    _check_may(report, by, line_only=line_only)
    kept = {name: [one[:LONGEST] for one in typed.get(name, ())[:MOST] if one] for name in report.terms}
    asked = {name: values for name, values in kept.items() if values}
    terms: dict[str, Any] = {"terms": asked, "line_only": line_only}
    known = _asked_just_now(report.key, terms, by)
    if known is not None:
        return known
    _check_rows(report, asked, by, line_only=line_only)
    return _ask(report.key, terms, title, by)


def note_report_taken(asked: ReportRequest, by: Viewer) -> None:
    """Somebody takes the list out of the house (EVD-3)."""
    record_change(
        "downloaded", ("report_request", asked.id), by=by, after={"list": f"{asked.report} PDF", **asked.terms}
    )


def _check_may(report: Report, by: Viewer, *, line_only: bool) -> None:
    if not report.may(by, line_only):
        raise NotAllowed(N_("You may not see this report."))


def _asked_just_now(key: str, terms: dict[str, Any], by: Viewer) -> ReportRequest | None:
    """The latest request of theirs, if it asks for the same; one at a time."""
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"report/{by.user_id}", 0))))
    known = db.session.scalar(
        select(ReportRequest)
        .where(ReportRequest.asked_by_id == by.user_id, ReportRequest.asked_at > clock.now() - AGAIN_AFTER)
        .order_by(ReportRequest.id.desc())
        .limit(1)
    )
    same = known is not None and (known.report, known.terms, known.language) == (key, terms, by.language)
    return known if same else None


def _ask(key: str, terms: dict[str, Any], title: str, by: Viewer) -> ReportRequest:
    asked = ReportRequest(report=key, terms=terms, language=by.language, asked_by_id=by.user_id, asked_by_name=by.name)
    db.session.add(asked)
    db.session.flush()
    promise_file(KIND, asked.id, employee_id=by.employee_id, title=title, language=by.language)
    record_change("report asked for", ("report_request", asked.id), by=by, after={"report": key, **terms})
    return asked


def _check_rows(report: Report, terms: Terms, by: Viewer, *, line_only: bool) -> None:
    seen = AsOf(day(terms, "as_of"))
    asking = Asking(by, terms, seen.now, line_only)
    with seen.reading():
        rows = report.rows(asking).order_by(None).limit(MOST_ROWS + 1)
        found = db.session.scalar(select(func.count()).select_from(rows.subquery())) or 0
        if not found:
            raise RuleBroken(report.why_empty(asking))
    if found > MOST_ROWS:
        raise RuleBroken(TOO_MANY, most=MOST_ROWS)


def _check_size(filters: ReportFilters, by: Viewer, *, line_only: bool) -> None:
    seen = AsOf(filters.as_of)
    with seen.reading():
        lines = completion_lines(by, filters, seen.now, line_only=line_only).order_by(None).limit(MOST_ROWS + 1)
        rows = db.session.scalar(select(func.count()).select_from(lines.subquery())) or 0
    if rows == 0:
        raise RuleBroken(N_("No enrollment fits these filters, so there is nothing to print."))
    if rows > MOST_ROWS:
        raise RuleBroken(TOO_MANY, most=MOST_ROWS)


def _plain(filters: ReportFilters) -> dict[str, Any]:
    return {
        name: list(value) if isinstance(value, tuple) else value.isoformat() if isinstance(value, dt.date) else value
        for name, value in asdict(filters).items()
    }
