"""Requests that other sites' pages cause in a browser that is signed in here (SEC-3, ASVS 3.5.1, 3.5.8).

Beside the CSRF token: what changes something has to come from a page of ours, by its `Origin`; and no other site, the
content's host included, gets anything but a page that somebody opens whole. A sibling subdomain sends our cookies with
whatever it asks for, so that there this, and not SameSite, is the wall.
"""

from __future__ import annotations

from functools import lru_cache

from flask import abort, current_app, g, request

from lmsapp.infra.hosts import NotAHost, Origin, host_of_header

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OURS = frozenset({"same-origin", "none"})  # Sec-Fetch-Site: 'none' is what a person typed or bookmarked
FOR_ANYBODY = frozenset({"public", "health", "mailbox"})  # nothing there follows from who asks


def refuse_strangers() -> None:
    """403 for what no page of ours sent. The answer sets no cookie: a form that another site opens in a window comes
    without ours, and a fresh session in the answer would take the place of the one the learner has."""
    g.stranger = _is_strange()
    if g.stranger:
        abort(403)


def _is_strange() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if request.method not in SAFE:
        origin = request.headers.get("Origin")
        return not (_is_ours(origin) if origin is not None else site is None or site in OURS)
    return site is not None and site not in OURS and request.blueprint not in FOR_ANYBODY and not _is_visit()


def _is_visit() -> bool:
    """Somebody follows a link to us, in a window of its own."""
    asked = request.headers
    return asked.get("Sec-Fetch-Mode") == "navigate" and asked.get("Sec-Fetch-Dest") in (None, "document")


def _is_ours(origin: str) -> bool:
    """The address people open; or the very host that was called, where BASE_URL says it otherwise than the browser."""
    return _same(origin, current_app.config["BASE_URL"], request.environ.get("HTTP_HOST", ""))


@lru_cache(maxsize=512)
def _same(said: str, base_url: str, host: str) -> bool:
    try:
        origin, base = Origin.of(said), Origin.of(base_url)
    except NotAHost:
        return False  # 'null' too: a sandboxed frame, or a page that hides where it comes from
    if origin == base:
        return True
    called = _port_of(host, origin.scheme)
    return origin.host == host_of_header(host) and origin.port == called and _no_weaker(origin, base)


def _port_of(host: str, scheme: str) -> int:
    tail = host.rpartition(":")[2]
    return int(tail) if tail.isdecimal() and ":" in host else {"http": 80, "https": 443}[scheme]


def _no_weaker(origin: Origin, base: Origin) -> bool:
    """A page over plain HTTP, which anybody on the way can write, is not ours where ours come over HTTPS."""
    return origin.scheme == "https" or base.scheme == "http"
