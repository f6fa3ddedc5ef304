"""One process, two hosts (SEC-3, SCO-4): the application's, and the one where SCORM content lives.

What a request may reach follows from its `Host` header alone: no header of a proxy is asked, and an absolute address in
the request line changes nothing. On the content's host there is no session, no viewer, no form: no cookie is read or
set there, so that no script of a package can find or fix one; and none of the application's routes exists.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import lru_cache

from flask import Flask, Request, Response, abort, current_app, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask.typing import ResponseReturnValue

from lmsapp.infra.content_host import is_sibling
from lmsapp.infra.hosts import Origin, host_of_header
from lmsapp.web.addresses import LateRule
from lmsapp.web.content import dispatch
from lmsapp.web.content.wing import PREFIX

log = logging.getLogger(__name__)

SIBLING = "content can set cookies for both; a host of another site is safer. See docs/security.md."


def is_content_host(app: Flask, host: str) -> bool:
    """Whether a `Host` header, with or without its port, names the content's host."""
    url = app.config["CONTENT_URL"]
    return bool(url) and _names(host, url)


@lru_cache(maxsize=512)
def _names(header: str, url: str) -> bool:
    return host_of_header(header) == Origin.of(url).host


def at_content_host() -> bool:
    """Whether this request came to the content's host."""
    return is_content_host(current_app, request.environ.get("HTTP_HOST", ""))


def warn_of_sibling(app: Flask) -> None:
    """Once at the start, in the log; Administration, Jobs says it too."""
    base, content = app.config["BASE_URL"], app.config["CONTENT_URL"]
    if content and is_sibling(content, base):
        log.warning("%s shares a site with BASE_URL (%s): %s", content, base, SIBLING)


class OurSessions(SecureCookieSessionInterface):
    """Sessions of the application's host only."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """None, which Flask takes for 'nothing may be kept', where content lives."""
        if is_content_host(app, request.environ.get("HTTP_HOST", "")):
            return None
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Not into an answer to a page of somebody else's, see `strangers`."""
        if not g.get("stranger"):
            super().save_session(app, session, response)


class TwoHosts(Flask):
    """Flask, with nothing of the application's machinery around requests for content."""

    session_interface = OurSessions()
    url_rule_class = LateRule
    after_content: Callable[[Response], Response] = staticmethod(dispatch.after)

    def preprocess_request(self) -> ResponseReturnValue | None:
        """The application's steps, or the few of the content."""
        return dispatch.before() if at_content_host() else super().preprocess_request()

    def process_response(self, response: Response) -> Response:
        """The same on the way out: no session is saved for content."""
        return self.after_content(response) if at_content_host() else super().process_response(response)


def refuse_content() -> None:
    """No route of the content exists on the application's host, whatever the method."""
    if request.path.startswith(PREFIX):
        abort(404)
