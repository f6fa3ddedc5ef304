"""Files of reports through the viewer: one's own, and only while one may have such a report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from slugify import slugify
from sqlalchemy import select

from lmsapp.infra.db import db, one_or_none
from lmsapp.infra.files import StoredFile
from lmsapp.insight.reports.catalogue import REPORTS
from lmsapp.insight.reports.reach import Reach, seen_as
from lmsapp.insight.reports.runs.models import ReportRun
from lmsapp.insight.reports.schedules.models import ReportSchedule
from lmsapp.people.settings.queries import setting
from lmsapp.people.viewer import Viewer

LATEST = 20
KEPT_DAYS = "report_days"


def run_for(viewer: Viewer, run_id: int) -> ReportRun | None:
    """One's own."""
    return one_or_none(select(ReportRun).where(ReportRun.id == run_id, ReportRun.asked_by_id == viewer.user_id))


def latest_runs(viewer: Viewer, limit: int = LATEST) -> Sequence[Any]:
    """Of those one got, the newest first. Columns of ReportRun and `schedule`, the name of the one that sent it."""
    columns = (
        ReportRun.id, ReportRun.report, ReportRun.form, ReportRun.state, ReportRun.rows, ReportRun.size,
        ReportRun.asked_at, ReportRun.file_id, ReportSchedule.name.label("schedule"),
    )  # fmt: skip
    mine = select(*columns).outerjoin(ReportSchedule, ReportSchedule.id == ReportRun.schedule_id)
    mine = mine.where(ReportRun.asked_by_id == viewer.user_id)
    return db.session.execute(mine.order_by(ReportRun.id.desc()).limit(limit)).all()


def is_theirs_today(viewer: Viewer, run: ReportRun) -> bool:
    """Who lost the right to such a report, or one of the departments in it, does not get the old files either."""
    report = REPORTS.get(run.report)
    if report is None or not run.reach:
        return report is not None
    seen = seen_as(viewer, report, Reach(run.reach))
    return seen is not None and set(run.heads) <= set(seen.heads)


def file_of(run: ReportRun) -> StoredFile | None:
    """What can be taken away."""
    return db.session.get(StoredFile, run.file_id) if run.file_id else None


def kept_until(run: ReportRun) -> dt.datetime | None:
    """When its file goes."""
    return run.finished_at + dt.timedelta(days=setting(KEPT_DAYS)) if run.finished_at else None


def file_name_of(run: ReportRun) -> str:
    """What it is called when it is taken away, in the language of the moment: 'completion-report-2026-11-02-17.csv'."""
    report = REPORTS.get(run.report)
    words = slugify(gettext(report.title) if report else run.report, max_length=60) or "report"
    return f"{words}-{run.asked_at:%Y-%m-%d}-{run.id}.{run.form}"
