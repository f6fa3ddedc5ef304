"""Telling whoever asked what came of it: they need not wait at the page (DSH-2)."""

from __future__ import annotations

from typing import Any

from lmsapp.assignments.acts.actions import KIND
from lmsapp.assignments.acts.events import ActDone
from lmsapp.assignments.acts.queries import results_of
from lmsapp.assignments.acts.rules import Result
from lmsapp.infra.claims import why
from lmsapp.infra.db import db
from lmsapp.outreach.notices.actions import notice_row, write_letters
from lmsapp.outreach.notices.recipient import recipient_for
from lmsapp.people.accounts.models import User

TEMPLATE = "acts_done"


def tell_of_act(event: ActDone) -> None:
    """In the product: they were just there."""
    act, user = event.act, db.session.get_one(User, event.act.asked_by_id)
    if not user.active or act.finished_at is None:
        return
    results = results_of(act.id)
    values: dict[str, Any] = {
        "what": act.asked,
        "done": results.get(Result.DONE, 0),
        "not_done": act.lines - results.get(Result.DONE, 0),
        **why(act),
    }
    row = notice_row(
        key=f"{TEMPLATE}/{act.id}/{act.finished_at.isoformat()}/in_app",
        channel="in_app",
        template=TEMPLATE,
        to=recipient_for(user),
        values=values,
        link=f"/team/acts/{act.id}",
        about=(KIND, act.id),
    )
    write_letters([row])
