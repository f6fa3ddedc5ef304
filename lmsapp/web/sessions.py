"""What a session carries, how one begins, lasts and ends (ORG-1, ASVS 7.3).

The signed cookie holds who it is ('<user id>.<epoch>'), the key of its row among the sign-ins, when it began (`at`) and
when something was last done (`seen`), both in whole seconds since 1970; of a session that a single-use link began, also
the one course it reaches (`only`). What a page asks by itself (polling; app.js
marks it with X-By-Itself) does not count as something done; a lesson's reports of activity do, since the page sends
them only while somebody is there. The cookie is written again when `seen` is older than FRESH, so few responses do.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from flask import current_app, g, request, session, url_for
from flask_login import login_user, logout_user

from lmsapp.infra import clock
from lmsapp.learning.links.actions import Opened
from lmsapp.people.accounts.rules import SessionEnd, session_end
from lmsapp.people.accounts.visits import close_session, open_session
from lmsapp.people.queries import load_session
from lmsapp.people.viewer import Viewer

if TYPE_CHECKING:
    from lmsapp.people.accounts.models import User

LANGUAGES = {"en": "English", "es": "Español"}
FRESH = 60  # seconds
OURS = ("_user_id", "_fresh", "_id", "key", "at", "seen", "only")


class SignedIn:
    """What Flask-Login carries: a viewer, and the session's epoch, which ends every session when it moves on."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, viewer: Viewer, epoch: int):
        self.viewer = viewer
        self.epoch = epoch

    def get_id(self) -> str:
        """'<user id>.<session epoch>'."""
        return f"{self.viewer.user_id}.{self.epoch}"


def begin_session(user: User, how: str) -> Viewer | None:
    """A session that shares nothing with the one before, so that nobody can have prepared it (ASVS 7.2.4).

    `how` as in `accounts.models.SignIn`.
    """
    key = open_session(user, how, address=request.remote_addr or "", browser=request.user_agent.string)
    found = load_session(user.id, user.session_epoch, key, current_app.config["TIME_ZONE"])
    if found is None:
        return None
    _close_this_one()
    session.clear()
    session["key"] = key
    session["at"] = session["seen"] = _seconds()
    login_user(SignedIn(found[0], user.session_epoch))
    return found[0]


def begin_by_link(opened: Opened) -> Viewer | None:
    """A session that reaches one course (REM-5), as new as the other kind. It says so itself as well (`only`): should
    its row be gone, it is no session at all rather than one without limits."""
    user = opened.user
    found = load_session(user.id, user.session_epoch, opened.key, current_app.config["TIME_ZONE"])
    if found is None:
        return None
    if session.get("key") != opened.key:
        _close_this_one()
    language = session.get("language")
    session.clear()
    session.update({"key": opened.key, "only": opened.course_id, "at": _seconds(), "seen": _seconds()})
    if language:
        session["language"] = language
    login_user(SignedIn(found[0], user.session_epoch))
    return found[0]


def load_signed_in(identity: str) -> SignedIn | None:
    """Who the session of this request belongs to, while it lasts; else `g.ended` says why it is over."""
    g.ended = SessionEnd.LINK if "only" in session else SessionEnd.CHANGED
    user_id, _dot, epoch = identity.partition(".")
    if not (user_id.isdecimal() and epoch.isdecimal()):
        return None
    found = load_session(int(user_id), int(epoch), str(session.get("key", "")), current_app.config["TIME_ZONE"])
    if found is None:
        return None
    viewer, limits = found
    if viewer.only_course != session.get("only"):
        return None
    over = session_end(_instant("at"), _instant("seen"), clock.now(), limits)
    g.ended = SessionEnd.LINK if over and viewer.only_course is not None else over
    g.idle_seconds = int(limits.idle.total_seconds())
    return SignedIn(viewer, int(epoch)) if g.ended is None else None


def keep_alive() -> None:
    """Something was done: note it in the cookie, unless it was noted a moment ago or the page asked by itself."""
    if "X-By-Itself" not in request.headers and _seconds() - session["seen"] >= FRESH:
        session["seen"] = _seconds()


def forget_session() -> None:
    """The session is over; the language and the token of forms that are still open stay."""
    for name in OURS:
        session.pop(name, None)


def end_session() -> None:
    """This one only, here and wherever its cookie was copied to. The language stays chosen."""
    language = session.get("language")
    _close_this_one()
    logout_user()
    session.clear()
    if language:
        session["language"] = language


def sign_in_address(back: str | None) -> str:
    """The sign-in page that leads `back`, and says why the session ended where it did so by itself."""
    return url_for("door.sign_in", next=back, ended=g.get("ended"))


def _close_this_one() -> None:
    """The session this browser came with, if it is still somebody's."""
    if g.viewer and (key := session.get("key")):
        close_session(g.viewer.user_id, key)


def _seconds() -> int:
    return int(clock.now().timestamp())


def _instant(name: str) -> dt.datetime:
    """The beginning of time where the session does not say: it is over then."""
    kept = session.get(name)
    return dt.datetime.fromtimestamp(kept if isinstance(kept, int) else 0, dt.UTC)
