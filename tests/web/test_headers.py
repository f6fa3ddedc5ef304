"""SEC-3: what every answer says to the browser, whoever asks and whatever comes of it."""

from __future__ import annotations

import dataclasses

from flask import Flask

from lmsapp import create_app
from lmsapp.infra.db import db
from lmsapp.web.headers import CONTENT_SECURITY_POLICY
from tests.cast import make_cast
from tests.client import PageClient

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Origin-Agent-Cluster": "?1",
}
ODD = ("/nowhere", "/learn/courses/999999999", "/sign-in?next=%00", "/static/app.js", "/static/none.js")


def plain_routes(app: Flask) -> list[str]:
    """Every address without a part to fill in, of the application's own host."""
    rules = [one for one in app.url_map.iter_rules() if not one.arguments and "GET" in (one.methods or ())]
    return sorted(one.rule for one in rules if not one.endpoint.startswith("content."))


def test_every_answer_has_its_headers(client: PageClient) -> None:
    """SEC-3, ASVS 3.4: pages, files, refusals and errors; nothing inline, nothing framed, nothing sniffed or kept. And
    each page that nobody needs a number for is valid HTML (the client looks)."""
    cast = make_cast()
    app = client.application
    routes = plain_routes(app)
    assert len(routes) > 80
    seen: set[int] = set()
    for person, paths in ((None, ("/", "/sign-in", "/hr/roster", *ODD)), (cast.sam, (*routes, *ODD))):
        if person is not None:
            client.sign_in(person.user.id, person.user.session_epoch)
        for path in paths:
            answer = client.open(path)
            seen.add(answer.status_code)
            for name, value in ALWAYS.items():
                assert answer.headers.get(name) == value, (path, name)
            policy = answer.headers["Content-Security-Policy"]
            assert policy.startswith((CONTENT_SECURITY_POLICY, "sandbox")), path
            assert "unsafe" not in policy and "*" not in policy, path
            if not path.startswith("/static/"):
                assert answer.cache_control.no_store or answer.cache_control.private, path
            answer.close()
    assert {200, 302, 403, 404} <= seen


def test_over_https_the_session_stays_there(own_app: Flask) -> None:
    """SEC-3, ASVS 3.3, 3.4.1: a cookie of this host alone, out of reach of scripts and of other sites' forms."""
    app = create_app(dataclasses.replace(own_app.extensions["settings"], base_url="https://lms.example"))
    answer = app.test_client().get("/sign-in", base_url="https://lms.example")
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Domain=" not in cookie
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    with app.app_context():
        db.engine.dispose()
