"""Letting in by a token, and answering in JSON (ASVS 4.1, 8.3)."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, current_app, g, request
from flask_babel import force_locale
from flask_babel import gettext as _

from lmsapp.infra import tracing
from lmsapp.people.accounts.rules import WINDOW
from lmsapp.people.accounts.throttle import TooManyTries
from lmsapp.people.tokens.actions import Refused, admit
from lmsapp.people.tokens.rules import What, opens
from lmsapp.people.viewer import Viewer

log = logging.getLogger(__name__)
CHALLENGE = 'Bearer realm="training", error="invalid_token"'
CODES = {400: "bad_request", 401: "unauthorized", 403: "forbidden", 404: "not_found", 405: "method_not_allowed",
         429: "too_many_requests"}  # fmt: skip


def with_token(what: What, subject_id: int, ask: Callable[[Viewer], Response]) -> Response:
    """`ask` as the owner of the token of this request, in their language; or the refusal: 401, 403, 429."""
    try:
        token, viewer = admit(_bearer(), request.remote_addr or "", current_app.config["TIME_ZONE"])
    except TooManyTries:
        response = refusal(429, _("Too many calls. Wait a quarter of an hour, then ask less often."))
        response.headers["Retry-After"] = str(int(WINDOW.total_seconds()))
        return response
    except Refused:
        log.warning("refused %s %s: no valid token", request.method, request.path)
        return refusal(401, _("Send a valid access token: “Authorization: Bearer …”."))
    g.viewer = viewer
    tracing.acting_for(tracing.Person(viewer.user_id, viewer.name))
    with force_locale(viewer.language):
        return _within(token, viewer, what, subject_id, ask)


def _within(token: Any, viewer: Viewer, what: What, subject_id: int, ask: Callable[[Viewer], Response]) -> Response:
    if not opens(token.scopes, what, subject_id):
        log.warning("refused %s %s: outside the scope of token %s", request.method, request.path, token.id)
        return refusal(403, _("This token does not open that."))
    return ask(viewer)


def answered(found: Mapping[str, Any], *, but: frozenset[str] = frozenset()) -> Response:
    """200 with the object. Its ETag is of everything `but` these names, so that it changes with what is said; asked
    with `If-None-Match`, the same answer is 304."""
    said = json.dumps({name: value for name, value in found.items() if name not in but}, sort_keys=True)
    response = as_json(200, found)
    response.set_etag(hashlib.sha256(said.encode()).hexdigest()[:32])
    response.make_conditional(request)
    return response


def refusal(status: int, message: str) -> Response:
    """The same shape for each: never `go`, so that a build that looks at nothing else is blocked."""
    error = CODES.get(status, "error")
    response = as_json(status, {"error": error, "message": message, "go": False})
    if status == 401:
        response.headers["WWW-Authenticate"] = CHALLENGE
    return response


def as_json(status: int, found: Mapping[str, Any]) -> Response:
    """UTF-8, kept by nobody on the way."""
    response = Response(json.dumps(found, ensure_ascii=False) + "\n", status=status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Authorization")
    return response


def _bearer() -> str:
    """What stands behind 'Bearer'; '' for anything else. A token in the address is none: addresses are logged."""
    scheme, _blank, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip()[:200] if scheme.lower() == "bearer" else ""
