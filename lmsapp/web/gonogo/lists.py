"""The checklists somebody finds (REP-3)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request, url_for
from flask_babel import gettext as _

from lmsapp.infra import clock
from lmsapp.insight.gonogo.answers import verdict
from lmsapp.insight.gonogo.queries import checklist_for, checklists_for, may_act
from lmsapp.web.dates import today
from lmsapp.web.gonogo.wing import bp
from lmsapp.web.gonogo.words import group_of
from lmsapp.web.render import answer, get_or_404, page


@bp.get("")
def index() -> Response:
    """Those in use, or the archived ones. What each answers is fetched by itself, so that the list is there at once."""
    archived = request.args.get("archived") == "1"
    rows = checklists_for(g.viewer, archived=archived)
    here = url_for("gonogo.index")
    tabs = [
        {"label": _("In use"), "href": here, "current": not archived},
        {"label": _("Archived"), "href": f"{here}?archived=1", "current": archived},
    ]
    shown: list[tuple[Any, str]] = [(row, group_of(row.who, row.audience or row.lead or "")) for row in rows]
    return page(
        "gonogo/index.html", rows=shown, tabs=tabs, archived=archived, may_make=may_act(g.viewer), today=today()
    )


@bp.get("/<int:checklist_id>/verdict")
def short_verdict(checklist_id: int) -> Response:
    """Its word and counts, for its row of the list."""
    checklist = get_or_404(checklist_for(g.viewer, checklist_id))
    found = verdict(g.viewer, checklist, clock.now())
    return answer("gonogo/_verdict.html", whole="gonogo/verdict.html", checklist=checklist, found=found)
