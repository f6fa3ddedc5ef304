"""Who has to renew: over all courses with its sheet, and the people of one course (CRS-6)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Response, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.courses.catalogue.authored import course_for
from lmsapp.evidence.audit.actions import note_reading
from lmsapp.infra.past.reading import pieces_as_of
from lmsapp.insight.expiring import (
    HEAD,
    PAGE,
    STATUSES,
    WINDOWS,
    Counts,
    ExpiringFilters,
    counts_of,
    expiring_sheet,
    list_expiring,
)
from lmsapp.insight.options import courses
from lmsapp.insight.sheets import as_csv
from lmsapp.people.employees.queries import employee_options
from lmsapp.people.roles import May
from lmsapp.web.as_of import asked, past_context
from lmsapp.web.gates import needs
from lmsapp.web.lists import csv_response, numbers, options, page_url, readable
from lmsapp.web.render import answer, get_or_404
from lmsapp.web.studio.courses import course_context
from lmsapp.web.studio.wing import bp

NAMES = ("window", "course", "department", "status", "q", "as_of")


@bp.get("/expiring")
@needs(May.MODERATE)
def expiring() -> ResponseReturnValue:
    """Soonest first: who lapses within 60 days, or has lapsed."""
    filters = filters_asked("60")
    return answer(
        "studio/expiring/_list.html",
        whole="studio/expiring/index.html",
        **list_context(filters),
        facets=[
            (_("Ends within"), "window", options(window_words(), (filters.window,)), "radio"),
            (_("Course"), "course", options(courses(), filters.courses), "checkbox"),
            (_("Department"), "department", department_options(filters), "checkbox"),
            (_("Status"), "status", status_options(filters), "radio"),
        ],
    )


@bp.get("/expiring.csv")
@needs(May.MODERATE)
def expiring_csv() -> Response:
    """What the page shows, all of it."""
    labels, seen = {status.value: _(status.value) for status in STATUSES}, asked()
    with seen.reading():
        statement = expiring_sheet(g.viewer, filters_asked("60"), seen.now, labels)
    note_reading("certifications", g.viewer, filters={name: request.args.getlist(name)[:200] for name in NAMES})
    pieces = as_csv([_(head).capitalize() for head in HEAD], statement, first_line=seen.first_line())
    return csv_response(pieces_as_of(seen.end, pieces), f"{seen.file_name('certifications')}.csv")


@bp.get("/courses/<int:course_id>/certified")
@needs(May.MODERATE)
def certified(course_id: int) -> ResponseReturnValue:
    """Everybody certified in one course: valid, due to renew, lapsed."""
    get_or_404(course_for(g.viewer, course_id))
    filters = filters_asked("all", course_id)
    return answer(
        "studio/expiring/_list.html",
        whole="studio/course/certified.html",
        **list_context(filters),
        counts=_counts(course_id),
        facets=[
            (_("Ends within"), "window", options(window_words(), (filters.window,)), "radio"),
            (_("Department"), "department", department_options(filters), "checkbox"),
            (_("Status"), "status", status_options(filters), "radio"),
        ],
        **course_context(course_id, "certified"),
    )


def _counts(course_id: int) -> Counts:
    seen = asked()
    with seen.reading():
        return counts_of(g.viewer, course_id, seen.now)


def filters_asked(window: str, course_id: int | None = None) -> ExpiringFilters:
    """From the address; what makes no sense is left out. `window` is the one without a choice."""
    given = readable(request.args)
    wanted, status = given.get("window", ""), given.get("status", "")
    return ExpiringFilters(
        window=wanted if wanted in WINDOWS else window,
        courses=(course_id,) if course_id else numbers(given.getlist("course")),
        departments=numbers(given.getlist("department")),
        status=status if status in list(STATUSES) else "",
        search=given.get("q", "")[:100],
        page=min(max(1, given.get("page", 1, int)), 100_000),
    )


def list_context(filters: ExpiringFilters) -> dict[str, Any]:
    """For the list, whichever page is around it."""
    seen = asked()
    with seen.reading():
        rows, total = list_expiring(g.viewer, filters, seen.now)
    pairs = [(name, value) for name in NAMES for value in request.args.getlist(name)[:200] if value]
    pairs += [("course", str(one)) for one in filters.courses if "course" not in request.args]
    pairs += [("window", filters.window)] if "window" not in request.args else []
    return {
        "rows": rows,
        "filters": filters,
        "paging": {"number": filters.page, "size": PAGE, "total": total},
        "page_url": page_url,
        "today": seen.today(g.viewer.zone),
        "sheet": f"{url_for('studio.expiring_csv')}?{urlencode(pairs)}",
        **past_context(seen),
    }


def window_words() -> list[tuple[str, str]]:
    """Value and label of each window."""
    within = [(days, _("%(n)s days", n=days)) for days in ("30", "60", "90")]
    return [*within, ("expired", _("Expired")), ("all", _("All"))]


def department_options(filters: ExpiringFilters) -> list[dict[str, Any]]:
    """Every department."""
    return options([(int(one.value), one.label) for one in employee_options(g.viewer).departments], filters.departments)


def status_options(filters: ExpiringFilters) -> list[dict[str, Any]]:
    """The three a certification can have."""
    return options([("", _("All")), *((status.value, _(status.value)) for status in STATUSES)], (filters.status,))
