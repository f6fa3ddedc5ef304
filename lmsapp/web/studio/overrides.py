"""Decisions by hand that wait for a second person, and those that were made (ENR-9)."""

from __future__ import annotations

from typing import Any

from flask import abort, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import StringField
from wtforms.validators import Length, Optional

from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import files
from lmsapp.learning.overrides.actions import approve, decline
from lmsapp.learning.overrides.queries import list_overrides, override_for
from lmsapp.people.roles import May
from lmsapp.web.enrolled_words import OVERRIDE_KINDS, OVERRIDE_STATES
from lmsapp.web.forms import Form, say
from lmsapp.web.gates import needs
from lmsapp.web.lists import page_url
from lmsapp.web.render import answer, get_or_404, page, to
from lmsapp.web.sending import send_stored
from lmsapp.web.studio.wing import bp


class DecisionForm(Form):
    """Yes or no, and why; a no needs words."""

    reason = StringField(__("Why"), [Optional(), Length(max=1000)])


@bp.get("/overrides")
@needs(May.MODERATE)
def overrides() -> ResponseReturnValue:
    """The queue; other states by their tab."""
    return answer("studio/overrides/index.html", **_context())


@bp.post("/overrides/<int:override_id>/approval")
@needs(May.MODERATE)
def approve_override(override_id: int) -> ResponseReturnValue:
    """The second person says yes."""
    return _decided(override_id, approve, _("Approved and done, with both names on the record."))


@bp.post("/overrides/<int:override_id>/refusal")
@needs(May.MODERATE)
def decline_override(override_id: int) -> ResponseReturnValue:
    """The second person says no; whoever asked drops it."""
    return _decided(override_id, decline, _("Closed. Nothing was changed."))


@bp.get("/overrides/<int:override_id>/file")
@needs(May.MODERATE)
def override_file(override_id: int) -> ResponseReturnValue:
    """What the learner showed, as an attachment; who opened it is on the trail."""
    found = get_or_404(override_for(g.viewer, override_id))
    if found.file is None or not files.exists(found.file.sha256):
        abort(404)
    after = {"file": found.file.name}
    record_change("opened", ("enrollment", found.enrollment_id), by=g.viewer, after=after)
    return send_stored(found.file.sha256, name=found.file.name, media_type=found.file.media_type)


def _decided(override_id: int, decide: Any, said: str) -> ResponseReturnValue:
    found = get_or_404(override_for(g.viewer, override_id))
    form = DecisionForm()
    if form.validate():
        with form.rule_errors():
            decide(found, by=g.viewer, reason=form.reason.data or "")
            return to(url_for("studio.overrides"), said=said)
    words = say(form.broken) if form.broken else _("Give a reason of at most 1000 letters.")
    return page("studio/overrides/index.html", status=422, **_context(), refused={override_id: words})


def _context() -> dict[str, Any]:
    asked = request.args.get("state", "waiting")
    state = asked if asked in OVERRIDE_STATES else "waiting"
    found = list_overrides(g.viewer, state, min(max(request.args.get("page", 1, type=int), 1), 100_000))
    tabs = [
        {"label": words, "href": url_for("studio.overrides", state=one), "current": one == state}
        for one, (_look, words) in OVERRIDE_STATES.items()
    ]
    return {
        "found": found,
        "state": state,
        "tabs": tabs,
        "kinds": OVERRIDE_KINDS,
        "states": OVERRIDE_STATES,
        "page_url": page_url,
        "me": g.viewer.user_id,
    }
