"""Enrolling and assigning from a file: template, dry run, apply, what came of each line (ENR-6)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import xlsxwriter
from flask import Response, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_wtf.file import FileField, FileRequired

from lmsapp.assignments.bulk.actions import EXCEL, ask_application, discard_run, keep_file, try_again
from lmsapp.assignments.bulk.queries import all_lines, latest_runs, lines_of, run_for
from lmsapp.evidence.audit.actions import note_reading
from lmsapp.insight.sheets import BOM, guard, lines
from lmsapp.people.roles import May
from lmsapp.web.dates import tr
from lmsapp.web.forms import Form
from lmsapp.web.gates import needs
from lmsapp.web.lists import csv_response, page_url
from lmsapp.web.render import answer, get_or_404, page, to
from lmsapp.web.studio.wing import bp

TEMPLATE = ("Employee number", "E-mail", "Course", "Due date", "Note")
KINDS: dict[str, Any] = {
    "problem": __("To put right"),
    "assign": __("Will be assigned"),
    "enroll": __("Will be enrolled"),
    "same": __("Nothing to do"),
}
OUTCOMES: dict[str, Any] = {
    "assigned": __("Assigned"),
    "enrolled": __("Enrolled"),
    "same": __("Nothing to do"),
    "problem": __("Left out"),
}


class FileForm(Form):
    """The file."""

    file = FileField(__("File"), [FileRequired(__("Choose a file."))])


@bp.get("/bulk")
@needs(May.MODERATE)
def bulk() -> ResponseReturnValue:
    """Template, upload, and the latest files."""
    return _upload_page(FileForm(formdata=None))


@bp.post("/bulk")
@needs(May.MODERATE)
def create_bulk() -> ResponseReturnValue:
    """Keep the file; the worker tries it."""
    form = FileForm()
    if form.validate():
        with form.rule_errors():
            run = keep_file(form.file.data.stream, form.file.data.filename or "", g.viewer)
            return to(url_for("studio.bulk_run", bulk_id=run.id))
    return _upload_page(form)


@bp.get("/bulk/template.csv")
@needs(May.MODERATE)
def bulk_template() -> ResponseReturnValue:
    """The columns, nothing else."""
    return csv_response(iter([BOM + lines([TEMPLATE])]), "enrollments-template.csv")


@bp.get("/bulk/template.xlsx")
@needs(May.MODERATE)
def bulk_template_book() -> ResponseReturnValue:
    """The same as a workbook, due dates formatted as dates."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
        for column, word in enumerate(TEMPLATE):
            sheet.write_string(0, column, word, bold)
        sheet.set_column(3, 3, 14, book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.set_column(0, 2, 24)
        sheet.freeze_panes(1, 0)
    headers = {"Content-Disposition": 'attachment; filename="enrollments-template.xlsx"'}
    return Response(out.getvalue(), content_type=EXCEL, headers=headers)


@bp.get("/bulk/<int:bulk_id>")
@needs(May.MODERATE)
def bulk_run(bulk_id: int) -> ResponseReturnValue:
    """Work in progress, then the dry run, then what came of it."""
    return _run_page(get_or_404(run_for(g.viewer, bulk_id)))


@bp.get("/bulk/<int:bulk_id>/progress")
@needs(May.MODERATE)
def bulk_progress(bulk_id: int) -> ResponseReturnValue:
    """The fragment while it works; then the page."""
    run = get_or_404(run_for(g.viewer, bulk_id))
    if run.state in ("waiting", "running"):
        return answer("studio/bulk/_job.html", whole="studio/bulk/run.html", **_context(run))
    return to(url_for("studio.bulk_run", bulk_id=bulk_id))


@bp.post("/bulk/<int:bulk_id>/application")
@needs(May.MODERATE)
def apply_bulk(bulk_id: int) -> ResponseReturnValue:
    """Now it happens."""
    run = get_or_404(run_for(g.viewer, bulk_id))
    form = Form()
    with form.rule_errors():
        ask_application(run, g.viewer)
    if form.broken is None:
        return to(url_for("studio.bulk_run", bulk_id=bulk_id))
    return _run_page(run, form)


@bp.post("/bulk/<int:bulk_id>/attempt")
@needs(May.MODERATE)
def retry_bulk(bulk_id: int) -> ResponseReturnValue:
    """Once more what failed."""
    try_again(get_or_404(run_for(g.viewer, bulk_id)), g.viewer)
    return to(url_for("studio.bulk_run", bulk_id=bulk_id))


@bp.post("/bulk/<int:bulk_id>/discarded")
@needs(May.MODERATE)
def discard_bulk(bulk_id: int) -> ResponseReturnValue:
    """Not this one."""
    discard_run(get_or_404(run_for(g.viewer, bulk_id)), g.viewer)
    return to(url_for("studio.bulk"), said=_("The file was set aside. Nothing was changed."))


@bp.get("/bulk/<int:bulk_id>/lines.csv")
@needs(May.MODERATE)
def bulk_lines(bulk_id: int) -> ResponseReturnValue:
    """What happens, or happened, line by line."""
    run = get_or_404(run_for(g.viewer, bulk_id))
    note_reading("enrollment file lines", g.viewer, filters={"file": run.file_name})
    return csv_response(_sheet(run), f"enrollments-{run.id}.csv")


def _sheet(run: Any) -> Iterator[str]:
    heads = [_("Line"), *(_(one) for one in ("Employee", "Name", "Course", "Due date")), _("Result"), _("Why")]
    yield BOM + lines([heads])
    for one in all_lines(run):
        said = str(OUTCOMES[one.outcome] if one.outcome else KINDS[one.kind])
        words = tr(one.words, **one.values) if one.words else ""
        cells = [one.who, one.name, one.course, str(one.due_on or ""), said, words]
        yield lines([[one.line, *(guard(cell) for cell in cells)]])


def _upload_page(form: FileForm) -> Response:
    status = 422 if form.errors else 200
    return page("studio/bulk/upload.html", status=status, form=form, runs=latest_runs(g.viewer))


def _run_page(run: Any, form: Form | None = None) -> Response:
    return page("studio/bulk/run.html", status=422 if form and form.errors else 200, **_context(run), form=form)


def _context(run: Any) -> dict[str, Any]:
    asked = request.args.get("show", "")
    applied = run.status == "applied"
    present = {kind: run.counts.get(kind, 0) for kind in KINDS}
    kind = asked if not applied and asked in KINDS else ""
    tabs = [{"label": _("All"), "href": url_for("studio.bulk_run", bulk_id=run.id), "current": not kind}]
    if not applied:
        tabs += [
            {"label": word, "href": url_for("studio.bulk_run", bulk_id=run.id, show=one), "count": present[one],
             "current": one == kind}
            for one, word in KINDS.items()
            if present[one]
        ]  # fmt: skip
    found = lines_of(run, kind, min(max(request.args.get("page", 1, type=int), 1), 100_000))
    return {
        "run": run,
        "found": found,
        "tabs": tabs,
        "kinds": KINDS,
        "outcomes": OUTCOMES,
        "changes": present["assign"] + present["enroll"],
        "percent": min(99, 100 * run.done // run.total) if run.total else None,
        "page_url": page_url,
    }
