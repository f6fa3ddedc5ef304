"""SEC-3: what other sites' pages make a signed-in browser send is refused, even with a stolen token."""

from __future__ import annotations

import dataclasses

import pytest
from flask import Flask, g

from lmsapp import create_app
from lmsapp.infra.db import db
from lmsapp.web.strangers import _same
from tests.client import PageClient

LMS, CONTENT = "http://localhost", "http://content.example"


def strict(own_app: Flask, base: str = LMS) -> PageClient:
    """With the CSRF token asked for, as in production."""
    return PageClient(create_app(dataclasses.replace(own_app.extensions["settings"], base_url=base)))


def test_a_stolen_token_does_not_help_the_content_host(own_app: Flask) -> None:
    """SEC-3: the token is right, the session is right, the page that sent it is not ours."""
    client = strict(own_app)
    page = client.get("/sign-in").get_data(as_text=True)
    token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    data = {"csrf_token": token, "email": "a@x.example", "password": "wrong"}
    ours = client.post("/sign-in", data=data, headers={"Origin": LMS})
    assert ours.status_code != 403, "the harness works: from our own page it is heard"
    for origin in (CONTENT, "null", "http://localhost.evil.example", "http://localhost:81", "https://evil.example", ""):
        refused = client.post("/sign-in", data=data, headers={"Origin": origin})
        assert refused.status_code == 403, origin
    for site in ("cross-site", "same-site"):
        assert client.post("/sign-in", data=data, headers={"Sec-Fetch-Site": site}).status_code == 403, site
    assert client.post("/sign-in", data={**data, "csrf_token": "x"}, headers={"Origin": LMS}).status_code == 400
    with client.application.app_context():
        db.engine.dispose()


def test_no_form_of_others_takes_the_session_away(client: PageClient) -> None:
    """SEC-3: sent into a window it comes without our cookie; a new one in the answer would sign the learner out."""
    answer = client.post("/learn", headers={"Origin": CONTENT})
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers
    g.pop("csrf_token", None)  # the context of a test outlives its requests
    assert "Set-Cookie" in client.post("/healthz", headers={"Origin": LMS}).headers, "pages of errors do set one"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}, 200),
        ({"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"}, 403),
    ],
)
def test_other_sites_get_whole_pages_or_nothing(client: PageClient, headers: dict[str, str], status: int) -> None:
    """SEC-3: following a link here is fine; frames, pictures, scripts and fetches of others are not, siblings included."""
    assert client.get("/sign-in", headers=headers).status_code == status
    assert client.get("/healthz", headers=headers).status_code == 200, "what depends on nobody is for anybody"


@pytest.mark.pure
@pytest.mark.parametrize(
    ("origin", "base", "host", "ours"),
    [
        ("https://lms.example", "https://lms.example", "10.0.0.5:8000", True),
        ("https://lms.example", "https://other.example", "lms.example", True),
        ("http://lms.example", "https://other.example", "lms.example", False),
        ("http://192.168.1.5:8000", "http://localhost:8000", "192.168.1.5:8000", True),
        ("http://192.168.1.5:8001", "http://localhost:8000", "192.168.1.5:8000", False),
        ("https://content.example", "https://lms.example", "lms.example", False),
        ("https://lms.example:444", "https://lms.example", "lms.example", False),
        ("null", "https://lms.example", "lms.example", False),
        ("", "https://lms.example", "", False),
    ],
)
def test_whose_origin(origin: str, base: str, host: str, ours: bool) -> None:
    """SEC-3: BASE_URL, or the host that was called; never weaker than ours, never the content's."""
    assert _same(origin, base, host) is ours
