"""Headers of everything on the content's host (SEC-3, SCO-4)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from flask import Response

from lmsapp.infra.hosts import Origin

NOT_FOR_CONTENT = (
    "camera",
    "microphone",
    "geolocation",
    "display-capture",
    "usb",
    "serial",
    "hid",
    "midi",
    "payment",
    "clipboard-read",
    "publickey-credentials-get",
    "storage-access",
)
# `unload`: content that reports only when it is left needs it, and browsers are taking it away (scorm.md, section 2).
PERMISSIONS = ", ".join(["unload=*", *(f"{name}=()" for name in NOT_FOR_CONTENT)])


@lru_cache(maxsize=8)
def policy(base_url: str, sources: tuple[str, ...]) -> str:
    """The content security policy. Packages come with inline script and eval, and have to run unmodified; what the
    policy decides is whom they can call (this host, and what an administrator allows) and who may frame them."""
    hosts = " ".join(("'self'", *sources))
    parts = (
        f"default-src {hosts} data: blob:",
        f"script-src {hosts} data: blob: 'unsafe-inline' 'unsafe-eval'",
        f"style-src {hosts} data: blob: 'unsafe-inline'",
        f"object-src {hosts} data: blob:",
        "base-uri 'self'",
        "form-action 'self'",
        f"frame-ancestors 'self' {Origin.of(base_url)}",
    )
    return "; ".join(parts)


def cage(response: Response, config: Mapping[str, Any]) -> Response:
    """For files, the wrapper, answers to commits and refusals alike. No opener policy: a popup of the content has to
    find its opener, and the sandbox of the frame goes with it."""
    headers = response.headers
    headers["Content-Security-Policy"] = policy(config["BASE_URL"], config["CONTENT_SOURCES"])
    headers["Permissions-Policy"] = PERMISSIONS
    headers["Referrer-Policy"] = "no-referrer"  # the token stands in the address
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Origin-Agent-Cluster"] = "?1"  # else an endless loop of a sibling would stop our page as well
    headers["X-Robots-Tag"] = "noindex, nofollow"
    if "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store"
    if config["CONTENT_URL"].startswith("https:"):
        headers["Strict-Transport-Security"] = "max-age=31536000"
    headers.pop("Set-Cookie", None)
    return response
