"""Enrollments for staff: the list with its filters and the sheets of exactly what is shown (ENR-7).

The studio shows those of the courses one writes or looks after, the team wing those of one's own line.
"""

from __future__ import annotations

from typing import Any

from flask import Response, g, request, url_for
from flask_babel import gettext as _

from lmsapp.evidence.audit.actions import note_reading
from lmsapp.infra import clock
from lmsapp.insight.enrollments.filters import EnrollmentFilters, Scope
from lmsapp.insight.enrollments.listing import (
    HEAD,
    course_options,
    department_options,
    enrollment_page,
    enrollment_sheet,
)
from lmsapp.insight.sheets import as_csv, as_xlsx
from lmsapp.web import dates, enrolled_asked
from lmsapp.web.enrolled_words import MARKS, SOURCES, STATUSES
from lmsapp.web.lists import MOST, csv_response, options, page_url
from lmsapp.web.render import answer
from lmsapp.web.wing_routes import Route

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def enrollments_page(wing: str, *, scope: Scope) -> Response:
    """The list; filters, sorting and pages answer in place."""
    filters = enrolled_asked.read(request.args)
    base = url_for(f"{wing}.enrollments")
    found = enrollment_page(g.viewer, scope, filters, clock.now())
    courses, departments = course_options(g.viewer, scope), department_options(g.viewer, scope)
    names: dict[str, dict[Any, str]] = {"courses": dict(courses), "departments": dict(departments)}
    return answer(
        "enrollments/_list.html",
        whole="enrollments/index.html",
        wing=wing,
        base=base,
        found=found,
        filters=filters,
        words={"status": STATUSES, "source": SOURCES},
        tallies=tallies(filters, found.counts, base),
        facets=[
            (_("Course"), "course", options(courses, filters.courses), "checkbox"),
            (_("Department"), "department", options(departments, filters.departments), "checkbox"),
            (_("Status"), "status", _with_counts(filters, found.counts), "checkbox"),
            (_("Enrolled by"), "source", options(_pairs(SOURCES), filters.sources), "checkbox"),
            (_("Marked"), "marked", options(_pairs(MARKS), filters.marks), "checkbox"),
        ],
        chips=enrolled_asked.chips(filters, names, base),
        sheets={
            kind: url_for(f"{wing}.enrollments_{kind}") + enrolled_asked.query(filters) for kind in ("csv", "xlsx")
        },
        sort={
            "key": filters.sort,
            "desc": filters.desc,
            "url": lambda key, desc: base + enrolled_asked.query(filters, sort=key, desc=desc),
        },
        page_url=page_url,
        today=dates.today(),
    )


def tallies(filters: EnrollmentFilters, counts: Any, base: str) -> list[dict[str, Any]]:
    """Each status there is, with how many; the address shows those alone."""
    every = {
        "label": _("All"),
        "href": base + enrolled_asked.query(filters, statuses=()),
        "count": sum(counts.values()),
        "current": not filters.statuses,
    }
    rest = [
        {
            "label": words,
            "href": base + enrolled_asked.query(filters, statuses=(status,)),
            "count": counts[status],
            "current": filters.statuses == (status,),
        }
        for status, words in STATUSES.items()
        if counts.get(status)
    ]
    return [every, *rest]


def enrollments_csv(_wing: str, *, scope: Scope) -> Response:
    """All rows of what the list shows."""
    return _sheet(scope, "csv")


def enrollments_xlsx(_wing: str, *, scope: Scope) -> Response:
    """The same as a workbook."""
    return _sheet(scope, "xlsx")


def _sheet(scope: Scope, kind: str) -> Response:
    """In the order of the list, with the organisation's words; that somebody took it is noted."""
    filters = enrolled_asked.read(request.args)
    words = {
        "status": {status: str(_(status)) for status in STATUSES},
        "source": {source: str(word) for source, word in SOURCES.items()},
        "mark": {mark: str(word) for mark, word in MARKS.items()},
    }
    statement = enrollment_sheet(g.viewer, scope, filters, clock.now(), words)
    kept = {name: request.args.getlist(name)[:MOST] for name in sorted(request.args)[:20]}
    note_reading("enrollments", g.viewer, filters=kept)
    heads, name = [_(head).capitalize() for head in HEAD], f"enrollments-{dates.today()}"
    if kind == "csv":
        return csv_response(as_csv(heads, statement), f"{name}.csv")
    headers = {"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    return Response(as_xlsx(heads, statement), content_type=EXCEL, headers=headers)


def _pairs(words: dict[str, Any]) -> list[tuple[str, str]]:
    return [(value, str(label)) for value, label in words.items()]


def _with_counts(filters: EnrollmentFilters, counts: Any) -> list[dict[str, Any]]:
    found = options(_pairs(STATUSES), filters.statuses)
    return [{**one, "count": counts.get(one["value"], 0)} for one in found]


# They take `scope`.
ENROLLMENTS: tuple[Route, ...] = (
    Route("/enrollments", "enrollments", enrollments_page),
    Route("/enrollments.csv", "enrollments_csv", enrollments_csv),
    Route("/enrollments.xlsx", "enrollments_xlsx", enrollments_xlsx),
)
