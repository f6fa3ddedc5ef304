"""The first weeks of people in the viewer's line: how far they are, and the manager's own part (ORG-6)."""

from __future__ import annotations

from flask import Response, g, request

from lmsapp.onboarding.running.lists import OnboardingFilters, list_onboardings
from lmsapp.onboarding.running.queries import LINE, onboarding_view
from lmsapp.onboarding.running.rules import Standing
from lmsapp.web.lists import page_url
from lmsapp.web.onboarding import STANDINGS, WHO, act, context_of, send_task_file
from lmsapp.web.render import get_or_404, page
from lmsapp.web.team.wing import bp

PAGE = "team/onboarding.html"


@bp.get("/onboarding")
def onboardings() -> Response:
    """Those of the line; the closed ones only when asked for."""
    every = tuple(Standing) if request.args.get("all") else ()
    filters = OnboardingFilters(standings=every, page=request.args.get("page", 1, type=int))
    found = list_onboardings(g.viewer, filters, LINE)
    return page(
        "team/onboardings.html",
        found=found,
        every=bool(every),
        standings=STANDINGS,
        who=WHO,
        address="team.onboarding",
        page_url=page_url,
    )


@bp.get("/onboarding/<int:onboarding_id>")
def onboarding(onboarding_id: int) -> Response:
    view = get_or_404(onboarding_view(g.viewer, onboarding_id, LINE))
    return page(PAGE, **context_of(view, "team"))


@bp.post("/onboarding-tasks/<int:task_id>/done")
def finish_onboarding_task(task_id: int) -> Response:
    return act(task_id, "team", "finish", (LINE,), "team.onboarding", PAGE)


@bp.post("/onboarding-tasks/<int:task_id>/reopening")
def reopen_onboarding_task(task_id: int) -> Response:
    return act(task_id, "team", "reopen", (LINE,), "team.onboarding", PAGE)


@bp.post("/onboarding-tasks/<int:task_id>/document")
def hand_in_onboarding_task(task_id: int) -> Response:
    return act(task_id, "team", "hand_in", (LINE,), "team.onboarding", PAGE)


@bp.get("/onboarding-tasks/<int:task_id>/document")
def onboarding_file(task_id: int) -> Response:
    return send_task_file(task_id, LINE)
