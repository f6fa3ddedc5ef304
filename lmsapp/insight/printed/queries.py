"""Reports somebody asked for, through the viewer: one's own, and only while one may see such a report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra.db import db, one_or_none
from lmsapp.insight.completion import ReportFilters, ReportStatus
from lmsapp.insight.printed.models import ReportRequest
from lmsapp.insight.reports.catalogue import REPORTS
from lmsapp.insight.reports.completion import COMPLETION
from lmsapp.insight.reports.report import Terms
from lmsapp.people.viewer import Viewer

KIND = "completion_report"  # every report; named after the first there was
LATEST = 20
# Parameters of the completion report in an address -> as a request keeps them.
AS_ADDRESS = {
    "course": "courses", "department": "departments", "role": "roles", "location": "locations", "region": "regions",
    "cohort": "cohorts", "status": "statuses", "dates": "dates",
    "since": "since", "until": "until", "as_of": "as_of",
}  # fmt: skip
FLAGS = ("left", "alone")
LISTS = ("courses", "departments", "roles", "locations", "regions", "cohorts")  # the last two came later


def report_for(viewer: Viewer, request_id: int) -> ReportRequest | None:
    """One's own."""
    mine = ReportRequest.asked_by_id == viewer.user_id
    return one_or_none(select(ReportRequest).where(ReportRequest.id == request_id, mine))


def is_theirs_today(viewer: Viewer, asked: ReportRequest) -> bool:
    """Who lost the right to see such a report does not get the old ones either."""
    report = REPORTS.get(asked.report)
    return report is not None and report.may(viewer, bool(asked.terms["line_only"]))


def latest_reports(viewer: Viewer, limit: int = LATEST) -> Sequence[Any]:
    """The newest first. Columns: id, title, asked_at, status of the PDF."""
    columns = (ReportRequest.id, SealedFile.title, ReportRequest.asked_at, SealedFile.status)
    sealed = (SealedFile.kind == KIND) & (SealedFile.subject_id == ReportRequest.id)
    mine = select(*columns).join(SealedFile, sealed).where(ReportRequest.asked_by_id == viewer.user_id)
    return db.session.execute(mine.order_by(ReportRequest.id.desc()).limit(limit)).all()


def terms_of(asked: ReportRequest) -> Terms:
    """What was asked, as an address says it."""
    if asked.report != COMPLETION.key:
        kept: Terms = asked.terms["terms"]
        return kept
    terms = {name: asked.terms.get(key) for name, key in AS_ADDRESS.items()}
    terms |= {name: "1" if asked.terms.get(name) else None for name in FLAGS}
    listed = {name: value if isinstance(value, list) else [value] for name, value in terms.items() if value}
    return {name: list(map(str, values)) for name, values in listed.items()}


def filters_of(asked: ReportRequest) -> ReportFilters:
    """As they were asked of the completion report."""
    kept: dict[str, Any] = dict(asked.terms)
    del kept["line_only"]
    for name in ("since", "until", "as_of"):
        kept[name] = dt.date.fromisoformat(kept[name]) if kept.get(name) else None
    for name in LISTS:
        kept[name] = tuple(kept.get(name, ()))
    kept["statuses"] = tuple(map(ReportStatus, kept.get("statuses", ())))
    return ReportFilters(**kept)
