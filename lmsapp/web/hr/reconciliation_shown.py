"""What the reconciliation shows: the rows of the last look in words, against how things stand now (HRD-6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import g, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from lmsapp.compliance.reconciling.mending import AT_ONCE, Key, Mended, present_differences
from lmsapp.compliance.reconciling.queries import PAGE, ReportFilters, last_look, months, newest_look, report
from lmsapp.compliance.reconciling.rules import MENDS, Kind, can_mend, needs_reason
from lmsapp.people.employees.queries import employee_options
from lmsapp.web.forms import Form, say
from lmsapp.web.hr.reconciliation_words import DID, KINDS, MENDS_WORDS, what_is_off
from lmsapp.web.lists import numbers, options, page_url, readable

FILTERS = ("q", "kind", "department", "type", "right")


def context_for(
    args: MultiDict[str, str],
    said: Mapping[Key, tuple[str, bool]] | None = None,
    rows: list[dict[str, Any]] | None = None,
    form: Form | None = None,
) -> dict[str, Any]:
    """The region every answer shows. `rows`: from before something was done to them, what came of it in `said`."""
    args = readable(args)
    filters, base = filters_of(args), url_for("hr.reconciliation")
    found = report(g.viewer, filters)
    if rows is None:
        rows = shown_rows(found.rows, present_differences({row.employee_id for row in found.rows}))
    kept = [(name, value) for name in FILTERS for value in args.getlist(name) if value]
    look, newest = last_look(), newest_look()
    turned = {} if filters.right else {"right": "1"}
    departments = [(int(one.value), one.label) for one in employee_options(g.viewer).departments]
    return {
        "base": base,
        "filters": filters,
        "found": found,
        "rows": rows,
        "told_of": (said or {}).get,
        "at_once": AT_ONCE,
        "columns_of_months": [{"label": words, "num": True} for words in KINDS.values()],
        "form": form,
        "look": look,
        "open_look": newest if newest is not None and newest.state != "ready" else None,
        "months": months(),
        "kinds": KINDS,
        "mends": MENDS_WORDS,
        "paging": {"number": found.number, "size": PAGE, "total": found.total},
        "page_url": page_url if request.method == "GET" else lambda number: base + _query(kept, page=str(number)),
        "here": _query(kept, **({"page": str(found.number)} if found.number > 1 else {})),
        "tabs": _tabs(filters, found, kept, base),
        "facets": [
            (_("Type"), "type", _counted(found.types, filters.types)),
            (_("Department"), "department", options(departments, filters.departments)),
        ],
        "sheets": {kind: url_for(f"hr.reconciliation_{kind}") + _query(kept) for kind in ("csv", "xlsx")},
        "right_url": base + _query([pair for pair in kept if pair[0] != "right"], **turned),
    }


def shown_rows(rows: Sequence[Any], now: Mapping[Key, Any] | None) -> list[dict[str, Any]]:
    """For the page. `settled`: it does not differ any more; `now` None: not looked."""
    shown = []
    for row in rows:
        key = (row.kind, row.employee_id, row.type_id)
        present = now.get(key) if now is not None else None
        facts = present.facts if present is not None else row.facts
        kind = Kind(row.kind)
        shown.append(
            {
                "row": row,
                "key": key,
                "value": ":".join(map(str, key)),
                "words": what_is_off(row.kind, facts),
                "settled": now is not None and present is None,
                "mend": MENDS[kind].value if can_mend(kind, facts) else None,
                "reason": needs_reason(kind, facts),
            }
        )
    return shown


def outcome(one: Mended | str) -> tuple[str, bool]:
    """(what came of it, whether it was done)."""
    if isinstance(one, str):
        return one, True
    if one.refused is not None:
        return say(one.refused), False
    return str(DID[one.did]) if one.did else "", True


def in_sum(done: int, words: Mapping[Key, tuple[str, bool]]) -> str | None:
    """'Done for 12 rows. 2 were not done: ...'"""
    if not words:
        return None
    left = [text for text, good in words.values() if not good]
    more = (
        ngettext("%(num)s was not done: %(why)s", "%(num)s were not done: %(why)s", len(left), why=left[0])
        if left
        else ""
    )
    return f"{ngettext('Done for %(num)s row.', 'Done for %(num)s rows.', done)} {more}".strip()


def _tabs(filters: ReportFilters, found: Any, kept: list[tuple[str, str]], base: str) -> list[dict[str, Any]]:
    """All, and each kind of which there is something."""
    others = [pair for pair in kept if pair[0] != "kind"]
    whole = sum(found.kinds.values())
    first = {"label": _("All"), "href": base + _query(others), "count": whole, "current": not filters.kinds}
    return [first] + [
        {
            "label": str(words),
            "href": base + _query(others, kind=str(kind)),
            "count": found.kinds.get(kind, 0),
            "current": filters.kinds == (kind,),
        }
        for kind, words in KINDS.items()
        if found.kinds.get(kind) or kind in filters.kinds
    ]


def filters_of(args: MultiDict[str, str]) -> ReportFilters:
    return ReportFilters(
        search=args.get("q", "").strip()[:100],
        kinds=tuple(kind.value for kind in Kind if kind.value in args.getlist("kind")),
        departments=numbers(args.getlist("department")),
        types=numbers(args.getlist("type")),
        right=args.get("right") == "1",
        page=min(max(args.get("page", 1, type=int), 1), 100_000),
    )


def _query(kept: Sequence[tuple[str, str]], **more: str) -> str:
    pairs = [*kept, *more.items()]
    return "?" + urlencode(pairs) if pairs else ""


def _counted(choices: Sequence[tuple[Any, str, int]], chosen: Sequence[Any]) -> list[dict[str, Any]]:
    return [{"value": one, "label": label, "count": number, "checked": one in chosen} for one, label, number in choices]
