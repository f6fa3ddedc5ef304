"""The list of employees: find, filter, sort, page, take along as a sheet (ORG-3)."""

from __future__ import annotations

import io
from typing import Any

from flask import Response, g, request, send_file, url_for

from lmsapp.insight.people import employee_sheet, note_export
from lmsapp.insight.sheets import as_csv, as_xlsx
from lmsapp.people.employees.queries import EmployeeFilters, count_employees, list_employees
from lmsapp.web import dates
from lmsapp.web.hr import employees_asked as asked
from lmsapp.web.hr.employees_words import CHANGES, sheet_head
from lmsapp.web.hr.waits import waits
from lmsapp.web.hr.wing import bp
from lmsapp.web.ledger_pages import ledger_alarm
from lmsapp.web.lists import csv_response
from lmsapp.web.render import answer, wants_fragment

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/employees")
def employees() -> Response:
    """Everybody who works here, unless the address asks for others."""
    filters = asked.read(request.args)
    found = list_employees(g.viewer, filters, request.args.get("page", 1, type=int))
    base = url_for("hr.employees")
    context: dict[str, Any] = {
        "found": found,
        "filters": filters,
        "facets": asked.facets(filters),
        "chips": asked.chips(filters, base),
        "base": base,
        "here": asked.query(filters),
        "page_url": lambda number: base + asked.query(filters, page=number if number > 1 else None),
        "sort": {
            "key": filters.sort,
            "desc": filters.desc,
            "url": lambda key, desc: base + asked.query(filters, sort=key, desc=1 if desc else None),
        },
        "changes": CHANGES,
        "ledger_alarm": None if wants_fragment() else ledger_alarm("hr"),
    }
    if not wants_fragment():
        context["waits"] = waits()
    return answer("hr/employees/_list.html", whole="hr/employees/list.html", **context)


@bp.get("/employees.csv")
def employees_csv() -> Response:
    """Exactly who the filters find."""
    filters = _exported()
    return csv_response(as_csv(sheet_head(), employee_sheet(g.viewer, filters)), f"employees-{dates.today()}.csv")


@bp.get("/employees.xlsx")
def employees_xlsx() -> Response:
    """The same as a workbook."""
    book = as_xlsx(sheet_head(), employee_sheet(g.viewer, _exported()))
    return send_file(io.BytesIO(book), XLSX, as_attachment=True, download_name=f"employees-{dates.today()}.xlsx")


def _exported() -> EmployeeFilters:
    filters = asked.read(request.args)
    words: dict[str, Any] = {}
    for name, value in asked.pairs(filters):
        words.setdefault(name, []).append(value)
    note_export(g.viewer, count_employees(g.viewer, filters), {name: ", ".join(v) for name, v in words.items()})
    return filters
