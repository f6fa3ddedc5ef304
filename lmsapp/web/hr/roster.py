"""The roster in steps: upload, match columns, dry run, apply. Plain forms; the worker reads and applies (ORG-5).

No view here opens the file: what a page shows was kept by the worker.
"""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, g, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.infra import clock
from lmsapp.people.roster.actions import (
    ask_application,
    discard_run,
    keep_roster,
    match_columns,
    note_file_opened,
    try_again,
)
from lmsapp.people.roster.columns import Matching
from lmsapp.people.roster.queries import columns_source, file_of, roster_run, roster_runs
from lmsapp.web.dates import zone_name
from lmsapp.web.hr.roster_forms import ApplyForm, UploadForm, chosen, matching_form
from lmsapp.web.hr.roster_lines import lines_context
from lmsapp.web.hr.roster_words import said, step_words
from lmsapp.web.hr.wing import bp
from lmsapp.web.render import answer, get_or_404, page, to, wants_fragment
from lmsapp.web.sending import send_stored

LATEST = 8
QUICK_S = 12  # within so many seconds the page asks again after less than half a second


@bp.get("/roster")
def roster() -> ResponseReturnValue:
    """Step 1, and the latest files."""
    return _upload_page(UploadForm(formdata=None))


@bp.post("/roster")
def create_roster() -> ResponseReturnValue:
    """Keep the file; the worker reads it."""
    form = UploadForm()
    if form.validate():
        before = str(form.after.data or "")
        after = roster_run(g.viewer, int(before)) if before.isdecimal() and len(before) < 10 else None
        with form.rule_errors():
            run = keep_roster(form.file.data.stream, form.file.data.filename or "", g.viewer, after=after)
            return to(url_for("hr.roster_plan", run_id=run.id))
    return _upload_page(form)


@bp.get("/roster/<int:run_id>/columns")
def roster_columns(run_id: int) -> ResponseReturnValue:
    """Step 2: what the headings seem to say, to be corrected."""
    run = get_or_404(roster_run(g.viewer, run_id))
    if run.status != "planned" or run.state in ("waiting", "running") or not run.header:
        return redirect(url_for("hr.roster_plan", run_id=run_id))
    return _columns_page(run, matching_form(run, Matching.from_json(run.mapping), formdata=None))


@bp.post("/roster/<int:run_id>/columns")
def choose_columns(run_id: int) -> ResponseReturnValue:
    """Keep the matching and ask for the dry run."""
    run = get_or_404(roster_run(g.viewer, run_id))
    if not run.header:
        return to(url_for("hr.roster_plan", run_id=run_id))
    form = matching_form(run, Matching.from_json(run.mapping))
    if form.validate():
        with form.rule_errors():
            match_columns(run, chosen(form), g.viewer)
            return to(url_for("hr.roster_plan", run_id=run_id))
    return _columns_page(run, form)


@bp.get("/roster/<int:run_id>")
def roster_plan(run_id: int) -> ResponseReturnValue:
    """Work in progress, then the dry run, then what came of it."""
    run = get_or_404(roster_run(g.viewer, run_id))
    if run.status == "planned" and run.state == "ready" and not run.fingerprint:
        return to(url_for("hr.roster_columns", run_id=run_id))
    return _run_page(run, ApplyForm(formdata=None))


@bp.get("/roster/<int:run_id>/progress")
def roster_progress(run_id: int) -> ResponseReturnValue:
    """The fragment with its states; once there is something to see, the page itself."""
    run = get_or_404(roster_run(g.viewer, run_id))
    if run.state in ("waiting", "running") or (run.state == "failed" and wants_fragment()):
        return answer("hr/roster/_job.html", whole="hr/roster/working.html", **_job(run))
    return to(url_for("hr.roster_plan", run_id=run_id))


@bp.post("/roster/<int:run_id>/application")
def apply_roster(run_id: int) -> ResponseReturnValue:
    """Everything in the file, or nothing: asked for here, done by the worker."""
    run = get_or_404(roster_run(g.viewer, run_id))
    form = ApplyForm()
    if run.status != "planned" or run.state in ("waiting", "running"):
        return to(url_for("hr.roster_plan", run_id=run_id))
    if form.validate():
        with form.rule_errors():
            ask_application(run, g.viewer, zone=zone_name(), seen=form.seen.data or "", typed=form.leavers.data)
            return to(url_for("hr.roster_plan", run_id=run_id))
    return _run_page(run, form)


@bp.post("/roster/<int:run_id>/attempt")
def retry_roster(run_id: int) -> ResponseReturnValue:
    """Once more what failed."""
    run = get_or_404(roster_run(g.viewer, run_id))
    if run.state == "failed":
        try_again(run, g.viewer)
    return to(url_for("hr.roster_plan", run_id=run_id))


@bp.post("/roster/<int:run_id>/discarded")
def discard_roster(run_id: int) -> ResponseReturnValue:
    """Not this one."""
    discard_run(get_or_404(roster_run(g.viewer, run_id)), g.viewer)
    return to(url_for("hr.roster"), said=_("The file was set aside. Nothing was changed."))


@bp.get("/roster/<int:run_id>/file")
def roster_file(run_id: int) -> ResponseReturnValue:
    """The file as it came, as an attachment; that somebody took it is on the trail."""
    run = get_or_404(roster_run(g.viewer, run_id))
    found = file_of(run)
    response = send_stored(found.sha256, name=found.name, media_type=found.media_type)
    note_file_opened(run, g.viewer)
    return response


def _upload_page(form: UploadForm) -> Response:
    status = 422 if form.errors else 200
    runs = roster_runs(g.viewer, size=LATEST)
    waiting = [run for run in runs.rows if run.source == "folder" and run.status == "planned" and run.error]
    folder = bool(current_app.config["ROSTER_FOLDER"])
    return page("hr/roster/upload.html", status=status, form=form, runs=runs, waiting=waiting, told=said, folder=folder)


def _columns_page(run: Any, form: Any) -> Response:
    context = {"run": run, "form": form, "source": columns_source(run)}
    return page("hr/roster/columns.html", status=422 if form.errors else 200, **context)


def _run_page(run: Any, form: ApplyForm) -> Response:
    if run.state != "ready":
        return page("hr/roster/working.html", **_job(run))
    if run.status in ("discarded", "refused"):
        return page("hr/roster/aside.html", run=run, form=UploadForm(formdata=None))
    form.seen.data = run.fingerprint
    form.leavers.flags.optional = False  # asked for only where it has to be typed
    context = {**lines_context(run), "form": form, "source": columns_source(run), "outcome": said(run.counts)}
    template = "hr/roster/done.html" if run.status == "applied" else "hr/roster/plan.html"
    whole = answer("hr/roster/_lines.html", whole=template, **context)
    return page(template, status=422, **context) if form.errors else whole


def _job(run: Any) -> dict[str, Any]:
    quick = (clock.now() - run.asked_at).total_seconds() < QUICK_S
    percent = min(99, 100 * run.done // run.total) if run.total else None
    return {"run": run, "every": "400ms" if quick else "2s", "percent": percent, "words": step_words(run)}
