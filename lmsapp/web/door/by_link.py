"""The single-use link of a reminder (REM-5). Looking changes nothing, since scanners of mails and previews of messages
open every address; only the button uses it up.

Before the button is pressed the page names the training and nobody: whoever fetched it may be a machine of a third
party. Every link that opens nothing gets the same page, whatever the reason. It is not served with `no-referrer`:
browsers then send 'Origin: null' with the button, as a stranger's page does. `same-origin` tells others no more.
"""

from __future__ import annotations

import secrets

from flask import Response, g, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from lmsapp.infra.words import RuleBroken
from lmsapp.learning.links.actions import Opened, open_link
from lmsapp.learning.links.asking import ask_for_another
from lmsapp.learning.links.queries import Door, door_of
from lmsapp.people.accounts.throttle import TooManyTries
from lmsapp.web.door.wing import bp
from lmsapp.web.forms import Form, say
from lmsapp.web.render import page, to
from lmsapp.web.sessions import LANGUAGES, begin_by_link


@bp.get("/l/<token>")
def link(token: str) -> ResponseReturnValue:
    """What it is for, and one button. In the browser it was opened in, straight to the training."""
    found = door_of(token)
    if found is not None and is_in(found):
        return to(url_for("student.course", course_id=found.course_id))
    if found is None or not found.waiting:
        return gone(token)
    session.setdefault("mark", secrets.token_urlsafe(16))
    with force_locale(session.get("language") or (found.language if found.language in LANGUAGES else "en")):
        return unlisted(page("door/by_link.html", title=found.title, form=Form(formdata=None), token=token))


@bp.post("/l/<token>")
def open_by_link(token: str) -> ResponseReturnValue:
    """Uses the link up, and begins a session that reaches that training alone."""
    found = door_of(token)
    if found is not None and is_in(found):
        return to(url_for("student.course", course_id=found.course_id))
    form, opened = Form(), None
    if form.validate():
        try:
            opened = open_link(
                token,
                str(session.get("mark", "")),
                address=request.remote_addr or "",
                browser=request.user_agent.string,
            )
        except TooManyTries as broken:
            return gone(token, said=say(broken), status=429)
        except RuleBroken:
            return gone(token)
    return begin(opened) or gone(token)


@bp.post("/l/<token>/another")
def ask_for_link(token: str) -> ResponseReturnValue:
    """The answer is the same whether or not there was such a link, and whatever comes of it."""
    form = Form()
    if form.validate():
        try:
            ask_for_another(token, request.remote_addr or "")
        except TooManyTries as broken:
            return gone(token, said=say(broken), status=429)
    return unlisted(page("door/link_asked.html"))


def begin(opened: Opened | None) -> Response | None:
    """Into the training; None where there is no way in."""
    g.viewer = begin_by_link(opened) if opened else None
    return to(url_for("student.course", course_id=g.viewer.only_course)) if g.viewer else None


def is_in(found: Door) -> bool:
    """Whether this browser opened the link and its session lasts; or whoever it was sent to is signed in here."""
    if g.viewer is None:
        return False
    if g.viewer.only_course is None:
        return bool(g.viewer.employee_id == found.employee_id)
    return found.session_key is not None and session.get("key") == found.session_key


def gone(token: str, *, said: str = "", status: int = 410) -> Response:
    """For every link that opens nothing, the same words."""
    return unlisted(page("door/by_link_gone.html", status=status, token=token, said=said, form=Form(formdata=None)))


def unlisted(response: Response) -> Response:
    """For no index and no preview."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive, nosnippet"
    return response
