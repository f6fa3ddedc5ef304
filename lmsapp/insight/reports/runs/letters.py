"""Telling readers that their file is there, why there is none, or that it could not be made (REP-4, REP-5)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_babel import force_locale, gettext

from lmsapp.infra.claims import why
from lmsapp.infra.db import db
from lmsapp.infra.files import StoredFile
from lmsapp.insight.reports.catalogue import REPORTS
from lmsapp.insight.reports.runs.actions import KIND
from lmsapp.insight.reports.runs.events import RunFailed, RunReady
from lmsapp.insight.reports.runs.models import ReportRun
from lmsapp.insight.reports.runs.queries import KEPT_DAYS, file_of
from lmsapp.insight.reports.schedules.models import ReportSchedule
from lmsapp.outreach.notices.actions import notice_row, write_letters
from lmsapp.outreach.notices.recipient import recipient_for
from lmsapp.people.accounts.models import User
from lmsapp.people.queries import viewer_now
from lmsapp.people.roles import May
from lmsapp.people.settings.queries import setting

READY, FAILED, SENT = "report_ready", "report_failed", "report_sent"
ATTACHED_MB = "report_attached_mb"
QUICK = dt.timedelta(minutes=1)  # whoever waited no longer saw it at the page: no letter besides


def tell_of_run(event: RunReady) -> None:
    """Who asked is told in the product, by letter where it took longer; who gets it by schedule by letter too, with the
    file where the settings say so and it is small. An empty one comes as a word why."""
    run = event.run
    schedule = db.session.get(ReportSchedule, run.schedule_id) if run.schedule_id else None
    values = {"title": _title(run), "rows": run.rows or 0, "why": run.why_empty, "days": setting(KEPT_DAYS)}
    if schedule is not None:
        values |= {"title": schedule.name, "report": _title(run), "reach": run.reach}
        _tell(run, SENT, run.asked_by_id, values, ("email", "in_app"), attachment=_small(run))
        return
    slow = run.finished_at is not None and run.finished_at - run.asked_at > QUICK
    _tell(run, READY, run.asked_by_id, values, ("email", "in_app") if slow else ("in_app",))


def tell_of_failed_run(event: RunFailed) -> None:
    """Who asked; of a schedule whoever made it, once a turn: readers are told when it is there."""
    run = event.run
    values = {"title": _title(run), **why(run)}
    schedule = db.session.get(ReportSchedule, run.schedule_id) if run.schedule_id else None
    if schedule is None:
        _tell(run, FAILED, run.asked_by_id, values, ("email", "in_app"))
        return
    values["title"] = schedule.name
    link = f"/{_wing(schedule.made_by_id)}/reports/schedules/{schedule.id}"
    key = f"{FAILED}/schedule/{schedule.id}/{run.period}"
    _tell(run, FAILED, schedule.made_by_id, values, ("email", "in_app"), link=link, key=key)


def _tell(
    run: ReportRun,
    template: str,
    user_id: int,
    values: dict[str, Any],
    channels: tuple[str, ...],
    *,
    link: str = "",
    key: str = "",
    attachment: StoredFile | None = None,
) -> None:
    user = db.session.get_one(User, user_id)
    moment = run.finished_at.isoformat() if run.finished_at else run.tries
    write_letters(
        [
            notice_row(
                key=f"{key or f'{template}/{run.id}/{moment}'}/{channel}",
                channel=channel,
                template=template,
                to=recipient_for(user),
                values=values,
                link=link or f"/account/reports/files/{run.id}",
                about=(KIND, run.id),
                attachment=attachment if channel == "email" else None,
            )
            for channel in channels
            if user.active
        ]
    )


def _wing(user_id: int) -> str:
    """Where whoever made a schedule finds it."""
    viewer = viewer_now(user_id)
    if viewer is None or viewer.may(May.KEEP_RECORDS):
        return "hr"
    return "admin" if viewer.may(May.AUDIT) else "team"


def _title(run: ReportRun) -> str:
    report = REPORTS.get(run.report)
    with force_locale(run.language):
        return gettext(report.title) if report else run.report


def _small(run: ReportRun) -> StoredFile | None:
    return file_of(run) if 0 < run.size <= setting(ATTACHED_MB) * 1_000_000 else None
