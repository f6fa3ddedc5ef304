"""The audit trail: who changed what, when, from what to what, and why (EVD-3). Read-only."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import g, request
from flask.typing import ResponseReturnValue

from lmsapp.evidence.audit.queries import TrailFilters, TrailPage, trail_page
from lmsapp.web.admin import words
from lmsapp.web.admin.wing import bp
from lmsapp.web.lists import MOST, page_url
from lmsapp.web.render import page
from lmsapp.web.timeline import named


@bp.get("/audit-trail")
def audit_trail() -> ResponseReturnValue:
    """Newest first, fifty a page."""
    filters = _filters()
    found = trail_page(g.viewer, filters, request.args.get("page", 1, type=int))
    return page(
        "admin/audit/list.html",
        found=found,
        filters=filters,
        kinds=_kinds(found, filters),
        active=len(filters.kinds) + sum(bool(one) for one in (filters.person, filters.first, filters.last)),
        page_url=page_url,
        words=words,
        named=named,
    )


def _filters() -> TrailFilters:
    given = request.args
    return TrailFilters(
        kinds=tuple(given.getlist("kind")[:MOST]),
        person=given.get("person", "").strip()[:100],
        first=_date(given.get("from", "")),
        last=_date(given.get("to", "")),
    )


def _date(given: str) -> dt.date | None:
    """What is no date, or none a calendar page shows, filters nothing."""
    try:
        found = dt.date.fromisoformat(given)
    except ValueError:
        return None
    return found if 1900 < found.year < 3000 else None


def _kinds(found: TrailPage, filters: TrailFilters) -> list[dict[str, Any]]:
    return [
        {"value": kind, "label": words.word(words.KINDS, kind), "count": count, "checked": kind in filters.kinds}
        for kind, count in found.kinds.items()
    ]
