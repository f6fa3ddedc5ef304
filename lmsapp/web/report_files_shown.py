"""Files of reports as lists show them: those made in the background or sent, and signed PDFs, the newest first."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from lmsapp.insight.printed.queries import latest_reports
from lmsapp.insight.reports.catalogue import REPORTS
from lmsapp.insight.reports.runs.queries import latest_runs
from lmsapp.people.viewer import Viewer
from lmsapp.web.report_words import FORMS, STATES


@dataclass(frozen=True, slots=True)
class FileLine:
    """`key`: of the row on the page. `look`, `status`: its badge and the word on it. `rows` None: not known."""

    key: str
    href: str
    title: str
    note: str
    asked_at: dt.datetime
    rows: int | None
    look: str
    status: str


def latest_files(viewer: Viewer, most: int) -> list[FileLine]:
    """Of everything one asked for or was sent, at most so many."""
    runs = [_of_run(one) for one in latest_runs(viewer, most)]
    prints = [_of_print(one) for one in latest_reports(viewer, most)]
    return sorted(runs + prints, key=lambda one: (one.asked_at, one.key), reverse=True)[:most]


def _of_run(one: Any) -> FileLine:
    report = REPORTS.get(one.report)
    look, status = STATES[one.state]
    if one.state == "ready" and not one.file_id:
        look, status = "archived", _("No rows") if one.rows == 0 else _("Thrown away")
    return FileLine(
        key=f"file-{one.id}",
        href=url_for("account.report_run", report_run_id=one.id),
        title=one.schedule or (_(report.title) if report else one.report),
        note=FORMS[one.form] + (" · " + _("sent regularly") if one.schedule else ""),
        asked_at=one.asked_at,
        rows=one.rows,
        look=look,
        status=str(status),
    )


def _of_print(one: Any) -> FileLine:
    look, status = STATES[one.status]
    return FileLine(
        key=f"print-{one.id}",
        href=url_for("account.report", report_id=one.id),
        title=one.title,
        note=_("PDF, signed"),
        asked_at=one.asked_at,
        rows=None,
        look=look,
        status=str(status),
    )
