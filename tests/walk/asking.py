"""Whether an answer could be another one for htmx: only where something on the way looked whether htmx asks.

A walk asks for the page first. What nobody looked at made no difference to it, and would make none to the fragment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, Request
from werkzeug.http import parse_cookie
from werkzeug.utils import cached_property

from lmsapp.web import errors

OF_HTMX = "HTTP_HX_"


class Looked:
    """`at_htmx`: since the last `forget`, something looked at a header of htmx, or went through all there are."""

    def __init__(self) -> None:
        self.at_htmx = False

    def forget(self) -> None:
        self.at_htmx = False


class Environment(dict[str, Any]):
    """Of a request. Says what is looked at."""

    def __init__(self, usual: dict[str, Any], looked: Looked):
        super().__init__(usual)
        self._looked = looked

    def __getitem__(self, name: str) -> Any:
        self._note(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self._note(name)
        return super().__contains__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self._note(name)
        return super().get(name, default)

    def _note(self, name: object) -> None:
        if str(name).startswith(OF_HTMX):
            self._looked.at_htmx = True

    def _note_all(self, way: str) -> Any:
        self._looked.at_htmx = True
        return getattr(super(), way)()

    def __iter__(self) -> Any:
        return self._note_all("__iter__")

    def items(self) -> Any:
        return self._note_all("items")

    def keys(self) -> Any:
        return self._note_all("keys")

    def values(self) -> Any:
        return self._note_all("values")

    def copy(self) -> Any:
        return self._note_all("copy")


class OwnCookies(Request):
    """A request that takes its cookies from where they are. As usual it goes through all headers for them, which says
    nothing of htmx."""

    @cached_property
    def cookies(self) -> Any:  # type: ignore[override]
        return parse_cookie(self.environ.get("HTTP_COOKIE", ""), cls=self.dict_storage_class)


@contextmanager
def watched(app: Flask) -> Iterator[Looked]:
    """What requests of the application look at, meanwhile. How an error is shown is asked when it is decided that there is
    one: that does not count."""
    looked, usual, shown, requests = Looked(), app.wsgi_app, errors.wants_fragment, app.request_class

    def answer(environment: dict[str, Any], start: Callable[..., Any]) -> Any:
        return usual(Environment(environment, looked), start)

    def as_fragment() -> bool:
        before, wanted = looked.at_htmx, shown()
        looked.at_htmx = before
        return wanted

    app.request_class = type("Watched", (OwnCookies, requests), {})
    app.wsgi_app = answer  # type: ignore[method-assign, assignment]
    errors.wants_fragment = as_fragment
    try:
        yield looked
    finally:
        app.wsgi_app = usual  # type: ignore[method-assign]
        app.request_class = requests
        errors.wants_fragment = shown
