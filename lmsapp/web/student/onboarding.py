"""One's own first weeks as a checklist, and one's part in those of others (ORG-6)."""

from __future__ import annotations

from flask import Response, g, url_for

from lmsapp.onboarding.running.queries import OWN, PARTNER, onboarding_view, own_latest
from lmsapp.onboarding.running.waiting import tasks_for_partner
from lmsapp.web.onboarding import act, context_of, send_task_file
from lmsapp.web.render import page
from lmsapp.web.student.wing import bp

MINE = (OWN, PARTNER)
PAGE = "student/onboarding.html"


@bp.get("/onboarding")
def onboarding() -> Response:
    """The newest of the viewer's own; without one, words instead."""
    key = own_latest(g.viewer)
    view = onboarding_view(g.viewer, key, OWN) if key else None
    others = tasks_for_partner(g.viewer)
    return page(PAGE, others=len(others), **(context_of(view, "student") if view else {"view": None}))


@bp.get("/onboarding/others")
def onboarding_others() -> Response:
    """What the viewer is to do for others, as the HR business partner named in their records."""
    return page("student/onboarding_others.html", tasks=tasks_for_partner(g.viewer))


@bp.post("/onboarding-tasks/<int:task_id>/done")
def finish_onboarding_task(task_id: int) -> Response:
    return act(task_id, "student", "finish", MINE, url_for("student.onboarding"), PAGE)


@bp.post("/onboarding-tasks/<int:task_id>/reopening")
def reopen_onboarding_task(task_id: int) -> Response:
    return act(task_id, "student", "reopen", MINE, url_for("student.onboarding"), PAGE)


@bp.post("/onboarding-tasks/<int:task_id>/document")
def hand_in_onboarding_task(task_id: int) -> Response:
    return act(task_id, "student", "hand_in", MINE, url_for("student.onboarding"), PAGE)


@bp.get("/onboarding-tasks/<int:task_id>/document")
def onboarding_file(task_id: int) -> Response:
    return send_task_file(task_id, *MINE)
