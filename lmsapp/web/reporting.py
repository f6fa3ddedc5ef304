"""The completion report as page and as sheet; HR sees everybody, a manager the own line (REP-1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import Response, flash, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import pgettext
from werkzeug.datastructures import MultiDict

from lmsapp.evidence.audit.actions import note_reading
from lmsapp.infra.past.reading import pieces_as_of
from lmsapp.insight.completion import BY_HAND, HEAD, NOT_ASKED, ReportFilters, ReportStatus, completion_sheet
from lmsapp.insight.completion_counts import STATUSES
from lmsapp.insight.completion_summary import summary
from lmsapp.insight.options import courses, team_choices
from lmsapp.insight.past.queries import count_recorded_later, recorded_later
from lmsapp.insight.printed.actions import ask_report
from lmsapp.insight.printed.report_document import chosen_words
from lmsapp.insight.reports.completion import COMPLETION, STATUS, completion_filters
from lmsapp.insight.reports.report import Asking
from lmsapp.insight.sheets import csv_pieces
from lmsapp.people.employees.queries import employee_options
from lmsapp.web.as_of import asked, past_context, whole_day
from lmsapp.web.forms import NothingForm
from lmsapp.web.labels import sheet_words
from lmsapp.web.lists import MOST, csv_response, options
from lmsapp.web.render import answer, page, to
from lmsapp.web.report_fields import turned_round

NAMES = tuple(name for name in COMPLETION.terms if name != STATUS)  # the page counts by status
# Behind a number: the statuses it counts; what is not asked of anybody is a number too.
BEHIND = {**STATUSES, "not_asked": NOT_ASKED}


def report_page(wing: str, *, line_only: bool) -> Response:
    """Summary by department, with the filters around it."""
    seen = asked()
    filters = _read(request.args)
    base = url_for(f"{wing}.completion_report")
    with seen.reading():
        found = summary(g.viewer, filters, seen.now, line_only=line_only)
        facets = _facets(filters, line_only=line_only)
        terms = {name: request.args.getlist(name) for name in NAMES}
        chosen = chosen_words(COMPLETION, Asking(g.viewer, terms, seen.now, line_only))
    context = {
        "base": base,
        "filters": filters,
        "found": found,
        "chosen": chosen,
        "now": seen.now,
        "facets": facets,
        "problem": turned_round(filters.since, filters.until),
        "sheet": url_for(f"{wing}.completion_csv") + _query(request.args),
        "print_to": url_for(f"{wing}.print_completion") + _query(request.args),
        "scope": _("Your line") if line_only else _("Everybody"),
        "department_url": lambda id_: base + _query(request.args, department=id_),
        "rows_url": lambda name, one=None: _rows_url(wing, name, one),
        "compliance": url_for("hr.compliance_report", as_of=seen.day) if wing == "hr" else "",
        **past_context(seen, later=f"{wing}.recorded_later", line_only=line_only),
    }
    return answer("reports/_completion.html", whole="reports/completion.html", **context)


def print_report(wing: str, *, line_only: bool) -> ResponseReturnValue:
    """Ask for the same rows as a signed PDF; the worker draws it."""
    form = NothingForm()
    if form.validate():
        with form.rule_errors():
            day = asked().day
            title = _("Completion report as of %(day)s", day=whole_day(day)) if day else _("Completion report")
            made = ask_report(_read(request.args), title, line_only=line_only, by=g.viewer)
            return to(url_for("account.report", report_id=made.id))
    flash(" ".join(form.form_errors) or _("Nothing was asked for. Try again."))
    return to(url_for(f"{wing}.completion_report") + _query(request.args))


def report_csv(_wing: str, *, line_only: bool) -> Response:
    """All rows of what the page counts, with the organisation's words for each status."""
    labels, seen = sheet_words(ReportStatus), asked()
    with seen.reading():  # the departments below a chosen one are looked up while it is written
        statement = completion_sheet(
            g.viewer,
            _read(request.args),
            seen.now,
            {**labels.general, BY_HAND: _("by hand")},
            labels.by_course,
            line_only=line_only,
        )
    note_reading("completion", g.viewer, filters={name: request.args.getlist(name)[:MOST] for name in NAMES})
    heads = [_(head).capitalize() for head in HEAD]
    pieces = csv_pieces(heads, statement, first_line=seen.first_line())
    return csv_response(pieces_as_of(seen.end, pieces), f"{seen.file_name('completion')}.csv")


