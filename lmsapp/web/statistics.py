"""The statistics page, its parts and the rows behind each number: one page for every wing (DSH-3, DSH-4, DSH-6).

The page is a frame; each block is fetched by itself, so that none waits for another. Without script each has an address
of its own. `line_only`: of the viewer's own line; `course_id`: of one course; else of everybody.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, abort, g, request
from flask_babel import gettext as _

from lmsapp.evidence.audit.actions import note_reading
from lmsapp.infra.past.reading import pieces_as_of
from lmsapp.insight.sheets import as_csv, rows_as_csv
from lmsapp.insight.statistics.asking import Asking
from lmsapp.insight.statistics.listed import WHAT
from lmsapp.insight.statistics.rows import HEAD, PAGE, page_of_rows, sheet_of_rows
from lmsapp.web import dates
from lmsapp.web.as_of import Asked, asked, past_context
from lmsapp.web.lists import MOST, csv_response, page_url
from lmsapp.web.render import answer, fragment, page, wants_fragment
from lmsapp.web.statistics_asked import read, read_rows
from lmsapp.web.statistics_compliance import compliance_block
from lmsapp.web.statistics_courses import dropoff_block, scores_block, times_block
from lmsapp.web.statistics_filters import chips, facets
from lmsapp.web.statistics_followed import reminders_block
from lmsapp.web.statistics_groups import segments_block
from lmsapp.web.statistics_links import elsewhere
from lmsapp.web.statistics_parts import Block, Place
from lmsapp.web.statistics_said import rows_said
from lmsapp.web.statistics_time import certificates_block, completions_block

# In the order of the page.
BLOCKS: dict[str, Callable[[Place], Block]] = {
    "compliance": compliance_block,
    "segments": segments_block,
    "completions": completions_block,
    "dropoff": dropoff_block,
    "times": times_block,
    "scores": scores_block,
    "certificates": certificates_block,
    "reminders": reminders_block,
}


def statistics_page(wing: str, *, line_only: bool = False, course_id: int | None = None, **more: Any) -> Response:
    """The frame: filters, and an empty place for each block."""
    seen = asked()
    place = _place(wing, seen, line_only=line_only, course_id=course_id)
    with seen.reading():
        shown = facets(place)
    context = {
        "place": place,
        "blocks": list(BLOCKS),
        "facets": shown,
        "chips": chips(place, shown),
        "filters": place.asking.filters,
        "scope": _("Your line") if line_only else _("Everybody"),
        **past_context(seen),
        **more,
    }
    whole = "statistics/course.html" if course_id else "statistics/index.html"
    return answer("statistics/_all.html", whole=whole, **context)


def block_part(wing: str, block: str, *, line_only: bool = False, course_id: int | None = None) -> Response:
    """One block; a page of its own without script. `chosen`: somebody chose inside it, so that the address follows."""
    seen = asked()
    place = _place(wing, seen, line_only=line_only, course_id=course_id)
    shown = _block(place, seen, block)
    if not wants_fragment():
        return page(
            "statistics/part.html", block=shown, place=place, elsewhere=elsewhere(place, block), **past_context(seen)
        )
    response = fragment("statistics/_block.html", block=shown, place=place, elsewhere=elsewhere(place, block))
    if "chosen" in request.args:
        response.headers["HX-Push-Url"] = place.page(block)
    return response


def block_csv(wing: str, block: str, *, line_only: bool = False, course_id: int | None = None) -> Response:
    """One table of a block."""
    seen = asked()
    shown = _block(_place(wing, seen, line_only=line_only, course_id=course_id), seen, block)
    number = request.args.get("table", 0, type=int)
    if not 0 <= number < len(shown.pictures):
        abort(404)
    table = shown.pictures[number].table
    text = rows_as_csv(table.head, table.plain(), first_line=seen.first_line())
    return csv_response(iter([text]), f"{seen.file_name(shown.pictures[number].key)}.csv")


def rows_page(wing: str, *, line_only: bool = False, course_id: int | None = None) -> Response:
    """Whom and what a number counted."""
    seen, of = asked(), read_rows(request.args)
    place = _place(wing, seen, line_only=line_only, course_id=course_id)
    with seen.reading():
        rows, total = page_of_rows(place.asking, of)
    listed = WHAT[of.what]
    return page(
        "statistics/rows.html",
        wing=wing,
        rows=rows,
        title=_(listed.title),
        said=rows_said(place, of),
        heads=[_(head) if head else "" for head in listed.heads],
        value_kind=listed.heads[2],
        paging={"number": of.page, "size": PAGE, "total": total},
        page_url=page_url,
        sheet=place.rows_sheet(request.query_string.decode()),
        back=place.page(),
        **past_context(seen),
    )


def rows_csv(wing: str, *, line_only: bool = False, course_id: int | None = None) -> Response:
    """All of them; that somebody took the list is noted."""
    seen, of = asked(), read_rows(request.args)
    place = _place(wing, seen, line_only=line_only, course_id=course_id)
    with seen.reading():
        statement = sheet_of_rows(place.asking, of)
    kept = {name: request.args.getlist(name)[:MOST] for name in sorted(request.args)[:20]}
    note_reading("statistics", g.viewer, filters=kept)
    heads = [_(head).capitalize() for head in (*HEAD, *(head for head in WHAT[of.what].heads if head))]
    pieces = as_csv(heads, statement, first_line=seen.first_line())
    return csv_response(pieces_as_of(seen.end, pieces), f"{seen.file_name(of.what)}.csv")


def _block(place: Place, seen: Asked, block: str) -> Block:
    if block not in BLOCKS:
        abort(404)
    with seen.reading():
        return BLOCKS[block](place)


def _place(wing: str, seen: Asked, *, line_only: bool, course_id: int | None) -> Place:
    asking = Asking(
        g.viewer,
        read(request.args),
        seen.now,
        seen.today(dates.zone_name()),
        line_only=line_only,
        course_id=course_id,
        kept=seen.day is None,
    )
    return Place(wing, asking, seen.day.isoformat() if seen.day else "", course_id)
