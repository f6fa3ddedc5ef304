"""Asking for a file, calling it off, asking again, taking it away, throwing it away (REP-5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from lmsapp.evidence.audit.actions import record_change
from lmsapp.evidence.retention.reviews.models import FileGoing
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.files import forget_halves
from lmsapp.infra.queue import ring
from lmsapp.infra.words import N_, NotAllowed
from lmsapp.insight.reports.reach import Reach, seen_as
from lmsapp.insight.reports.report import Report
from lmsapp.insight.reports.runs.models import ReportRun
from lmsapp.insight.reports.runs.queries import KEPT_DAYS, file_of
from lmsapp.insight.reports.runs.rules import OPEN, Form, RunState, digest_of, kept_terms
from lmsapp.insight.reports.windows import AS_OF
from lmsapp.outreach.notices.actions import forget_attachment
from lmsapp.people.settings.queries import setting
from lmsapp.people.viewer import Viewer

RUN_REPORT_JOB = "report file"
KIND = "report_run"
NOT_YOURS = N_("You may not see this report.")
AT_ONCE = 200


def ask_run(report: Report, typed: Mapping[str, Sequence[str]], form: Form, reach: Reach, *, by: Viewer) -> ReportRun:
    """The worker makes it. The same asked for while it is being made: the row that is there. Raises NotAllowed."""
    seen = seen_as(by, report, reach)
    if seen is None:
        raise NotAllowed(NOT_YOURS)
    terms = kept_terms([*(field.name for field in report.fields), *((AS_OF,) if report.past else ())], typed)
    same = digest_of(report.key, form, reach, by.language, terms)
    facts = {"report": report.key, "terms": terms, "reach": reach.value, "heads": list(seen.heads), "form": form.value}
    row = {"same": same, "language": by.language, "asked_by_id": by.user_id, "asked_by_name": by.name}
    promise = insert(ReportRun).values(**facts, **row).on_conflict_do_nothing().returning(ReportRun)
    run = db.session.scalars(promise).one_or_none()
    if run is None:
        mine = (ReportRun.asked_by_id == by.user_id, ReportRun.same == same, ReportRun.schedule_id.is_(None))
        return db.session.scalars(select(ReportRun).where(*mine, ReportRun.state.in_(OPEN))).one()
    record_change("report asked for", (KIND, run.id), by=by, after=facts)
    ring(RUN_REPORT_JOB, run.id, urgent=True)
    return run


def cancel_run(run: ReportRun, *, by: Viewer) -> None:
    """Not any more; a worker that is at it stops at its next word about the progress."""
    db.session.refresh(run, ["state"], with_for_update=True)
    if run.state not in OPEN:
        return
    run.state, run.lease_until, run.finished_at = RunState.CANCELLED, None, clock.now()
    record_change("report called off", (KIND, run.id), by=by, after=facts_of(run))


def ask_again(run: ReportRun, report: Report, *, by: Viewer) -> ReportRun:
    """The same once more, as things stand now: what failed or was called off goes on in its row, else a new one.

    Raises NotAllowed.
    """
    db.session.refresh(run, ["state"], with_for_update=True)
    if run.schedule_id is None or run.state not in (RunState.FAILED, RunState.CANCELLED, RunState.SKIPPED):
        return ask_run(report, run.terms, Form(run.form), Reach(run.reach or Reach.EVERYBODY), by=by)
    try_again(run, by=by)
    return run


def try_again(run: ReportRun, *, by: Viewer) -> None:
    """What a schedule owes to somebody and could not be made."""
    run.state, run.tries, run.error, run.finished_at = RunState.WAITING, 0, None, None
    record_change("report asked for again", (KIND, run.id), by=by, after=facts_of(run))
    ring(RUN_REPORT_JOB, run.id)


def note_taken(run: ReportRun, *, by: Viewer, part: str = "") -> None:
    """Somebody takes the list out of the house (EVD-3). `part`: of which bytes, where it was not all."""
    more = {"part": part} if part else {}
    record_change("downloaded", (KIND, run.id), by=by, after={**facts_of(run), "sha256": run.sha256, **more})


def throw_away(run: ReportRun, *, by: Viewer | None) -> None:
    """The file goes, the row stays. `by` None: its days are over. Its bytes go once nobody else names them."""
    kept = file_of(run)
    if kept is None:
        return
    forget_attachment(kept)
    run.file_id = None
    db.session.flush()
    db.session.delete(kept)
    db.session.execute(insert(FileGoing).values(sha256=kept.sha256).on_conflict_do_nothing())
    record_change("report thrown away", (KIND, run.id), by=by, after={**facts_of(run), "size": run.size})


def throw_away_old() -> None:
    """What was kept for its days; and halves of files that nobody is writing any more."""
    forget_halves()
    until = clock.now() - dt.timedelta(days=setting(KEPT_DAYS))
    old = select(ReportRun).where(ReportRun.file_id.is_not(None), ReportRun.finished_at < until)
    for run in db.session.scalars(old.order_by(ReportRun.id).limit(AT_ONCE).with_for_update(skip_locked=True)):
        throw_away(run, by=None)


def facts_of(run: ReportRun) -> dict[str, Any]:
    """For the trail."""
    found = {"report": run.report, "terms": run.terms, "reach": run.reach, "form": run.form, "rows": run.rows}
    return {name: value for name, value in found.items() if value not in (None, "", {})}
