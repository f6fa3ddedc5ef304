"""Where you are signed in, and every sign-in of the last half year (ORG-8, ASVS 7.5.2)."""

from __future__ import annotations

from flask import abort, g, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.people.accounts.actions import sign_out_everywhere
from lmsapp.people.accounts.queries import failed_lately, open_visits_of, user_of, visit_of, visits_of
from lmsapp.people.accounts.visits import end_visit
from lmsapp.people.queries import session_limits
from lmsapp.web.account.browsers import browser_words
from lmsapp.web.account.wing import bp
from lmsapp.web.forms import Form
from lmsapp.web.headers import cleared
from lmsapp.web.render import get_or_404, page, to
from lmsapp.web.sessions import end_session


class EndForm(Form):
    """Nothing but its token."""


@bp.get("/sign-ins")
def sign_ins() -> ResponseReturnValue:
    """Open sessions, failed tries, and the last sign-ins."""
    return page(
        "account/sign_ins.html",
        sessions=open_visits_of(g.viewer, session_limits()),
        failed=failed_lately(g.viewer),
        visits=visits_of(g.viewer, 50),
        here=session.get("key"),
        browser=browser_words,
    )


@bp.post("/sign-ins/<int:sign_in_id>/end")
def end_one_session(sign_in_id: int) -> ResponseReturnValue:
    """One session elsewhere; ending one's own is signing out."""
    visit = get_or_404(visit_of(g.viewer, sign_in_id))
    if not EndForm().validate():
        abort(400)
    end_visit(visit, user_of(g.viewer), g.viewer)
    return to(url_for("account.sign_ins"), said=_("That session is over."))


@bp.post("/session")
def stay() -> ResponseReturnValue:
    """'Stay signed in': asking is enough, since every request of a person keeps the session."""
    return "", 204


@bp.post("/sessions/end")
def end_all_sessions() -> ResponseReturnValue:
    """Sign out everywhere, here too."""
    sign_out_everywhere(user_of(g.viewer), g.viewer)
    end_session()
    return cleared(to(url_for("door.sign_in"), said=_("You are signed out everywhere.")))
