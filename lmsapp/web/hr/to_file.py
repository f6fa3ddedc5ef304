"""The queue 'completed, not yet filed' over all employees, filed many at a time (HRD-2)."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Response, g, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from lmsapp.compliance.documents.queries import FileFilters, to_file, type_names
from lmsapp.insight.options import courses
from lmsapp.people.employees.queries import employee_options
from lmsapp.web.hr.documents import FilingForm, file_picked
from lmsapp.web.hr.employee import ids
from lmsapp.web.hr.wing import bp
from lmsapp.web.lists import numbers, options
from lmsapp.web.render import answer

KINDS = ("certificate", "quiz_report")
FILTERS = ("q", "department", "course", "kind")


@bp.get("/to-file", endpoint="to_file")
def queue() -> Response:
    return answer("hr/to_file/_queue.html", whole="hr/to_file/queue.html", **_context(request.args))


@bp.post("/to-file/filings")
def file_many() -> Response:
    form = FilingForm()
    form.validate()
    said = file_picked(form, ids(request.form.getlist("pick")))
    asked: MultiDict[str, str] = MultiDict(parse_qsl(request.form.get("back", "").removeprefix("?")))
    context = _context(asked)
    back = url_for("hr.to_file") + context["here"]
    return answer("hr/to_file/_queue.html", whole="hr/to_file/queue.html", back=back, said=said, form=form, **context)


def _context(args: MultiDict[str, str]) -> dict[str, Any]:
    filters = FileFilters(
        search=args.get("q", "").strip()[:100],
        departments=numbers(args.getlist("department")),
        courses=numbers(args.getlist("course")),
        kinds=tuple(kind for kind in args.getlist("kind") if kind in KINDS),
        page=min(max(args.get("page", 1, type=int), 1), 100_000),
    )
    kept = [(name, value) for name in FILTERS for value in args.getlist(name) if value]
    departments = [(int(o.value), o.label) for o in employee_options(g.viewer).departments]
    words = {"certificate": _("Certificate"), "quiz_report": _("Quiz report")}
    base, found = url_for("hr.to_file"), to_file(g.viewer, filters)
    return {
        "page": found,
        "base": base,
        "filters": filters,
        "active": len({name for name, _value in kept}),
        "types": type_names(),
        "here": _query(kept, found.number),
        "page_url": lambda number: base + _query(kept, number),
        "facets": [
            (_("Department"), "department", options(departments, filters.departments)),
            (_("Course"), "course", options(courses(), filters.courses)),
            (_("Kind"), "kind", options(words.items(), filters.kinds)),
        ],
    }


def _query(kept: list[tuple[str, str]], number: int) -> str:
    pairs = kept + ([("page", str(number))] if number > 1 else [])
    return "?" + urlencode(pairs) if pairs else ""
