"""The compliance report: types by status, the people behind each number, now or as of a past day (HRD-4, EVD-5)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from flask import Response, g, request, url_for
from flask_babel import gettext as _

from lmsapp.compliance.ledger.rules import ComplianceStatus
from lmsapp.evidence.audit.actions import note_reading
from lmsapp.insight.compliance_report import (
    HEAD,
    PAGE,
    ComplianceFilters,
    compliance_counts,
    compliance_people,
    compliance_sheet,
)
from lmsapp.insight.sheets import rows_as_csv
from lmsapp.people.employees.queries import employee_options
from lmsapp.web.as_of import asked, past_context
from lmsapp.web.hr.wing import bp
from lmsapp.web.labels import status_word
from lmsapp.web.lists import MOST, csv_response, numbers, options, page_url, query_string, readable
from lmsapp.web.render import answer

NAMES = {"types": "type", "departments": "department", "status": "status", "as_of": "as_of", "page": "page"}


@bp.get("/compliance-report")
def compliance_report() -> Response:
    """Of each type how many stand where; with a type or status chosen also who."""
    seen, filters = asked(), _read()
    base = url_for("hr.compliance_report")
    with seen.reading():
        counts = compliance_counts(g.viewer, replace(filters, types=()), seen.now)
        listed = compliance_people(g.viewer, filters, seen.now) if filters.types or filters.status else None
        departments = employee_options(g.viewer).departments
    units = [(int(one.value), one.label) for one in departments]
    kinds = [(one.id, one.name) for one in counts]

    def behind(type_id: int | None, word: str) -> str:
        """The address of the people behind a number."""
        return base + query_string(filters, NAMES, {"types": (type_id,) if type_id else (), "status": word}) + "#people"

    return answer(
        "reports/_compliance.html",
        whole="reports/compliance.html",
        base=base,
        filters=filters,
        counts=counts,
        statuses=list(ComplianceStatus),
        totals={one: sum(row.counts.get(one, 0) for row in counts) for one in ComplianceStatus},
        listed=listed,
        paging={"number": filters.page, "size": PAGE, "total": listed.total if listed else 0},
        page_url=page_url,
        facets=[
            (_("Compliance type"), "type", options(kinds, filters.types), "checkbox"),
            (_("Department"), "department", options(units, filters.departments), "checkbox"),
            (_("Status"), "status", _status_options(filters.status), "radio"),
        ],
        behind=behind,
        sheet=url_for("hr.compliance_csv") + query_string(filters, NAMES, {}),
        **past_context(seen, later="hr.recorded_later"),
    )


@bp.get("/compliance-report.csv")
def compliance_csv() -> Response:
    """Every row of what the page counts."""
    seen, filters = asked(), _read()
    words = {str(one): str(status_word(one)) for one in ComplianceStatus}
    with seen.reading():
        rows = list(compliance_sheet(g.viewer, filters, seen.now, words))
    note_reading("compliance", g.viewer, filters={name: request.args.getlist(name)[:MOST] for name in NAMES.values()})
    heads = [_(head).capitalize() for head in HEAD]
    sheet = rows_as_csv(heads, rows, first_line=seen.first_line())
    return csv_response(iter([sheet]), f"{seen.file_name('compliance')}.csv")


def _read() -> ComplianceFilters:
    args = readable(request.args)
    word = args.get("status", "")
    day: dt.date | None = asked().day
    return ComplianceFilters(
        types=numbers(args.getlist("type")),
        departments=numbers(args.getlist("department")),
        status=word if word in list(ComplianceStatus) else "",
        as_of=day,
        page=min(max(args.get("page", 1, type=int), 1), 100_000),
    )


def _status_options(chosen: str) -> list[dict[str, Any]]:
    return options([("", _("All")), *((str(one), str(status_word(one))) for one in ComplianceStatus)], (chosen,))
