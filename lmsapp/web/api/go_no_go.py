"""Go or no-go, for builds and issue trackers to block on (REP-3). The shape is promised in docs/go-no-go.md."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from lmsapp.infra import clock
from lmsapp.insight.gonogo.answers import OnList, blocked_on, one_on, verdict
from lmsapp.insight.gonogo.lines import BLOCKED, CLEARED
from lmsapp.insight.gonogo.queries import checklist_for
from lmsapp.people.tokens.rules import What
from lmsapp.people.viewer import Viewer
from lmsapp.web.api.answering import answered, refusal, with_token
from lmsapp.web.api.wing import bp
from lmsapp.web.gonogo.words import verdict_words

LONGEST = 320  # an e-mail address
NOT_SAID = frozenset({"as_of"})


@bp.get("/go-no-go/<int:checklist_id>")
def go_no_go(checklist_id: int) -> Response:
    """Of everybody on it, or with `?person=` of one. 200 whatever the answer is; `go` says it."""
    return with_token(What.GO_NO_GO, checklist_id, lambda viewer: _answer(viewer, checklist_id))


def _answer(viewer: Viewer, checklist_id: int) -> Response:
    checklist = checklist_for(viewer, checklist_id)
    if checklist is None:
        return refusal(404, _("There is no such checklist, or the owner of the token may not see it."))
    if checklist.archived_at is not None:
        return refusal(404, _("This checklist is archived and answers no longer."))
    if "person" in request.args:
        return _of_one(viewer, checklist, request.args["person"][:LONGEST].replace("\0", ""))
    return _of_all(viewer, checklist)


def _of_all(viewer: Viewer, checklist: Any) -> Response:
    now = clock.now()
    found = verdict(viewer, checklist, now)
    blocked = blocked_on(viewer, checklist, now) if found.blocked else ()
    said = {
        "go": found.go,
        "message": verdict_words(found),
        **_head(checklist, now),
        "people": found.people,
        "ready": found.ready,
        "cleared": found.cleared,
        "unseen": found.unseen,
        "blocked": [{**_who(one), "missing": _missing(one)} for one in blocked],
    }
    return answered(said, but=NOT_SAID)


def _of_one(viewer: Viewer, checklist: Any, typed: str) -> Response:
    now = clock.now()
    one = one_on(viewer, checklist, typed, now)
    if one is None:
        return refusal(404, _("Nobody of that employee number or e-mail address is on this checklist."))
    who = one.who
    go = who.state != BLOCKED
    said = {
        "go": go,
        "message": _("%(name)s may go.", name=who.name) if go else _("%(name)s is not ready.", name=who.name),
        **_head(checklist, now),
        "person": {**_who(one), "state": who.state, "cleared": _cleared(who)},
        "missing": _missing(one),
    }
    return answered(said, but=NOT_SAID)


def _head(checklist: Any, now: dt.datetime) -> dict[str, Any]:
    page = url_for("gonogo.checklist", checklist_id=checklist.id, _external=True)
    named = {"id": checklist.id, "name": checklist.name, "day": checklist.day.isoformat(), "page": page}
    return {"as_of": now.replace(microsecond=0).isoformat().replace("+00:00", "Z"), "checklist": named}


def _who(one: OnList) -> dict[str, str]:
    return {"number": one.who.number, "name": one.who.name}


def _cleared(who: Any) -> dict[str, str] | None:
    """By whom, until when and why; None for whoever is ready or blocked."""
    if who.state != CLEARED:
        return None
    return {"by": who.cleared_by, "until": who.cleared_until.isoformat(), "reason": who.cleared_reason}


def _missing(one: OnList) -> list[dict[str, Any]]:
    """Statuses as the product keeps them, in English whatever the reader's words are: programs compare them."""
    return [
        {
            "kind": line.kind,
            "id": line.subject_id,
            "title": line.title,
            "status": line.standing,
            "due_on": line.due_on.isoformat() if line.due_on else None,
            "valid_until": line.valid_until.isoformat() if line.valid_until else None,
        }
        for line in one.missing
    ]
