"""The worker's part: asking as the reader what they may see now, writing the file, keeping it (REP-4, REP-5).

Rows go from the database into a file without a name, so that a million need no more memory than a thousand and a
worker that is killed leaves nothing behind; the file gets its place when it is whole, in the transaction that says so.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any

from babel.dates import format_date
from flask import current_app
from flask_babel import force_locale, get_locale, gettext

from lmsapp.infra import clock, files, site
from lmsapp.infra.claims import Claim, mark_failed, sweep, work
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.events import emit
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.insight.printed.report_document import report_pdf
from lmsapp.insight.reports.asked import LabelsOf, asking_of, count_rows, past_of
from lmsapp.insight.reports.catalogue import REPORTS
from lmsapp.insight.reports.reach import Reach, SeenAs
from lmsapp.insight.reports.report import Report
from lmsapp.insight.reports.runs.actions import RUN_REPORT_JOB, throw_away_old
from lmsapp.insight.reports.runs.events import RunFailed, RunReady
from lmsapp.insight.reports.runs.models import ReportRun
from lmsapp.insight.reports.runs.queries import file_name_of
from lmsapp.insight.reports.runs.rules import MEDIA, Form, RunState, check_size
from lmsapp.insight.reports.said import heads_of
from lmsapp.insight.reports.schedules.recipients import seen_by
from lmsapp.insight.sheets import csv_pieces, xlsx_file
from lmsapp.people.queries import viewer_now

MOST_TRIES = 3
OUR_ERROR = N_("Something went wrong on our side. Nothing is lost; try again, or tell your administrator.")
WORKER_LOST = N_("The worker stopped several times while working on this. Try again.")
NO_RIGHT = N_("May not see this report any more.")
GONE = N_("This report does not exist any more.")


@dataclass(frozen=True, slots=True)
class Made:
    """`file` None: there were no rows, and `why` says why."""

    seen: SeenAs
    rows: int
    file: IO[bytes] | None = None
    why: str = ""


def work_on_run(run_id: int, labels: LabelsOf) -> bool:
    """Make it, unless another worker does already. Never raises; a failure is noted on the row, and told."""
    return work(ReportRun, run_id, lambda claim: _work(claim, labels), our_error=OUR_ERROR, note=_note)


def sweep_runs() -> None:
    """Free the claims of dead workers, ring again for what waits, let go of what was kept long enough."""
    for run in sweep(ReportRun, RUN_REPORT_JOB, most_tries=MOST_TRIES, lost=WORKER_LOST):
        run.finished_at = clock.now()
        emit(RunFailed(run))
    throw_away_old()


def _work(claim: Claim[ReportRun], labels: LabelsOf) -> None:
    with unit_of_work():
        run = db.session.get_one(ReportRun, claim.run_id, populate_existing=True)
        report, seen = _asked(run)
        with force_locale(run.language):
            made = _make(run, report, seen, labels, claim)
            _keep(claim, made)


def _asked(run: ReportRun) -> tuple[Report, SeenAs]:
    """As whom it is asked now. Raises RuleBroken."""
    report, viewer = REPORTS.get(run.report), viewer_now(run.asked_by_id)
    if report is None:
        raise RuleBroken(GONE)
    seen = seen_by(viewer, report, Reach(run.reach) if run.reach else None) if viewer else None
    if seen is None:
        raise RuleBroken(NO_RIGHT)
    return report, seen


def _make(run: ReportRun, report: Report, seen: SeenAs, labels: LabelsOf, claim: Claim[ReportRun]) -> Made:
    asking, form, past = asking_of(report, seen, run.terms, labels), Form(run.form), past_of(report, run.terms)
    above = _above(past.day)
    with past.reading():
        total = count_rows(report, asking)
        if not total:
            return Made(seen, 0, why=report.why_empty(asking))
        check_size(form, total, 1 + bool(above))
        claim(0, total)
        heads, rows, title = heads_of(report), report.rows(asking), gettext(report.title)

        written = [total]

        def told(done: int) -> None:
            written[0] = done
            claim(min(done, total), total)

        if form is Form.CSV:
            file = _csv(heads, rows, above, told)
            return Made(seen, written[0], file)
        if form is Form.XLSX:
            file = xlsx_file(heads, rows, title, first_line=above, told=told)
            return Made(seen, written[0], file)
    drawn = report_pdf(report, asking, asked_by=run.asked_by_name, asked_at=clock.now(), language=run.language)
    return Made(seen, total, BytesIO(drawn))


def _csv(heads: Sequence[str], rows: Any, above: str, told: Callable[[int], object]) -> IO[bytes]:
    out = tempfile.TemporaryFile(dir=current_app.config["DATA_DIR"])  # noqa: SIM115 - closed by whoever keeps it
    try:
        for piece in csv_pieces(heads, rows, first_line=above, told=told):
            out.write(piece)
    except BaseException:
        out.close()
        raise
    out.seek(0)
    return out


def _above(day: dt.date | None) -> str:
    """What a file of a past day says above its head, as the page does (`web.as_of`)."""
    if day is None:
        return ""
    language = str(get_locale() or "en")
    said = format_date(day, "d MMMM y" if language == "en" else "long", locale=language)
    return gettext("As it was on %(day)s, end of day (%(zone)s)", day=said, zone=site.time_zone())


def _keep(claim: Claim[ReportRun], made: Made) -> None:
    run = claim.run()
    run.rows, run.why_empty = made.rows, made.why
    run.reach, run.heads = made.seen.reach.value, list(made.seen.heads)
    if made.file is not None:
        with made.file:
            kept = files.store(made.file, name=file_name_of(run), media_type=MEDIA[Form(run.form)])
        run.file_id, run.sha256, run.size = kept.id, kept.sha256, kept.size
    run.done = run.total = made.rows
    run.state, run.lease_until, run.finished_at, run.error = RunState.READY, None, clock.now(), None
    db.session.flush()
    emit(RunReady(run))


def _note(run: ReportRun, broken: RuleBroken) -> None:
    mark_failed(run, broken)
    run.finished_at = clock.now()
    if run.schedule_id is not None and broken.message == NO_RIGHT:
        run.state = RunState.SKIPPED
        return
    emit(RunFailed(run))