def later_page(wing: str, *, line_only: bool) -> Response:
    """Completions dated before the end of a past day that were recorded only afterwards (EVD-5)."""
    seen = asked()
    rows = recorded_later(g.viewer, seen.end, line_only=line_only) if seen.end else ()
    total = count_recorded_later(g.viewer, seen.end, line_only=line_only) if seen.end else 0
    back = url_for(f"{wing}.completion_report") + (f"?as_of={seen.day}" if seen.day else "")
    return page("past/later.html", rows=rows, total=total, back=back, whole_day=whole_day, **past_context(seen))


def _read(args: MultiDict[str, str]) -> ReportFilters:
    return replace(completion_filters(args.to_dict(flat=False)), statuses=(), as_of=asked().day)


def _rows_url(wing: str, name: str, one: Any) -> str:
    """The rows that a number counts: of one department alone, or of all that is shown."""
    rows = url_for(f"{wing}.report_rows", report_key=COMPLETION.key)
    query = _query(request.args, department=one.department_id if one else None)
    pairs = [*([("alone", "1")] if one else []), *((STATUS, str(status)) for status in BEHIND[name])]
    return f"{rows}{query or '?'}{'&' if query else ''}{urlencode(pairs)}"


def _query(args: MultiDict[str, str], department: int | None = None) -> str:
    pairs = [(name, value) for name in NAMES for value in args.getlist(name) if value]
    if department is not None:
        pairs = [pair for pair in pairs if pair[0] not in ("department", "alone")] + [("department", str(department))]
    return "?" + urlencode(pairs) if pairs else ""


def _facets(filters: ReportFilters, *, line_only: bool) -> list[tuple[str, str, list[dict[str, Any]], str]]:
    if line_only:
        line = team_choices(g.viewer)
        departments, roles, locations = line.departments, line.roles, line.locations
        regions, cohorts = line.regions, line.cohorts
    else:
        everybody = employee_options(g.viewer)
        departments = tuple((int(o.value), o.label) for o in everybody.departments)
        roles, locations = tuple(o.value for o in everybody.job_roles), tuple(o.value for o in everybody.locations)
        regions, cohorts = tuple(o.value for o in everybody.regions), tuple(o.value for o in everybody.cohorts)
    meaning = (("", _("Completed")), ("due", _("Due")), ("assigned", _("Assigned")))
    dated = filters.dates if filters.dates != "completed" else ""
    found = [
        (_("Course"), "course", options(courses(), filters.courses), "checkbox"),
        (_("Department"), "department", options(departments, filters.departments), "checkbox"),
        (_("Reach"), "alone", _tick(_("Without the departments below"), ticked=filters.alone), "checkbox"),
        (pgettext("of a job", "Role"), "role", _same(roles, filters.roles), "checkbox"),
        (_("Location"), "location", _same(locations, filters.locations), "checkbox"),
        (_("Region"), "region", _same(regions, filters.regions), "checkbox"),
        (_("Hire cohort"), "cohort", _same(cohorts, filters.cohorts), "checkbox"),
        (_("Dates are"), "dates", options(meaning, (dated,)), "radio"),
        (_("People"), "left", _tick(_("Also who has left"), ticked=filters.left), "checkbox"),
    ]
    return [facet for facet in found if facet[2]]


def _same(words: Sequence[str], chosen: Sequence[str]) -> list[dict[str, Any]]:
    return options(((word, word) for word in words), chosen)


def _tick(label: str, *, ticked: bool) -> list[dict[str, Any]]:
    return options([("1", label)], ("1",) if ticked else ())
