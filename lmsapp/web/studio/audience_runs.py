"""Runs of the audiences: what goes on now, and what was done, when and why (CRS-5)."""

from __future__ import annotations

from typing import Any

from flask import g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.assignments.standing.actions import try_again
from lmsapp.assignments.standing.queries import audience_run_for, runs_page
from lmsapp.infra import clock
from lmsapp.people.roles import May
from lmsapp.web.dates import tr
from lmsapp.web.gates import needs
from lmsapp.web.lists import page_url
from lmsapp.web.render import answer, get_or_404, page, to
from lmsapp.web.studio.audience_words import run_in_words
from lmsapp.web.studio.wing import bp

QUICK_S = 12  # within so many seconds the page asks again after less than half a second


@bp.get("/audience-runs")
@needs(May.MODERATE)
def audience_runs() -> ResponseReturnValue:
    """All of them, newest first."""
    found = runs_page(g.viewer, number=min(request.args.get("page", 1, int), 100_000))
    return page("studio/audiences/runs.html", runs=found, said=run_in_words, page_url=page_url)


@bp.get("/audience-runs/<int:audience_run_id>")
@needs(May.MODERATE)
def audience_run(audience_run_id: int) -> ResponseReturnValue:
    """One, while it goes on and afterwards; the fragment asks here again by itself."""
    run = get_or_404(audience_run_for(g.viewer, audience_run_id))
    return answer("studio/audiences/_run.html", whole="studio/audiences/run.html", **run_context(run))


@bp.post("/audience-runs/<int:audience_run_id>/attempt")
@needs(May.MODERATE)
def retry_audience_run(audience_run_id: int) -> ResponseReturnValue:
    """Once more what failed."""
    run = get_or_404(audience_run_for(g.viewer, audience_run_id))
    if run.state == "failed":
        try_again(run, by=g.viewer)
    return to(url_for("studio.audience_run", audience_run_id=audience_run_id), said=_("Tried again."))


def run_context(run: Any) -> dict[str, Any]:
    """For the fragment."""
    quick = (clock.now() - run.asked_at).total_seconds() < QUICK_S
    percent = min(99, 100 * run.done // run.total) if run.total else None
    done = _("%(done)s of %(total)s", done=min(run.done, run.total), total=run.total) if run.total else ""
    words = tr(run.error) if run.error else run_in_words(run) if run.state == "ready" else done
    return {"run": run, "every": "400ms" if quick else "2s", "percent": percent, "words": words}
