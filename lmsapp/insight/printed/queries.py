"""Reports somebody asked for, through the viewer: one's own, and only while one may see such a report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra.db import db, one_or_none
from lmsapp.insight.completion import ReportFilters
from lmsapp.insight.printed.models import ReportRequest
from lmsapp.insight.reports.catalogue import REPORTS
from lmsapp.people.viewer import Viewer

KIND = "completion_report"  # every report; named after the first there was
LATEST = 20


def report_for(viewer: Viewer, request_id: int) -> ReportRequest | None:
    """One's own."""
    mine = ReportRequest.asked_by_id == viewer.user_id
    return one_or_none(select(ReportRequest).where(ReportRequest.id == request_id, mine))


def is_theirs_today(viewer: Viewer, asked: ReportRequest) -> bool:
    """Who lost the right to see such a report does not get the old ones either."""
    report = REPORTS.get(asked.report)
    return report is not None and report.may(viewer, bool(asked.terms["line_only"]))


def latest_reports(viewer: Viewer) -> Sequence[Any]:
    """The newest first. Columns: id, title, asked_at, status, size as `file_id`."""
    columns = (ReportRequest.id, SealedFile.title, ReportRequest.asked_at, SealedFile.status)
    sealed = (SealedFile.kind == KIND) & (SealedFile.subject_id == ReportRequest.id)
    mine = select(*columns).join(SealedFile, sealed).where(ReportRequest.asked_by_id == viewer.user_id)
    return db.session.execute(mine.order_by(ReportRequest.id.desc()).limit(LATEST)).all()


def filters_of(asked: ReportRequest) -> ReportFilters:
    """As they were asked of the completion report."""
    kept: dict[str, Any] = dict(asked.terms)
    del kept["line_only"]
    for name in ("since", "until", "as_of"):
        kept[name] = dt.date.fromisoformat(kept[name]) if kept.get(name) else None
    for name in ("courses", "departments", "roles", "locations"):
        kept[name] = tuple(kept[name])
    return ReportFilters(**kept)
