"""The list of employees: find, filter, page (ORG-3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.people.employees.queries import EmployeeFilters, Option, employee_options, list_employees
from lmsapp.web.hr.wing import bp
from lmsapp.web.lists import page_url
from lmsapp.web.render import page

STATUSES = ("active", "left")


@bp.get("/employees")
def employees() -> ResponseReturnValue:
    """Everybody who works here, unless the address asks for others."""
    filters = _filters()
    found = list_employees(g.viewer, filters, request.args.get("page", 1, type=int))
    options = employee_options(g.viewer)
    facets = [
        (_("Department"), "department", _ticked(options.departments, filters.departments)),
        (_("Job role"), "role", _ticked(options.job_roles, filters.job_roles)),
        (_("Location"), "location", _ticked(options.locations, filters.locations)),
        (_("Status"), "status", _statuses(filters)),
    ]
    return page("hr/employees/list.html", found=found, filters=filters, facets=facets, page_url=page_url)


def _filters() -> EmployeeFilters:
    given = request.args
    statuses = tuple(status for status in given.getlist("status") if status in STATUSES)
    return EmployeeFilters(
        q=given.get("q", "").strip()[:100],
        departments=tuple(int(d) for d in given.getlist("department") if d.isdecimal() and len(d) < 10),
        job_roles=tuple(given.getlist("role")),
        locations=tuple(given.getlist("location")),
        statuses=statuses or ("active",),
    )


def _ticked(options: Iterable[Option], chosen: Iterable[object]) -> list[dict[str, Any]]:
    values = {str(value) for value in chosen}
    return [{"value": o.value, "label": o.label, "count": o.count, "checked": o.value in values} for o in options]


def _statuses(filters: EmployeeFilters) -> list[dict[str, Any]]:
    words = {"active": _("Works here"), "left": _("Left")}
    asked = request.args.getlist("status")
    return [{"value": value, "label": words[value], "checked": value in asked} for value in STATUSES]
