"""Security headers on every response (SEC-3, ASVS 3.4). No inline script or style anywhere, so no nonce."""

from __future__ import annotations

from flask import Response, current_app, request

from lmsapp.infra.hosts import Origin

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; media-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
NOTHING_OF_THE_DEVICE = "camera=(), microphone=(), geolocation=()"


def secure(response: Response) -> Response:
    """`Referrer-Policy: same-origin`, not `no-referrer`: the CSRF check over HTTPS reads the Referer."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Origin-Agent-Cluster"] = "?1"  # a process of our own, where content on a sibling would share ours
    headers.setdefault("Permissions-Policy", NOTHING_OF_THE_DEVICE)
    if request.endpoint != "static" and not response.cache_control.private:
        headers["Cache-Control"] = "no-store"  # send_file alone would let any cache on the way keep a document
    if current_app.config["SESSION_COOKIE_SECURE"]:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return response


def cleared(response: Response) -> Response:
    """After signing out: the browser throws away what it kept of the pages, those behind the Back button too.

    Not its "storage": answers of a quiz that could not be sent yet wait there, and the choice of light or dark.
    """
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def framing_own(response: Response) -> Response:
    """For a page that shows a document of ours in a frame; the document says that it may be framed, and by whom."""
    response.headers["Content-Security-Policy"] = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"
    return response


def framing_content(response: Response) -> Response:
    """For the player's page, and no other: it shows a frame of the content's host, and only of that.

    The opener policy lets a popup of the content find its opener, as content that starts in a window of its own needs;
    the sandbox of the frame goes with such a popup. `unload` is what many packages report by (scorm.md, section 2).
    """
    content = Origin.of(current_app.config["CONTENT_URL"])
    headers = response.headers
    headers["Content-Security-Policy"] = f"{CONTENT_SECURITY_POLICY}; frame-src {content}"
    headers["Permissions-Policy"] = f'{NOTHING_OF_THE_DEVICE}, unload=(self "{content}")'
    headers["Cross-Origin-Opener-Policy"] = "same-origin-allow-popups"
    return response
