"""The address of the matrix as filters, and back (HRD-7): a shared link shows the same."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from werkzeug.datastructures import MultiDict

from lmsapp.compliance.ledger.expressions import LETTERS
from lmsapp.insight.matrix.filters import SORTS, STATUSES, MatrixFilters
from lmsapp.web.labels import status_word
from lmsapp.web.lists import MOST, numbers, query_string, readable

NAMES = {
    "search": "q",
    "departments": "department",
    "roles": "role",
    "locations": "location",
    "regions": "region",
    "cohorts": "cohort",
    "statuses": "status",
    "types": "type",
    "regulators": "regulator",
    "sort": "sort",
    "desc": "desc",
    "page": "page",
    "as_of": "as_of",
}
WORDS = ("roles", "locations", "regions", "cohorts", "regulators")
SORT_WORDS: dict[str, Any] = {
    "name": __("Name"),
    "department": __("Department"),
    "worst": __("Worst status"),
    "next": __("Next renewal"),
}


def read(given: MultiDict[str, str]) -> MatrixFilters:
    """What is not understood is left out."""
    args = readable(given)
    words: dict[str, Any] = {name: _texts(args.getlist(NAMES[name])) for name in WORDS}
    return MatrixFilters(
        search=args.get("q", "").strip()[:100],
        departments=numbers(args.getlist("department")),
        statuses=tuple(one for one in STATUSES if one in args.getlist("status")),
        types=numbers(args.getlist("type")),
        sort=args["sort"] if args.get("sort") in SORTS else "name",
        desc=args.get("desc") == "1",
        page=min(max(args.get("page", 1, type=int), 1), 100_000),
        **words,
    )


def query(filters: MatrixFilters, **changes: Any) -> str:
    """The query string after `changes`, with '?'; every change but of the page goes back to page 1."""
    return query_string(filters, NAMES, changes)


def chips(filters: MatrixFilters, names: dict[str, dict[Any, str]], base: str) -> list[dict[str, str]]:
    """One for each filter that is set; its address is the matrix without it. `names`: of departments and types."""
    known = {"statuses": {one: status_word(status) for one, status in LETTERS.items()}, **names}
    found = []
    for attribute in ("departments", "roles", "locations", "regions", "cohorts", "statuses", "types", "regulators"):
        chosen = getattr(filters, attribute)
        for value in chosen:
            without = {attribute: tuple(one for one in chosen if one != value)}
            label = known.get(attribute, {}).get(value, str(value))
            found.append({"label": label, "href": base + (query(filters, **without) or "?view=0")})
    if filters.search:
        label = _("“%(text)s”", text=filters.search)
        found.append({"label": label, "href": base + (query(filters, search="") or "?view=0")})
    return found


def _texts(values: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value[:200] for value in values[:MOST] if value))
