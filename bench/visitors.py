"""Sessions as signing in makes them, without the cost of a password: the cookie and its CSRF token."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from flask import Flask, g, session
from flask_login.utils import _create_identifier
from flask_wtf.csrf import generate_csrf

from lmsapp.infra import clock

AGENT = "bench"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at a browser."""

    cookie: str
    token: str


def visitor(app: Flask, user_id: int | None) -> Visitor:
    """The session of that user; None is somebody who has not signed in."""
    environ = {"REMOTE_ADDR": "127.0.0.1", "HTTP_USER_AGENT": AGENT}
    with app.test_request_context(environ_base=environ):
        if user_id is not None:
            now = int(clock.now().timestamp())
            session.update({"_user_id": f"{user_id}.1", "_fresh": True, "_id": _create_identifier()})
            session.update({"key": secrets.token_urlsafe(16), "at": now, "seen": now})
        token = generate_csrf()
        g.pop("csrf_token", None)
        serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        return Visitor(f"{app.config['SESSION_COOKIE_NAME']}={serializer.dumps(dict(session))}", token)
