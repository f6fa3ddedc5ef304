"""The audit trail: who changed what, when, from what to what, and why (EVD-3). Read-only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from flask import Response, current_app, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.evidence.audit.actions import note_reading
from lmsapp.evidence.audit.queries import (
    COUNTED,
    HEAD,
    Cursor,
    TrailFilters,
    entries_of_request,
    trail_entry,
    trail_page,
    trail_sheet,
)
from lmsapp.infra.health import evidence_is_protected
from lmsapp.infra.tracing import Origin
from lmsapp.insight.sheets import as_csv
from lmsapp.people.roles import May
from lmsapp.web import dates
from lmsapp.web.admin import words
from lmsapp.web.admin.wing import bp
from lmsapp.web.lists import MOST, csv_response, options
from lmsapp.web.render import get_or_404, page
from lmsapp.web.timeline import named

NAMES = ("kind", "action", "origin", "person", "words", "request", "from", "to")
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MICROSECOND = dt.timedelta(microseconds=1)

# Where an object of the trail is looked at, the name its address gives the id, and who may.
PLACES: dict[str, tuple[str, str, tuple[May, ...]]] = {
    "assignment": ("studio.assignment", "assignment_id", (May.MODERATE,)),
    "compliance_type": ("hr.compliance_type", "type_id", (May.KEEP_RECORDS,)),
    "employee": ("hr.employee", "employee_id", (May.KEEP_RECORDS,)),
    "report_schedule": ("hr.report_schedule", "report_schedule_id", (May.KEEP_RECORDS,)),
    "roster_run": ("hr.roster_plan", "run_id", (May.KEEP_RECORDS,)),
    "user": ("admin.user", "user_id", (May.CONFIGURE,)),
}


@bp.get("/audit-trail")
def audit_trail() -> ResponseReturnValue:
    """Newest first, fifty a page."""
    filters = _filters()
    found = trail_page(g.viewer, filters, _cursor())
    asked = (filters.person, filters.words, filters.request_id, filters.first, filters.last)
    return page(
        "admin/audit/list.html",
        found=found,
        filters=filters,
        facets=_facets(found.kinds, found.actions, filters),
        active=len(filters.kinds) + len(filters.actions) + len(filters.origins) + sum(map(bool, asked)),
        turn=_turn,
        sheet=url_for("admin.audit_trail_csv") + _query(),
        counted=COUNTED,
        unprotected=g.viewer.may(May.CONFIGURE) and evidence_is_protected(current_app) is False,
        words=words,
        named=named,
    )


@bp.get("/audit-trail.csv")
def audit_trail_csv() -> Response:
    """Every entry of what the page shows; the trail keeps who took it and with which filters."""
    filters = _filters()
    statement = trail_sheet(g.viewer, filters)
    note_reading("audit trail", g.viewer, filters=asdict(filters))
    heads = [_(head).capitalize() for head in HEAD]
    return csv_response(as_csv(heads, statement), f"audit-trail-{dates.today()}.csv")


@bp.get("/audit-trail/<int:entry_id>")
def audit_entry(entry_id: int) -> ResponseReturnValue:
    """Everything about one change, and what else the same request changed."""
    entry = get_or_404(trail_entry(g.viewer, entry_id))
    together = entries_of_request(g.viewer, entry.request_id) if entry.request_id else ()
    return page(
        "admin/audit/entry.html",
        entry=entry,
        together=[other for other in together if other.id != entry.id],
        place=_place(entry.subject_kind, entry.subject_id),
        words=words,
        named=named,
    )


def _place(kind: str, subject_id: int) -> str | None:
    endpoint, name, may = PLACES.get(kind, ("", "", ()))
    if endpoint not in current_app.view_functions or not g.viewer.may(*may):
        return None
    values: dict[str, Any] = {name: subject_id}
    return url_for(endpoint, **values)


def _filters() -> TrailFilters:
    return TrailFilters(
        kinds=_several("kind"),
        actions=_several("action"),
        origins=_several("origin"),
        person=_text("person"),
        words=_text("words"),
        request_id=_text("request"),
        first=_date(request.args.get("from", "")),
        last=_date(request.args.get("to", "")),
    )


def _several(name: str) -> tuple[str, ...]:
    return tuple(one for one in request.args.getlist(name)[:MOST] if one and "\0" not in one)


def _text(name: str) -> str:
    """PostgreSQL takes no NUL."""
    return request.args.get(name, "").replace("\0", "").strip()[:100]


def _date(given: str) -> dt.date | None:
    """What is no date, or none a calendar page shows, filters nothing."""
    try:
        found = dt.date.fromisoformat(given)
    except ValueError:
        return None
    return found if 1900 < found.year < 3000 else None


def _cursor() -> Cursor | None:
    """'older=<microseconds since 1970>-<id>' or 'newer=…'; what is neither begins at the top."""
    for name in ("older", "newer"):
        micros, _dash, id_ = request.args.get(name, "").partition("-")
        if micros.isdecimal() and id_.isdecimal() and len(micros) < 17 and len(id_) < 10:
            return Cursor(EPOCH + int(micros) * MICROSECOND, int(id_), newer=name == "newer")
    return None


def _turn(way: str, row: Any) -> str:
    """The address of the next page that way ('older', 'newer') from `row` on."""
    return request.path + _query((way, f"{(row.at - EPOCH) // MICROSECOND}-{row.id}"))


def _query(*more: tuple[str, str]) -> str:
    pairs = [(name, value) for name in NAMES for value in request.args.getlist(name)[:MOST] if value]
    return f"?{urlencode([*pairs, *more])}" if pairs or more else ""


def _facets(
    kinds: Sequence[str], actions: Sequence[str], filters: TrailFilters
) -> list[tuple[str, str, list[dict[str, Any]]]]:
    named_kinds = ((one, words.word(words.KINDS, one)) for one in kinds)
    named_actions = ((one, words.said(one).capitalize()) for one in actions)
    origins = ((one.value, _(one.value).capitalize()) for one in Origin)
    return [
        (_("Kind"), "kind", _sorted(named_kinds, filters.kinds)),
        (_("What was done"), "action", _sorted(named_actions, filters.actions)),
        (_("Came by"), "origin", options(origins, filters.origins)),
    ]


def _sorted(pairs: Iterable[tuple[str, str]], chosen: tuple[str, ...]) -> list[dict[str, Any]]:
    return options(sorted(pairs, key=lambda pair: pair[1].lower()), chosen)
