"""What a session carries, how one begins and how it ends (ORG-1)."""

from __future__ import annotations

from flask import current_app, session
from flask_login import login_user, logout_user

from lmsapp.people.queries import load_viewer
from lmsapp.people.viewer import Viewer

LANGUAGES = {"en": "English", "es": "Español"}


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


def begin_session(user_id: int, epoch: int) -> Viewer | None:
    """A session that shares nothing with the one before, so that nobody can have prepared it (ASVS 7.2.4)."""
    viewer = load_viewer(user_id, epoch, current_app.config["TIME_ZONE"])
    if viewer is not None:
        session.clear()
        login_user(SignedIn(viewer, epoch))
    return viewer


def end_session() -> None:
    """This one only. The language stays chosen."""
    language = session.get("language")
    logout_user()
    session.clear()
    if language:
        session["language"] = language
