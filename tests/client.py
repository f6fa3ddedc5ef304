"""A test client that reads every page it is given: well-formed, titled, and every form leads somewhere."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections import Counter
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
from flask import Flask, g
from flask.testing import FlaskClient
from flask_login.utils import _create_identifier
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

from lmsapp.infra import clock

# A fragment is parsed inside what it will be put into.
CONTAINERS = {"tr": "tbody", "td": "tr", "th": "tr", "tbody": "table", "thead": "table", "option": "select"}

NOTICEABLE = dt.timedelta(seconds=30)
PACKAGE_FILE = re.compile("/c/[^/]+/files/")  # other people's pages
SPECIMENS = "/help/components"  # its forms show a look and lead nowhere


class PageClient(FlaskClient):
    """Checks each answer of type text/html; everything else passes."""

    began: dt.datetime | None = None  # when the session of `sign_in` began, by the product's clock

    def open(self, *args: Any, **options: Any) -> TestResponse:
        if self.began is not None and abs(clock.now() - self.began) > NOTICEABLE:
            self._begin_again()
        response = super().open(*args, **options)
        foreign = PACKAGE_FILE.match(response.request.path) and response.status_code == 200
        if response.mimetype == "text/html" and not foreign and response.data:
            check_page(self.application, response.get_data(as_text=True), response.request.path)
        return response

    def sign_in(self, user_id: int, epoch: int = 1) -> None:
        """A session as signing in makes it, without the cost of a password.

        It lasts however the test moves the clock; tests of how long sessions last sign in at the door.
        """
        with self.application.test_request_context(environ_base=dict(self.environ_base)):
            identifier = _create_identifier()
            g.pop("_login_user", None)  # the context of a test outlives its requests
        with self.session_transaction() as session:
            session.update({"_user_id": f"{user_id}.{epoch}", "_fresh": True, "_id": identifier})
            session["key"] = secrets.token_urlsafe(16)
        self._begin_again()

    def sign_out(self) -> None:
        self.began = None
        with self.session_transaction() as session:
            session.clear()

    def _begin_again(self) -> None:
        self.began = clock.now()
        with self.session_transaction() as session:
            session["at"] = session["seen"] = int(self.began.timestamp())


def check_page(app: Flask, html: str, path: str) -> None:
    """AssertionError with what is wrong. `path` is where the page was got, for forms without an action."""
    tree, errors = _parse(html)
    assert not errors, f"{path}: not valid HTML: {errors}"
    ids = Counter(element.get("id") for element in tree.iter() if element.get("id"))
    twice = [name for name, times in ids.items() if times > 1]
    assert not twice, f"{path}: the same id twice: {twice}"
    if html.lstrip().lower().startswith("<!doctype"):
        assert (tree.findtext(".//head/title") or "").strip(), f"{path}: no title"
        headings = sum(1 for _ in tree.iter("h1"))
        assert headings == 1, f"{path}: {headings} h1"
    if path == SPECIMENS:
        return
    for form in tree.iter("form"):
        method = (form.get("method") or "get").upper()
        assert _leads_somewhere(app, form.get("action") or path, method), (
            f"{path}: a form leads nowhere: {method} {form.get('action')}"
        )


def _parse(html: str) -> tuple[Element, list[str]]:
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    if html.lstrip().lower().startswith("<!doctype"):
        tree = parser.parse(html)
    else:
        first = re.search(r"<([a-z]+)", html)
        tree = parser.parseFragment(html, container=CONTAINERS.get(first[1] if first else "", "div"))
    errors = [f"{code} at {position} {values}" for position, code, values in parser.errors]
    return tree, errors


def _leads_somewhere(app: Flask, action: str, method: str) -> bool:
    target = urlsplit(action)
    if target.netloc:
        return False
    try:
        app.url_map.bind("localhost").match(target.path, method=method)
    except (NotFound, MethodNotAllowed):
        return False
    except RequestRedirect:
        pass
    return True
