"""Documents that end: those that ended, and those that soon will (HRD-1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response, g, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __

from lmsapp.compliance.documents.ends import WITHIN, EndFilters, ending, every_ending
from lmsapp.compliance.documents.reading import type_names, types_in_use
from lmsapp.compliance.documents.rules import standing
from lmsapp.evidence.audit.actions import record_change
from lmsapp.insight.sheets import guard, lines
from lmsapp.people.employees.queries import employee_options
from lmsapp.web import dates
from lmsapp.web.hr.wing import bp
from lmsapp.web.lists import csv_response, numbers, options, query_string, readable
from lmsapp.web.render import answer

NONE = EndFilters()
NAMES = {"search": "q", "within": "within", "departments": "department", "types": "kind", "page": "page"}
WORDS = {
    "ended": __("Ended"),
    "30": __("Within 30 days, or ended"),
    "60": __("Within 60 days, or ended"),
    "90": __("Within 90 days, or ended"),
    "365": __("Within a year, or ended"),
    "any": __("Every last day"),
}


@bp.get("/documents/ending")
def documents_ending() -> Response:
    filters, today = _filters(), dates.today()
    found = ending(g.viewer, filters, today)
    base = url_for("hr.documents_ending")
    departments = [(int(o.value), o.label) for o in employee_options(g.viewer).departments]
    kinds = [(key, _(name)) for key, name in types_in_use()]
    return answer(
        "hr/documents/_ending.html",
        whole="hr/documents/ending.html",
        page=found,
        rows=[(row, standing(row.expires_on, today), (row.expires_on - today).days) for row in found.rows],
        filters=filters,
        active=sum(getattr(filters, name) != getattr(NONE, name) for name in NAMES if name != "page"),
        base=base,
        here=query_string(filters, NAMES, {"page": found.number}),
        sheet=url_for("hr.documents_ending_csv") + query_string(filters, NAMES, {}),
        page_url=lambda number: base + query_string(filters, NAMES, {"page": number}),
        types=type_names(),
        within=options(((key, str(words)) for key, words in WORDS.items()), (filters.within,)),
        facets=[
            (_("Kind"), "kind", options(kinds, filters.types)),
            (_("Department"), "department", options(departments, filters.departments)),
        ],
    )


@bp.get("/documents/ending.csv")
def documents_ending_csv() -> Response:
    """All that the filters find; that it was taken away is on the trail."""
    filters, today = _filters(), dates.today()
    after = {"list": "documents that end", "filters": query_string(filters, NAMES, {})}
    record_change("downloaded", ("export", 0), by=g.viewer, after=after)
    rows = list(every_ending(g.viewer, filters, today))
    return csv_response(_sheet(rows), f"documents-that-end-{today}.csv")


def _sheet(rows: list[Any]) -> Iterator[str]:
    yield "\ufeff" + lines(
        [(_("Employee number"), _("Name"), _("Department"), _("Document"), _("Kind"), _("Valid to"))]
    )
    for row in rows:
        yield lines(
            [
                (
                    guard(row.number),
                    guard(row.employee),
                    guard(row.department or ""),
                    guard(row.title),
                    guard(_(row.type)),
                    row.expires_on.isoformat(),
                )
            ]
        )


def _filters() -> EndFilters:
    args = readable(request.args)
    within = args.get("within", NONE.within)
    return EndFilters(
        search=args.get("q", "").strip()[:100],
        within=within if within in WITHIN else NONE.within,
        departments=numbers(args.getlist("department")),
        types=numbers(args.getlist("kind")),
        page=min(max(args.get("page", 1, type=int), 1), 100_000),
    )
