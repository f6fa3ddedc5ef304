"""The page 'Reports', and one page for any report: its filters, first rows and files (REP-1, REP-5)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Response, current_app, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __

from lmsapp.evidence.audit.actions import note_reading
from lmsapp.infra.past.reading import pieces_as_of
from lmsapp.insight.printed.actions import ask_print
from lmsapp.insight.printed.report_document import chosen_words
from lmsapp.insight.reports.asked import First, asking_of, first_rows
from lmsapp.insight.reports.catalogue import REPORTS, reports_for
from lmsapp.insight.reports.reach import Reach, SeenAs
from lmsapp.insight.reports.report import Asking, Report
from lmsapp.insight.reports.runs.actions import ask_run
from lmsapp.insight.reports.runs.rules import MEDIA, Form, waits_at_the_page
from lmsapp.insight.reports.said import heads_of, notes_of
from lmsapp.insight.reports.schedules.queries import may_address_others, schedules_of, timing_of
from lmsapp.insight.reports.windows import AS_OF
from lmsapp.insight.sheets import csv_pieces, pieces_of, xlsx_file
from lmsapp.web.as_of import Asked, asked, past_context
from lmsapp.web.forms import NothingForm
from lmsapp.web.lists import csv_response
from lmsapp.web.render import answer, get_or_404, page, to
from lmsapp.web.report_fields import active, drawn, read_terms
from lmsapp.web.report_files_shown import latest_files
from lmsapp.web.report_labels import report_labels
from lmsapp.web.report_words import FORMS, readers_words, when_words

LATELY = 6
# Pages beside the reports of the catalogue: endpoint, title, what for. Shown where the wing has them.
BESIDE: tuple[tuple[str, Any, Any], ...] = (
    (
        "completion_report",
        __("Completion by department"),
        __("Shares, late training and average scores, department by department."),
    ),
    ("compliance_report", __("Compliance report"), __("How many people stand where, by compliance type.")),
)


def catalogue_page(wing: str, *, line_only: bool) -> Response:
    """What there is, what the viewer made lately, what is sent regularly."""
    schedules, seen = schedules_of(g.viewer, own=wing != "hr"), asked()
    return page(
        "reports/catalogue.html",
        wing=wing,
        reports=reports_for(g.viewer, line_only=line_only),
        beside=_beside(wing, seen),
        as_of=seen.day,
        runs=latest_files(g.viewer, LATELY),
        titles={key: one.title for key, one in REPORTS.items()},
        forms=FORMS,
        schedules=[(one, when_words(timing_of(one)), readers_words(one.readers, ())) for one in schedules],
        for_others=may_address_others(g.viewer),
        **past_context(seen),
    )


def rows_page(wing: str, report_key: str, *, line_only: bool) -> Response:
    """The first rows, how many there are, and every way to take them."""
    report, seen = _report(report_key, line_only=line_only), asked()
    typed = read_terms(report, request.args)
    asking = _asking(report, typed.terms, seen, line_only=line_only)
    with seen.reading():
        found = first_rows(report, asking)
        fields = drawn(report, asking)
        notes, chosen = notes_of(report, asking), chosen_words(report, asking)
    here = _query(typed.terms, seen)
    base = url_for(f"{wing}.report_rows", report_key=report.key)
    return answer(
        "reports/_rows.html",
        whole="reports/rows.html",
        report=report,
        wing=wing,
        base=base,
        found=found,
        fields=fields,
        notes=notes,
        chosen=chosen,
        now=seen.now,
        problem=typed.problem,
        active=active(typed.terms),
        scope=_("Your line") if line_only else _("Everybody"),
        clear=base + (f"?as_of={seen.day}" if seen.day else ""),
        files=_files(wing, report, found, here),
        schedule=url_for(f"{wing}.new_report_schedule") + here + ("&" if here else "?") + f"report={report.key}",
        **past_context(seen),
    )


def report_csv(_wing: str, report_key: str, *, line_only: bool) -> Response:
    """All rows, streamed."""
    report, seen = _report(report_key, line_only=line_only), asked()
    asking = _asking(report, read_terms(report, request.args).terms, seen, line_only=line_only)
    with seen.reading():  # departments below a chosen one are looked up while it is written
        statement = report.rows(asking)
    _note(report, asking, Form.CSV)
    pieces = csv_pieces(heads_of(report), statement, first_line=seen.first_line())
    return csv_response(pieces_as_of(seen.end, pieces), f"{seen.file_name(report.key)}.csv")


def report_xlsx(wing: str, report_key: str, *, line_only: bool) -> Response:
    """A workbook that is made while somebody waits; too many rows for that are left to the worker."""
    report, seen = _report(report_key, line_only=line_only), asked()
    terms = read_terms(report, request.args).terms
    asking = _asking(report, terms, seen, line_only=line_only)
    with seen.reading():
        found = first_rows(report, asking)
        if not waits_at_the_page(Form.XLSX, found.total, more=found.more):
            back = url_for(f"{wing}.report_rows", report_key=report.key) + _query(terms, seen)
            return to(back, said=_("That would take too long to wait for. Have it made in the background."))
        book = xlsx_file(heads_of(report), report.rows(asking), _(report.title), first_line=seen.first_line())
    _note(report, asking, Form.XLSX)
    name = f"{seen.file_name(report.key)}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(pieces_of(book), content_type=MEDIA[Form.XLSX], headers=headers)


def create_run(wing: str, report_key: str, *, line_only: bool) -> ResponseReturnValue:
    """The worker makes the file, a PDF signed as all are; on to its page."""
    report, seen, form = _report(report_key, line_only=line_only), asked(), NothingForm()
    wanted, terms = request.form.get("form", ""), read_terms(report, request.args).terms
    kept = {**terms, AS_OF: [seen.day.isoformat()]} if seen.day else terms
    if form.validate() and wanted in FORMS:
        with form.rule_errors():
            if wanted == Form.PDF:
                title = _(report.title) + (f" {seen.day}" if seen.day else "")
                printed = ask_print(report, kept, title, line_only=line_only, by=g.viewer)
                return to(url_for("account.report", report_id=printed.id))
            run = ask_run(report, kept, Form(wanted), Reach.LINE if line_only else Reach.EVERYBODY, by=g.viewer)
            return to(url_for("account.report_run", report_run_id=run.id))
    back = url_for(f"{wing}.report_rows", report_key=report.key) + _query(terms, seen)
    return to(back, said=" ".join(form.form_errors) or _("Nothing was asked for. Try again."))


def _beside(wing: str, seen: Asked) -> list[tuple[str, Any, Any]]:
    known = [(f"{wing}.{name}", title, about) for name, title, about in BESIDE]
    return [
        (url_for(name, as_of=seen.day), title, about)
        for name, title, about in known
        if name in current_app.view_functions
    ]


def _report(report_key: str, *, line_only: bool) -> Report:
    offered = {one.key: one for one in reports_for(g.viewer, line_only=line_only)}
    return get_or_404(offered.get(report_key))


def _asking(report: Report, terms: dict[str, list[str]], seen: Asked, *, line_only: bool) -> Asking:
    said = {**terms, AS_OF: [seen.day.isoformat()]} if seen.day else terms
    as_whom = SeenAs(g.viewer, Reach.LINE if line_only else Reach.EVERYBODY)
    return asking_of(report, as_whom, said, report_labels)


def _files(wing: str, report: Report, found: First, here: str) -> list[dict[str, Any]]:
    """Each kind of file: at once where somebody can wait for it, else by the worker."""
    at_once = {Form.CSV: f"{wing}.report_csv", Form.XLSX: f"{wing}.report_xlsx"}
    made = url_for(f"{wing}.create_report_run", report_key=report.key) + here
    return [
        {
            "form": form.value,
            "label": FORMS[form.value],
            "post": made,
            "href": url_for(at_once[form], report_key=report.key) + here
            if form in at_once and waits_at_the_page(form, found.total, more=found.more)
            else "",
        }
        for form in Form
    ]


def _note(report: Report, asking: Asking, form: Form) -> None:
    note_reading(report.key, g.viewer, filters={**asking.terms, "form": form.value, "line": asking.line_only})


def _query(terms: dict[str, list[str]], seen: Asked) -> str:
    pairs = [(name, value) for name, values in terms.items() for value in values if name != AS_OF]
    if seen.day:
        pairs.append((AS_OF, seen.day.isoformat()))
    return "?" + urlencode(pairs) if pairs else ""
