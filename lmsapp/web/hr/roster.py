"""The roster in steps: upload, match columns, dry run, apply. Plain forms; nothing changes before Apply (ORG-5)."""

from __future__ import annotations

import io
from typing import Any

from flask import Response, g, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.evidence.audit.actions import note_reading
from lmsapp.people.roster.actions import apply_run, discard_run, keep_roster, match_columns, plan_run, table_of
from lmsapp.people.roster.columns import Matching
from lmsapp.people.roster.queries import roster_run, roster_runs
from lmsapp.web.dates import zone_name
from lmsapp.web.hr.roster_forms import ApplyForm, UploadForm, chosen, matching_form
from lmsapp.web.hr.roster_words import column_words, problems_csv, said
from lmsapp.web.hr.wing import bp
from lmsapp.web.render import get_or_404, page, to

SHOWN = 50


@bp.get("/roster")
def roster() -> ResponseReturnValue:
    """Step 1, and the files so far."""
    return _upload_page(UploadForm(formdata=None))


@bp.post("/roster")
def create_roster() -> ResponseReturnValue:
    """Keep the file, whatever comes of it."""
    form = UploadForm()
    if form.validate():
        with form.rule_errors():
            run = keep_roster(form.file.data.read(), form.file.data.filename, g.viewer)
            return to(url_for("hr.roster_columns", run_id=run.id))
    return _upload_page(form)


@bp.get("/roster/<int:run_id>/columns")
def roster_columns(run_id: int) -> ResponseReturnValue:
    """Step 2: what the headings seem to say, to be corrected."""
    run = get_or_404(roster_run(g.viewer, run_id))
    if run.status != "planned":
        return redirect(url_for("hr.roster_plan", run_id=run_id))
    table = table_of(run)
    return _columns_page(run, table, matching_form(table, Matching.from_json(run.mapping), formdata=None))


@bp.post("/roster/<int:run_id>/columns")
def choose_columns(run_id: int) -> ResponseReturnValue:
    """Keep the matching and go on."""
    run = get_or_404(roster_run(g.viewer, run_id))
    table = table_of(run)
    form = matching_form(table, Matching.from_json(run.mapping))
    if form.validate():
        with form.rule_errors():
            match_columns(run, chosen(form), g.viewer)
            return to(url_for("hr.roster_plan", run_id=run_id))
    return _columns_page(run, table, form)


@bp.get("/roster/<int:run_id>")
def roster_plan(run_id: int) -> ResponseReturnValue:
    """Step 3, the dry run; afterwards what came of it."""
    run = get_or_404(roster_run(g.viewer, run_id))
    if run.status != "planned":
        return page("hr/roster/done.html", run=run, said=said(run.counts))
    if not run.counts:
        return redirect(url_for("hr.roster_columns", run_id=run_id))
    return _plan_page(run, ApplyForm(formdata=None))


@bp.post("/roster/<int:run_id>/application")
def apply_roster(run_id: int) -> ResponseReturnValue:
    """Everything in the file, or nothing."""
    run = get_or_404(roster_run(g.viewer, run_id))
    form = ApplyForm()
    if form.validate():
        with form.rule_errors():
            plan = apply_run(run, g.viewer, zone=zone_name(), seen=form.seen.data, leavers_typed=form.leavers.data)
            return to(url_for("hr.roster_plan", run_id=run_id), said=said(plan.counts))
    if run.status != "planned":
        return redirect(url_for("hr.roster_plan", run_id=run_id))
    return _plan_page(run, form)


@bp.post("/roster/<int:run_id>/discarded")
def discard_roster(run_id: int) -> ResponseReturnValue:
    """Not this one."""
    discard_run(get_or_404(roster_run(g.viewer, run_id)), g.viewer)
    return to(url_for("hr.roster"), said=_("The file was set aside. Nothing was changed."))


@bp.get("/roster/<int:run_id>/problems.csv")
def roster_problems(run_id: int) -> ResponseReturnValue:
    """Every line that cannot be used, for whoever mends the file."""
    run = get_or_404(roster_run(g.viewer, run_id))
    note_reading("roster problems", g.viewer, filters={"file": run.file_name, "roster_run": run.id})
    data = problems_csv(plan_run(run).problems)
    return send_file(io.BytesIO(data), "text/csv", as_attachment=True, download_name=f"problems-{run.id}.csv")


def _upload_page(form: UploadForm) -> Response:
    status = 422 if form.errors else 200
    return page("hr/roster/upload.html", status=status, form=form, runs=roster_runs(g.viewer), said=said)


def _columns_page(run: Any, table: Any, form: Any) -> Response:
    return page("hr/roster/columns.html", status=422 if form.errors else 200, run=run, table=table, form=form)


def _plan_page(run: Any, form: ApplyForm) -> Response:
    plan = plan_run(run)
    form.seen.data = plan.fingerprint
    status = 422 if form.errors else 200
    context = {"plan": plan, "shown": SHOWN, "column_words": column_words, "show_all": "all" in request.args}
    return page("hr/roster/plan.html", status=status, run=run, form=form, **context)
