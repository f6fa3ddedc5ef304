"""The compliance matrix as page, as sheets, and what is behind a cell, now or at the end of a past day (HRD-7, EVD-5).

HR and auditors see everybody; a manager the own line, to read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Response, g, redirect, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.compliance.documents.queries import document_for, unfiled_of
from lmsapp.compliance.ledger.expressions import LETTERS
from lmsapp.compliance.ledger.moments import end_of, present
from lmsapp.evidence.audit.actions import note_reading
from lmsapp.infra import site
from lmsapp.infra.past.reading import pieces_as_of
from lmsapp.insight.matrix.board import Asked
from lmsapp.insight.matrix.cell import cell_of
from lmsapp.insight.matrix.columns import columns_for
from lmsapp.insight.matrix.counts import Counts, counts_of
from lmsapp.insight.matrix.filters import MatrixFilters
from lmsapp.insight.matrix.listing import AT_ONCE, PAGE, page_of
from lmsapp.insight.matrix.sheets import LONG_HEAD, WHO_HEAD, long_sheet, wide_sheet
from lmsapp.insight.sheets import csv_pieces, pieces_of, xlsx_file
from lmsapp.people.roles import May
from lmsapp.web import as_of, dates
from lmsapp.web import matrix_asked as asked_for
from lmsapp.web.labels import status_word
from lmsapp.web.lists import MOST, csv_response, page_url
from lmsapp.web.matrix_shown import cells, own_signs, shown_sign, sign
from lmsapp.web.render import answer, get_or_404, wants_fragment
from lmsapp.web.views_shown import UNASKED, first_address, views_context
from lmsapp.web.wing_routes import Route

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SORTS = tuple(asked_for.SORT_WORDS.items())


def asked_now(filters: MatrixFilters, *, line: bool) -> Asked:
    """What the filters ask, of now or of the end of their day."""
    moment = end_of(filters.as_of, site.time_zone()) if filters.as_of else present()
    return Asked(g.viewer, filters, moment, columns_for(filters), line)


def _read() -> MatrixFilters:
    """With the day that is looked at, where it is a past one."""
    return replace(asked_for.read(request.args), as_of=as_of.asked().day)


def matrix_page(wing: str, *, line: bool) -> ResponseReturnValue:
    """The matrix; filters, sorting, pages answer in place. Asked for nothing, it opens with the reader's own view."""
    endpoint = f"{wing}.matrix"
    if not request.args and not wants_fragment() and (address := first_address(endpoint)):
        return redirect(address)
    filters, base, seen = _read(), url_for(endpoint), as_of.asked()
    with seen.reading():
        asked = asked_now(filters, line=line)
        counts = counts_of(asked)
        number = min(filters.page, max(1, -(-counts.people // PAGE)))
        people = page_of(asked, number) if counts.people else []
    here = asked_for.query(filters)
    return answer(
        "matrix/_matrix.html",
        whole="matrix/index.html",
        wing=wing,
        base=base,
        unasked=base + (asked_for.query(MatrixFilters(as_of=filters.as_of)) or UNASKED),
        of_day=f"?as_of={seen.day}" if seen.day else "",
        here=here,
        moment=asked.moment,
        filters=filters,
        counts=counts,
        columns=asked.columns.shown,
        types=len(asked.columns.all),
        lines=[(one, cells(one, asked.columns.shown)) for one in people],
        signs={letter: sign(letter, status_word(status)) for letter, status in LETTERS.items()},
        own_signs=own_signs(asked.columns.shown),
        key=_key(filters, counts, base),
        facets=_facets(filters, counts, asked),
        chips=asked_for.chips(filters, _names(counts, asked), base),
        sorts=[(str(word), base + asked_for.query(filters, sort=key, desc=False), key) for key, word in SORTS],
        turned=base + asked_for.query(filters, desc=not filters.desc),
        paging={"number": number, "size": PAGE, "total": counts.people},
        page_url=page_url,
        column_url=lambda type_id, letter: base + asked_for.query(filters, types=(type_id,), statuses=(letter,)),
        sheets=[
            (words, url_for(f"{endpoint}_{kind}") + _with(here, form))
            for words, kind, form in (
                (_("A line per person, CSV"), "csv", ""),
                (_("A line per person, Excel"), "xlsx", ""),
                (_("A line per person and type, CSV"), "csv", "long"),
                (_("A line per person and type, Excel"), "xlsx", "long"),
            )
        ],
        acts=g.viewer.may(May.KEEP_RECORDS) and wing == "hr" and not seen.day,
        at_once=AT_ONCE,
        views=views_context(endpoint, here),
        **as_of.past_context(seen),
    )


def matrix_csv(_wing: str, *, line: bool) -> Response:
    """All rows of what the matrix shows."""
    return _sheet("csv", line=line)


def matrix_xlsx(_wing: str, *, line: bool) -> Response:
    """The same as a workbook."""
    return _sheet("xlsx", line=line)


def _sheet(kind: str, *, line: bool) -> Response:
    """In the order of the matrix; that somebody took it is noted."""
    filters, seen = _read(), as_of.asked()
    with seen.reading():  # departments below a chosen one are looked up while it is written
        asked = asked_now(filters, line=line)
    words = {letter: status_word(status) for letter, status in LETTERS.items()}
    long = request.args.get("form") == "long"
    with seen.reading():
        statement = long_sheet(asked, words) if long else wide_sheet(asked, words)
    heads = [_(head).capitalize() if head.islower() else _(head) for head in (LONG_HEAD if long else WHO_HEAD)]
    heads += [] if long else [one.name for one in asked.columns.shown]
    kept = {name: request.args.getlist(name)[:MOST] for name in sorted(request.args)[:20]}
    note_reading("team compliance matrix" if line else "compliance matrix", g.viewer, filters=kept)
    name = f"compliance-matrix-{asked.moment.day or dates.today()}"
    if kind == "csv":
        pieces = csv_pieces(heads, statement, first_line=seen.first_line())
        return csv_response(pieces_as_of(seen.end, pieces), f"{name}.csv")
    with seen.reading():
        book = xlsx_file(heads, statement, title=_("Compliance matrix"), first_line=seen.first_line())
    headers = {"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    return Response(stream_with_context(pieces_of(book)), content_type=EXCEL, headers=headers)


def cell_page(wing: str, employee_id: int, type_id: int, *, line: bool) -> Response:
    """What is behind a cell, as a dialog over the matrix or as a page."""
    seen = as_of.asked()
    with seen.reading():
        moment = end_of(seen.day, site.time_zone()) if seen.day else present()
        cell = get_or_404(cell_of(g.viewer, employee_id, type_id, moment, line=line))
    keeps = g.viewer.may(May.KEEP_RECORDS) and not seen.day
    readable = cell.evidence is not None and document_for(g.viewer, cell.evidence.id) is not None
    return answer(
        "matrix/_cell.html",
        whole="matrix/cell.html",
        wing=wing,
        cell=cell,
        keeps=keeps,
        opens=keeps and readable,
        unfiled=[] if not keeps else unfiled_of(g.viewer, employee_id),
        what={"complete": _("Marked Complete"), "waived": _("Waived"), "required": _("Required")},
        matrix_url=url_for(f"{wing}.matrix", as_of=seen.day),
        then=seen.first_line(),
    )


def _key(filters: MatrixFilters, counts: Counts, base: str) -> list[dict[str, Any]]:
    """The legend: each status shows whoever has one of it, and takes it away again."""
    found = []
    for letter, status in LETTERS.items():
        on = letter in filters.statuses
        wanted = tuple(one for one in filters.statuses if one != letter) if on else (*filters.statuses, letter)
        href = base + (asked_for.query(filters, statuses=wanted) or UNASKED)
        found.append(
            {
                "letter": letter,
                "sign": shown_sign(letter, status_word(status)),
                "count": counts.statuses[letter],
                "on": on,
                "href": href,
            }
        )
    return found


def _facets(filters: MatrixFilters, counts: Counts, asked: Asked) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """(label, parameter, options) of each that has something to choose from."""
    statuses = [(letter, status_word(status), counts.statuses[letter]) for letter, status in LETTERS.items()]
    words = {name: [(word, word, number) for word, number in found] for name, found in counts.words.items()}
    regulators = sorted({one.regulator for one in asked.columns.all if one.regulator}, key=str.casefold)
    found = [
        (_("Status"), "status", _options(statuses, filters.statuses)),
        (_("Department"), "department", _options(counts.departments, filters.departments)),
        (_("Job role"), "role", _options(words["roles"], filters.roles)),
        (_("Location"), "location", _options(words["locations"], filters.locations)),
        (_("Region"), "region", _options(words["regions"], filters.regions)),
        (_("Cohort"), "cohort", _options(words["cohorts"], filters.cohorts)),
        (_("Type"), "type", _options([(one.id, one.name, None) for one in asked.columns.all], filters.types)),
        (_("Regulator"), "regulator", _options([(one, one, None) for one in regulators], filters.regulators)),
    ]
    return [facet for facet in found if facet[2]]


def _options(choices: Sequence[tuple[Any, str, int | None]], chosen: Sequence[Any]) -> list[dict[str, Any]]:
    return [
        {"value": value, "label": label, "checked": value in chosen} | ({} if count is None else {"count": count})
        for value, label, count in choices
    ]


def _names(counts: Counts, asked: Asked) -> dict[str, dict[Any, str]]:
    return {
        "departments": {key: path for key, path, _count in counts.departments},
        "types": {one.id: one.name for one in asked.columns.all},
    }


def _with(here: str, form: str) -> str:
    return here if not form else f"{here}&form={form}" if here else f"?form={form}"


def matrix_routes(base: str) -> tuple[Route, ...]:
    """The matrix stands at another address where compliance is one thing among others."""
    return (
        Route(base, "matrix", matrix_page),
        Route(f"{base}/list.csv", "matrix_csv", matrix_csv),
        Route(f"{base}/list.xlsx", "matrix_xlsx", matrix_xlsx),
        Route(f"{base}/<int:employee_id>/<int:type_id>", "matrix_cell", cell_page),
    )
