"""Training assignments for staff: the list with its filters, and the sheets of exactly what is shown (ASG-1, ASG-7).

The studio shows everybody's, the team wing those of one's own line.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response, g, redirect, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.assignments.rules import OPEN, AssignmentStatus, display_number
from lmsapp.evidence.audit.actions import note_reading
from lmsapp.infra.past.reading import pieces_as_of
from lmsapp.insight.assignments.facets import Counts, facet_counts, manager_options
from lmsapp.insight.assignments.filters import ALL, DUE_WINDOWS, LATE_BY, AssignmentFilters
from lmsapp.insight.assignments.listing import HEAD, PAGE, SheetWords, assignment_rows, assignment_sheet
from lmsapp.insight.sheets import as_csv, pieces_of, xlsx_file
from lmsapp.web import as_of, dates
from lmsapp.web import assigned_asked as asked
from lmsapp.web.as_of import past_context
from lmsapp.web.assigned_acts import acts_for
from lmsapp.web.assigned_words import SHOWN_STATUSES, SOURCES, due_label, late_label
from lmsapp.web.labels import sheet_words, status_word
from lmsapp.web.lists import MOST, csv_response, options, page_url
from lmsapp.web.render import answer, wants_fragment
from lmsapp.web.views_shown import UNASKED, file_word, first_address, views_context

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def assignments_page(wing: str, *, line: bool, **more: Any) -> ResponseReturnValue:
    """The list; filters, sorting and pages answer in place. Asked for nothing, it opens with the reader's own view."""
    if not request.args and not wants_fragment() and (address := first_address(f"{wing}.assignments")):
        return redirect(address)
    seen, base = as_of.asked(), url_for(f"{wing}.assignments")
    filters = replace(asked.read(request.args), as_of=seen.day)
    with seen.reading():
        counts = facet_counts(g.viewer, filters, seen.now, line=line)
        number = min(filters.page, max(1, -(-counts.total // PAGE)))
        managers = manager_options(g.viewer, line=line)
        rows = assignment_rows(g.viewer, filters, seen.now, number, line=line)
    names: dict[str, dict[Any, str]] = {
        "courses": {key: title for key, title, _count in counts.courses},
        "departments": {key: path for key, path, _count in counts.departments},
        "managers": dict(managers),
    }
    here = asked.query(filters)
    return answer(
        "assigned/_list.html",
        whole="assigned/index.html",
        wing=wing,
        base=base,
        unasked=(base + asked.query(AssignmentFilters(as_of=seen.day))) if seen.day else base + UNASKED,
        rows=rows,
        paging={"number": number, "size": PAGE, "total": counts.total},
        filters=filters,
        here=here,
        tallies=tallies(filters, counts, base),
        facets=facets(filters, counts, managers),
        chips=asked.chips(filters, names, base),
        sheets={kind: url_for(f"{wing}.assignment_list_{kind}") + here for kind in ("csv", "xlsx")},
        sort={
            "key": filters.sort,
            "desc": filters.desc,
            "url": lambda key, desc: base + asked.query(filters, sort=key, desc=desc),
        },
        acts=acts_for(g.viewer),
        views=views_context(f"{wing}.assignments", here),
        sources=SOURCES,
        open_statuses=OPEN,
        page_url=page_url,
        display_number=display_number,
        today_in=seen.today,
        due_words=dates.due_words,
        **past_context(seen),
        **more,
    )


def tallies(filters: AssignmentFilters, counts: Counts, base: str) -> list[dict[str, Any]]:
    """Open, each status there is, all: with how many; the address shows those alone."""

    def tab(label: str, count: int, statuses: tuple[str, ...]) -> dict[str, Any]:
        href = base + (asked.query(filters, statuses=statuses) or UNASKED)
        return {"label": label, "href": href, "count": count, "current": filters.statuses == statuses}

    by_status = counts.statuses
    return [
        tab(_("Open"), sum(by_status.get(one, 0) for one in OPEN), ()),
        *(tab(status_word(one), by_status[one], (str(one),)) for one in SHOWN_STATUSES if by_status.get(one)),
        tab(_("All"), sum(by_status.values()), (ALL,)),
    ]


def facets(
    filters: AssignmentFilters, counts: Counts, managers: list[tuple[int, str]]
) -> list[tuple[str, str, list[dict[str, Any]], str]]:
    """(label, parameter, options, kind of tick) of each that has something to choose from."""
    several, one, every = "checkbox", "radio", [("", _("Any"))]
    statuses = [(str(word), status_word(word), counts.statuses.get(word, 0)) for word in SHOWN_STATUSES]
    sources = [(name, str(word), counts.sources.get(name, 0)) for name, word in SOURCES.items()]
    used = [source for source in sources if source[2] or source[0] in filters.sources]
    due = every + [(window, due_label(window)) for window in DUE_WINDOWS]
    late = every + [(days, late_label(days)) for days in LATE_BY]
    lead = [("", _("Anybody")), *((str(key), name) for key, name in managers)] if managers else []
    found = [
        (_("Status"), "status", _counted(statuses, filters.statuses), several),
        (_("Course"), "course", _counted(counts.courses, filters.courses), several),
        (_("Department"), "department", _counted(counts.departments, filters.departments), several),
        (_("Manager"), "manager", options(lead, (str(filters.manager or ""),)), one),
        (_("Source"), "source", _counted(used, filters.sources), several),
        (_("Due"), "due", options(due, (filters.due,)), one),
        (_("Late"), "late", options(late, (filters.late,)), one),
    ]
    return [(label, name, _unless_any(offered, kind), kind) for label, name, offered, kind in found if offered]


def assignments_sheet(wing: str, kind: str, *, line: bool) -> Response:
    """All rows of what the list shows, in its order, with the organisation's words; that somebody took it is noted."""
    filters, seen = asked.read(request.args), as_of.asked()
    labels = sheet_words(AssignmentStatus)
    sources = {name: str(word) for name, word in SOURCES.items()}
    words = SheetWords(labels.general, labels.by_course, sources, _("The system"))
    with seen.reading():
        statement = assignment_sheet(g.viewer, filters, seen.now, words, line=line)
    kept = {name: request.args.getlist(name)[:MOST] for name in sorted(request.args)[:20]}
    note_reading("team assignments" if line else "assignments", g.viewer, filters=kept)
    view = views_context(f"{wing}.assignments", asked.query(filters))["current"]
    named = file_word(view.name) if view else ""
    heads = [_(head).capitalize() for head in HEAD]
    name, above = seen.file_name("-".join(part for part in ("assignments", named) if part)), seen.first_line()
    if kind == "csv":
        return csv_response(pieces_as_of(seen.end, as_csv(heads, statement, first_line=above)), f"{name}.csv")
    with seen.reading():
        book = xlsx_file(heads, statement, title=view.name if view else _("Assignments"), first_line=above)
    headers = {"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    return Response(stream_with_context(pieces_of(book)), content_type=EXCEL, headers=headers)


def _counted(pairs: Any, chosen: Any) -> list[dict[str, Any]]:
    return [
        {"value": value, "label": label, "count": count, "checked": value in chosen} for value, label, count in pairs
    ]


def _unless_any(offered: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    """'Any' is no filter: it is ticked, and counts as none."""
    return (
        [{**one, "checked": one["checked"] and one["value"] != ""} for one in offered] if kind == "radio" else offered
    )
