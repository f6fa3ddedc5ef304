"""A test client that reads every page it is given: well-formed, titled, and every form leads somewhere."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, g
from flask.testing import FlaskClient
from flask_login.utils import _create_identifier
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

from lmsapp.infra import clock
from tests.markup import facts_of, is_whole, jump_of_headings

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
    facts = facts_of(html)
    assert not facts.errors, f"{path}: not valid HTML: {facts.errors}"
    twice = [name for name, times in Counter(facts.ids).items() if times > 1]
    assert not twice, f"{path}: the same id twice: {twice}"
    if is_whole(html):
        assert facts.title, f"{path}: no title"
        assert facts.headings == 1, f"{path}: {facts.headings} h1"
        assert not jump_of_headings(html), f"{path}: from {jump_of_headings(html)}"
    if path == SPECIMENS:
        return
    for method, action in facts.forms:
        assert _leads_somewhere(app, action or path, (method or "get").upper()), (
            f"{path}: a form leads nowhere: {(method or 'get').upper()} {action}"
        )


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
