"""Security headers on every response (SEC-3, ASVS 3.4). No inline script or style anywhere, so no nonce."""

from __future__ import annotations

from flask import Response, current_app, request

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; media-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def secure(response: Response) -> Response:
    """`Referrer-Policy: same-origin`, not `no-referrer`: the CSRF check over HTTPS reads the Referer."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
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
