"""The dashboard: the table at once, the figures after it, the sheet of exactly what is shown (DSH-1, DSH-5, ASG-7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import Response, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from lmsapp.assignments.rules import OPEN, AssignmentStatus
from lmsapp.assignments.states.rules import EXPIRING_DAYS
from lmsapp.evidence.audit.actions import note_reading
from lmsapp.infra import clock
from lmsapp.insight.filters import TeamFilters
from lmsapp.insight.numbers import team_numbers
from lmsapp.insight.options import team_choices
from lmsapp.insight.sheets import as_csv
from lmsapp.insight.team import team_page, team_rows, team_sheet
from lmsapp.insight.team_facets import facet_counts
from lmsapp.insight.team_mark import same_line, team_mark
from lmsapp.web import dates
from lmsapp.web.labels import sheet_words
from lmsapp.web.lists import MOST, csv_response
from lmsapp.web.render import answer, fragment, page, wants_fragment
from lmsapp.web.team import asked
from lmsapp.web.team.facets import facets
from lmsapp.web.team.wing import bp
from lmsapp.web.team.words import Last, last_happened, row_words
from lmsapp.web.views_shown import UNASKED, first_address, views_context

PAGE = "team.dashboard"
WHOLE = 100  # per cent


@bp.get("", strict_slashes=False)
def dashboard() -> ResponseReturnValue:
    """Asked for nothing, it opens with the reader's own view."""
    if not request.args and not wants_fragment() and (address := first_address(PAGE)):
        return redirect(address)
    return answer("team/_people.html", whole="team/dashboard.html", **table(asked.read(request.args)))


@bp.get("/numbers")
def numbers() -> Response:
    """Tiles and charts; a page of its own without script."""
    now, today = clock.now(), dates.today()
    scope = asked.read(request.args).scope
    base = url_for(PAGE)

    def rows_of(**chosen: Any) -> str:
        return base + (asked.query(TeamFilters(scope=scope, **chosen)) or UNASKED)

    context: dict[str, Any] = {
        "numbers": team_numbers(g.viewer, now, today, scope),
        "scope": scope,
        "today": today,
        "until": today + dt.timedelta(days=EXPIRING_DAYS),
        "boosted": wants_fragment(),
        "here_url": url_for("team.numbers", reach=scope if scope != "line" else None),
        "rows_of": rows_of,
        # Where nobody is late, what is open is more than an empty list.
        # The bar is of the people of the department itself; of people without one there is no such list.
        "department_rows": lambda gap: (
            gap.id and rows_of(departments=(gap.id,), alone=True, statuses=("Overdue",) if gap.share < WHOLE else ())
        ),
        "done_rows": lambda monday: done_rows(monday) if scope == "line" else (),
    }
    return fragment("team/_numbers.html", **context) if wants_fragment() else page("team/numbers.html", **context)


@bp.get("/mark")
def mark() -> Response:
    """Whether anything of the line changed since the mark the page has: 304, or 200 with the new one. No more."""
    known = request.headers.get("If-None-Match", "").removeprefix("W/").strip('"')[:80]
    found = team_mark(g.viewer, clock.now(), known)
    response = Response("", 304 if known and same_line(found, known) else 200, content_type="text/plain")
    response.set_etag(found)
    return response


@bp.get("/assignments.csv")
def assignments_csv() -> Response:
    labels = sheet_words(AssignmentStatus)
    statement = team_sheet(g.viewer, asked.read(request.args), clock.now(), labels.general, labels.by_course)
    kept = {name: request.args.getlist(name)[:MOST] for name in sorted(request.args)[:20]}
    note_reading("team assignments", g.viewer, filters=kept)
    return csv_response(as_csv(sheet_head(), statement), f"team-assignments-{dates.today()}.csv")


def done_rows(monday: dt.date) -> tuple[str, str]:
    """What was completed in that week, on time and late: of the whole line, as the statistics list it."""
    since, until = monday.isoformat(), (monday + dt.timedelta(days=6)).isoformat()
    return (
        url_for("team.statistics_rows", what="done-kept", since=since, until=until),
        url_for("team.statistics_rows", what="done-late", since=since, until=until),
    )


def sheet_head() -> tuple[str, ...]:
    """The head of the sheets, in the columns of `team_sheet`."""
    return (
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


def table(
    filters: TeamFilters, said: Mapping[int, Last] | None = None, *, on_top: Sequence[int] = ()
) -> dict[str, Any]:
    """What the region with filters, table and pages shows. Rows named in `said` say that instead of what happened
    last; those of `on_top` that are not on the page (no longer overdue, say) come first, so that they can be read."""
    now, viewer, base = clock.now(), g.viewer, url_for(PAGE)
    counts, choices = facet_counts(viewer, filters, now), team_choices(viewer)
    found = team_page(viewer, filters, now, counts)
    here = {row.id for row in found.rows}
    missing = [id_ for id_ in on_top if id_ not in here]
    rows = [*team_rows(viewer, missing, now), *found.rows]
    views = views_context(PAGE, asked.query(filters))
    unasked = base + UNASKED if views["first"] else base

    def at(query: str) -> str:
        return base + query if query else unasked

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
        "facets": facets(filters, choices, counts) if choices.people else (),
        "chips": asked.chips(filters, choices, base, unasked),
        "views": views,
        "base": base,
        "unasked": unasked,
        "here": asked.query(filters, page=found.number),
        "matching": asked.query(replace(filters, sort="due", desc=False)),
        "sort": {
            "key": filters.sort,
            "desc": filters.desc,
            "url": lambda key, desc: at(asked.query(filters, sort=key, desc=desc)),
        },
        "page_url": lambda number: at(asked.query(filters, page=number)),
        "export": url_for("team.assignments_csv") + asked.query(filters),
    }


def dates_of(row: Any) -> tuple[str, str, bool]:
    """Due date, its note, and whether it is late, by the calendar where the assignee works."""
    note = dates.due_words(row.due_on, clock.today(row.zone)) if row.status in OPEN else ""
    return dates.day(row.due_on), note, row.status == AssignmentStatus.OVERDUE
