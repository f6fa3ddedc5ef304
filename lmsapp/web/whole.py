"""A request that breaks off is no request.

The server hands over whatever came before the connection broke, and says that the stream ends by itself; then nobody
counts. With the length counted, half an answer to a quiz is refused instead of being saved as another one (QIZ-3).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class WholeRequests:
    """Around the application: bodies of a stated length are read to their end, or the request is a bad one (400)."""

    def __init__(self, app: WSGIApplication):
        self.app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("CONTENT_LENGTH"):
            environ.pop("wsgi.input_terminated", None)
        return self.app(environ, start_response)
