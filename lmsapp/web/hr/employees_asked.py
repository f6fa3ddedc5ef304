"""What the list of employees was asked for: read from an address, and written into one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import g
from flask_babel import gettext as _
from flask_babel import pgettext
from werkzeug.datastructures import MultiDict

from lmsapp.people.employees.filters import ACCOUNTS, SORTS, STATUSES, EmployeeFilters
from lmsapp.people.employees.queries import employee_for, employee_options
from lmsapp.web.lists import numbers, options, readable

Args = MultiDict[str, str]
# Field of the filters -> its name in the address.
NAMES = {
    "q": "q",
    "departments": "department",
    "job_roles": "role",
    "locations": "location",
    "regions": "region",
    "cohorts": "cohort",
    "statuses": "status",
    "accounts": "account",
    "manager": "manager",
    "direct": "direct",
    "sort": "sort",
    "desc": "desc",
}
MOST = 200
SINGLE = ("q", "manager", "sort")


def read(args: Args) -> EmployeeFilters:
    """Only understood words count; without a status whoever works here."""
    args = readable(args)
    statuses = tuple(status for status in args.getlist("status") if status in STATUSES)
    manager = numbers(args.getlist("manager")[:1])
    return EmployeeFilters(
        q=args.get("q", "").strip()[:100],
        departments=numbers(args.getlist("department")),
        job_roles=tuple(args.getlist("role")[:MOST]),
        locations=tuple(args.getlist("location")[:MOST]),
        regions=tuple(args.getlist("region")[:MOST]),
        cohorts=tuple(args.getlist("cohort")[:MOST]),
        statuses=statuses or ("active",),
        accounts=tuple(state for state in args.getlist("account") if state in ACCOUNTS),
        manager=manager[0] if manager else None,
        direct=args.get("direct") == "1",
        sort=args["sort"] if args.get("sort") in SORTS else "name",
        desc=args.get("desc") == "1",
    )


def pairs(filters: EmployeeFilters) -> list[tuple[str, str]]:
    """As (name, value) pairs of an address; what is usual is left out."""
    usual, found = EmployeeFilters(), []
    for field, name in NAMES.items():
        value = getattr(filters, field)
        if value == getattr(usual, field) or value is None:
            continue
        if isinstance(value, tuple):
            found += [(name, str(one)) for one in value]
        else:
            found.append((name, "1" if value is True else str(value)))
    return found


def query(filters: EmployeeFilters, **more: Any) -> str:
    """The address's part from '?' on; `more` replaces or adds, None takes away."""
    kept = [(name, value) for name, value in pairs(filters) if name not in more]
    kept += [(name, str(value)) for name, value in more.items() if value is not None]
    return "?" + urlencode(kept) if kept else ""


def facets(filters: EmployeeFilters) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """(label, name, options) of what can be chosen."""
    known = employee_options(g.viewer)
    found = [
        (_("Department"), "department", _ticked(known.departments, map(str, filters.departments))),
        (_("Job role"), "role", _ticked(known.job_roles, filters.job_roles)),
        (_("Location"), "location", _ticked(known.locations, filters.locations)),
        (_("Region"), "region", _ticked(known.regions, filters.regions)),
        (_("Hire cohort"), "cohort", _ticked(known.cohorts, filters.cohorts)),
        (_("Status"), "status", options(status_words().items(), filters.statuses if _asks(filters) else ())),
        (_("Account"), "account", options(account_words().items(), filters.accounts)),
    ]
    return [facet for facet in found if facet[2]]


def chips(filters: EmployeeFilters, base: str) -> list[dict[str, str]]:
    """One for each filter that is set; its address is the present one without it."""
    found = []
    departments = {o.value: o.label for o in employee_options(g.viewer).departments} if filters.departments else {}
    for name, value in pairs(filters):
        if name in ("sort", "desc", "direct"):
            continue
        label = value
        if name == "department":
            label = departments.get(value, value)
        elif name == "status":
            label = str(status_words()[value])
        elif name == "account":
            label = str(account_words()[value])
        elif name == "manager":
            label = _line_of(int(value), direct=filters.direct)
        kept = [pair for pair in pairs(filters) if pair != (name, value) and (name, pair[0]) != ("manager", "direct")]
        found.append({"label": label, "href": base + ("?" + urlencode(kept) if kept else "")})
    return found


def status_words() -> dict[str, str]:
    """Who works here, who is about to leave, who left."""
    return {"active": _("Works here"), "leaving": _("Leaves soon"), "left": _("Left")}


def account_words() -> dict[str, str]:
    """What the account is like."""
    words = (_("No account"), _("Invited, not signed in yet"), pgettext("of an account", "Active"), _("Closed"))
    return dict(zip(ACCOUNTS, words, strict=True))


def _line_of(manager_id: int, *, direct: bool) -> str:
    manager = employee_for(g.viewer, manager_id)
    name = manager.name if manager else str(manager_id)
    return _("Reports directly to %(name)s", name=name) if direct else _("On the line of %(name)s", name=name)


def _asks(filters: EmployeeFilters) -> bool:
    return filters.statuses != ("active",)


def _ticked(found: Any, chosen: Any) -> list[dict[str, Any]]:
    values = set(chosen)
    return [{"value": o.value, "label": o.label, "count": o.count, "checked": o.value in values} for o in found]
