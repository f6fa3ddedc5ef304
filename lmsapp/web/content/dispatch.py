"""What happens around each request for content: little, since a package asks for hundreds of files."""

from __future__ import annotations

from flask import Response, abort, current_app, g, redirect, request
from flask.typing import ResponseReturnValue

from lmsapp.infra import tracing
from lmsapp.web.content.headers import cage
from lmsapp.web.content.wing import PREFIX

# Of our own static files, those that the wrapper is made of, folders with '/'; all others are the application's alone.
SHARED_STATIC = (
    "vendor/scorm-again/",
    "vendor/bootstrap/",
    "vendor/source-sans-3/",
    "content/",
    "design.css",
    "icons.svg",
)
FOLDERS = tuple(one for one in SHARED_STATIC if one.endswith("/"))
LARGEST_BODY = 4 << 20  # bytes: a commit with all its suspend data and interactions is far below


def before() -> ResponseReturnValue | None:
    """Nobody is signed in, whatever cookies a script may have set; only routes of the content exist."""
    tracing.begin(tracing.Origin.PAGE)
    g.viewer = None
    g.pop("_login_user", None)
    g.setdefault("_login_user", None)  # else the first template would look for cookies
    if request.headers.get("Service-Worker") == "script":
        abort(403)  # one that was registered here would sit between the host and every other package
    if not _exists_here():
        return _to_our_host()
    request.max_content_length = LARGEST_BODY
    return None


def _to_our_host() -> ResponseReturnValue:
    """404; but of a demo people know this machine by both of its names, and are led to the one they meant."""
    if not current_app.config["DEMO"] or request.method not in ("GET", "HEAD") or request.path.startswith(PREFIX):
        abort(404)
    return redirect(current_app.config["BASE_URL"] + request.full_path.rstrip("?"), 307)


def _exists_here() -> bool:
    if request.blueprint == "content":
        return "\x00" not in request.path
    if request.endpoint == "static":
        name = str((request.view_args or {}).get("filename", ""))
        return name in SHARED_STATIC or (name.startswith(FOLDERS) and ".." not in name.split("/"))
    return False


def after(response: Response) -> Response:
    """The content's own headers."""
    response.headers["X-Request-ID"] = tracing.current().request_id
    return cage(response, current_app.config)
