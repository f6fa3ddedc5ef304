"""The team dashboard: the table at once, the figures after it, the sheet of exactly what is shown (DSH-1, ASG-7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask import Response, g, request, url_for
from flask_babel import get_locale, pgettext
from flask_babel import gettext as _

from lmsapp.assignments.rules import OPEN, AssignmentStatus
from lmsapp.evidence.audit.actions import note_reading
from lmsapp.infra import clock
from lmsapp.insight.filters import DUE_WINDOWS, EXPIRING_DAYS, STANDINGS, TeamFilters
from lmsapp.insight.numbers import team_numbers
from lmsapp.insight.options import team_choices
from lmsapp.insight.sheets import as_csv
from lmsapp.insight.team import team_page, team_rows, team_sheet
from lmsapp.web import dates
from lmsapp.web.labels import sheet_words, status_word
from lmsapp.web.lists import MOST, csv_response, options
from lmsapp.web.render import answer, fragment, page, wants_fragment
from lmsapp.web.team import asked
from lmsapp.web.team.wing import bp
from lmsapp.web.team.words import Last, last_happened, row_words

SHOWN_STATUSES = (
    AssignmentStatus.OVERDUE,
    AssignmentStatus.IN_PROGRESS,
    AssignmentStatus.PENDING,
    AssignmentStatus.COMPLETED,
    AssignmentStatus.EXEMPT,
    AssignmentStatus.CANCELLED,
)


@bp.get("", strict_slashes=False)
def dashboard() -> Response:
    return answer("team/_people.html", whole="team/dashboard.html", **table(asked.read(request.args)))


@bp.get("/numbers")
def numbers() -> Response:
    """Tiles and charts; a page of its own without script."""
    now = clock.now()
    context: dict[str, Any] = {
        "numbers": team_numbers(g.viewer, now, dates.today()),
        "today": dates.today(),
        "until": dates.today() + dt.timedelta(days=EXPIRING_DAYS),
        "base": url_for("team.dashboard"),
    }
    return fragment("team/_numbers.html", **context) if wants_fragment() else page("team/numbers.html", **context)


@bp.get("/assignments.csv")
def assignments_csv() -> Response:
    labels = sheet_words(AssignmentStatus)
    statement = team_sheet(g.viewer, asked.read(request.args), clock.now(), labels.general, labels.by_course)
    head = (
        _("Number"),
        _("Employee number"),
        _("Name"),
        _("Job role"),
        _("Department"),
        _("Location"),
        _("Training"),
        _("Status"),
        _("Progress"),
        _("Due on"),
        _("Completed on"),
    )
    kept = {name: request.args.getlist(name)[:MOST] for name in sorted(request.args)[:20]}
    note_reading("team assignments", g.viewer, filters=kept)
    return csv_response(as_csv(head, statement), f"team-assignments-{dates.today()}.csv")


def table(filters: TeamFilters, said: Mapping[int, Last] | None = None) -> dict[str, Any]:
    """What the region with filters, table and pages shows. Rows named in `said` say that instead of what happened
    last; the ones that left the page by it (no longer overdue, say) stay on top, so that the answer can be read."""
    now, viewer, base = clock.now(), g.viewer, url_for("team.dashboard")
    found, choices = team_page(viewer, filters, now), team_choices(viewer)
    missing = set(said or ()) - {row.id for row in found.rows}
    rows = [*team_rows(viewer, missing, now), *found.rows]
    return {
        "page": found,
        "rows": [
            (row, dates_of(row), (said or {}).get(row.id) or last_happened(row, now, viewer.zone)) for row in rows
        ],
        "filters": filters,
        "words": row_words(str(get_locale())),
        "statuses": sorted({(str(row.status), row.course_id) for row in rows}),
        "open_statuses": OPEN,
        "choices": choices,
        "facets": facets(filters, choices) if choices.people else (),
        "chips": asked.chips(filters, choices, base),
        "base": base,
        "here": asked.query(filters, page=found.number),
        "sort": {
            "key": filters.sort,
            "desc": filters.desc,
            "url": lambda key, desc: base + asked.query(filters, sort=key, desc=desc),
        },
        "page_url": lambda number: base + asked.query(filters, page=number),
        "export": url_for("team.assignments_csv") + asked.query(filters),
    }


def dates_of(row: Any) -> tuple[str, str, bool]:
    """Due date, its note, and whether it is late, by the calendar where the assignee works."""
    note = dates.due_words(row.due_on, clock.today(row.zone)) if row.status in OPEN else ""
    return dates.day(row.due_on), note, row.status == AssignmentStatus.OVERDUE


def facets(filters: TeamFilters, choices: Any) -> list[tuple[str, str, list[dict[str, Any]], str]]:
    """(label, parameter, options, kind of tick) for each facet that has something to choose from."""
    several, one = "checkbox", "radio"
    every = [("", _("Any"))]
    statuses = [(status.value, status_word(status)) for status in SHOWN_STATUSES]
    due = every + [(window, asked.due_label(window)) for window in DUE_WINDOWS]
    standing = every + [(s, asked.standing_label(s)) for s in STANDINGS]
    return [
        facet
        for facet in (
            (_("Department"), "department", options(choices.departments, filters.departments), several),
            (pgettext("of a job", "Role"), "role", options(((r, r) for r in choices.roles), filters.roles), several),
            (_("Location"), "location", options(((p, p) for p in choices.locations), filters.locations), several),
            (_("Status"), "status", options(statuses, filters.statuses), several),
            (_("Course"), "course", options(choices.courses, filters.courses), several),
            (_("Due"), "due", options(due, (filters.due,)), one),
            (_("Also"), "people", options(standing, (filters.standing,)), one),
        )
        if facet[2]
    ]
