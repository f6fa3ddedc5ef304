"""The client that checks pages can tell a bad one."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.client import check_page

pytestmark = pytest.mark.pure

PAGE = "<!doctype html><html lang=en><head><title>T</title></head><body><h1>H</h1>{}</body></html>"


@pytest.fixture
def small_app() -> Flask:
    app = Flask(__name__)
    app.add_url_rule("/here", "here", lambda: "", methods=["POST"])
    return app


@pytest.mark.parametrize(
    "html",
    [
        PAGE.format("<form method=post action='/here?page=2'></form>"),
        "<tr id='row-1'><td>1</td></tr>",
        "<li>1</li><li>2</li>",
        "<section><svg viewBox='0 0 1 1'><title>T</title></svg><dialog></dialog></section>",
    ],
)
def test_good_ones_pass(small_app: Flask, html: str) -> None:
    check_page(small_app, html, "/here")


@pytest.mark.parametrize(
    ("html", "complaint"),
    [
        ("<!doctype html><html><head></head><body><h1>H</h1></body></html>", "no title"),
        (PAGE.format("<h1>again</h1>"), "2 h1"),
        (PAGE.format("<p><div></p></div>"), "not valid HTML"),
        (PAGE.format("<b id=a></b><b id=a></b>"), "same id twice"),
        (PAGE.format("<form action=/nowhere method=post></form>"), "leads nowhere"),
        (PAGE.format("<form action=/here></form>"), "leads nowhere"),
        (PAGE.format("<form action=https://elsewhere.example/here method=post></form>"), "leads nowhere"),
    ],
)
def test_bad_ones_are_named(small_app: Flask, html: str, complaint: str) -> None:
    with pytest.raises(AssertionError, match=complaint):
        check_page(small_app, html, "/here")
