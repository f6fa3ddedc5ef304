"""SEC-3, SCO-4: two hosts, one process; each has its routes and no other's, and content knows no cookie."""

from __future__ import annotations

import dataclasses
import json
import re

import pytest
from flask import Flask
from werkzeug.routing import Rule

from lmsapp import create_app
from lmsapp.web.content.dispatch import LARGEST_BODY, SHARED_STATIC
from tests.cast import make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.scorm.launched import Launched

LMS, CONTENT = "http://localhost", "http://content.example"
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")
ODD_NAMES = ("content.example", "content.example:8112", "CONTENT.Example", "content.example.", "content.example:")


def _path(rule: Rule) -> str:
    """An address of the rule, ids that are nothing."""
    converters = rule._converters
    return "".join(
        ("1" if type(converters[part]).__name__ == "Id" else "en" if "any" in str(converters[part]) else "x")
        if is_argument
        else part
        for is_argument, part in rule._trace
        if part != "|"
    )


def test_no_route_of_the_one_exists_on_the_other(client: PageClient, app: Flask) -> None:
    """SEC-3: every route of the URL map, on the wrong host: 404, whatever the method; nothing is set, nothing varies."""
    wrong = []
    for rule in app.url_map.iter_rules():
        ours = rule.endpoint.startswith("content.")
        for method in sorted(rule.methods or ()) if not ours else METHODS:
            answer = client.open(_path(rule), method=method, base_url=LMS if ours else CONTENT)
            told = [name for name in ("Set-Cookie", "Location", "Allow") if name in answer.headers and not ours]
            if answer.status_code != 404 or told or (not ours and "Cookie" in answer.headers.get("Vary", "")):
                wrong.append(f"{method} {rule}: {answer.status_code} {told}")
    assert not wrong, "\n".join(wrong[:20])


@pytest.mark.parametrize("host", ODD_NAMES)
def test_the_content_host_in_every_spelling(client: PageClient, clock: Clock, host: str) -> None:
    """SEC-3: port, capitals and a trailing dot change nothing; a proxy's word about the host is never believed."""
    scene = Launched()
    forged = {"X-Forwarded-Host": "localhost", "Forwarded": "host=localhost", "X-Host": "localhost"}
    assert client.get("/sign-in", headers={"Host": host, **forged}).status_code == 404
    assert client.get(f"{scene.files}index.html", headers={"Host": host, **forged}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["localhost", "content.example.localhost", "xcontent.example", "content.example@localhost", "a,content.example"],
)
def test_any_other_host_has_no_content(client: PageClient, clock: Clock, host: str) -> None:
    """SEC-3: what is not the content's host, to the letter, has none of it, whatever a proxy says."""
    scene = Launched()
    headers = {"Host": host, "X-Forwarded-Host": "content.example"}
    assert client.get(f"{scene.files}index.html", headers=headers).status_code in (400, 404)


def test_an_absolute_request_line_changes_nothing(client: PageClient, clock: Clock) -> None:
    """SEC-3: the header counts, whatever address stands before the path."""
    scene = Launched()
    environ = {"REQUEST_URI": f"{CONTENT}{scene.files}index.html", "RAW_URI": f"{CONTENT}{scene.files}index.html"}
    assert client.get(f"{scene.files}index.html", base_url=LMS, environ_overrides=environ).status_code == 404


def test_content_knows_no_cookie(client: PageClient, clock: Clock) -> None:
    """SCO-4: a valid session, sent there by whatever way, is not looked at; none is begun, none is kept alive."""
    scene = Launched()
    client.sign_in(scene.person.user.id)
    name = client.application.config["SESSION_COOKIE_NAME"]
    cookie = client.get_cookie(name)
    assert cookie is not None
    headers = {"Cookie": f"{name}={cookie.value}; remember=1|x"}
    for path in (f"{scene.files}index.html", "/c/none/files/x", "/account", "/"):
        answer = client.get(path, base_url=CONTENT, headers=headers)
        assert "Set-Cookie" not in answer.headers, path
        assert "Cookie" not in answer.headers.get("Vary", ""), path
        assert scene.name not in answer.get_data(as_text=True), path


def test_everybody_gets_the_same(client: PageClient, app: Flask, clock: Clock) -> None:
    """SEC-4: each route of the content, as each role and as nobody: who is signed in at ours makes no difference."""
    scene, cast = Launched("Paula Player"), make_cast()
    bodies = {
        "commits": {"sitting": 1, "seq": 1, "how": "set", "set": {}},
        "beats": {"sitting": 1},
        "items": {"item": 7},
    }
    for rule in [one for one in app.url_map.iter_rules() if one.endpoint.startswith("content.")]:
        path = str(rule).replace("<token>", scene.token).replace("<path:path>", "index.html")
        answers = set()
        for person in (None, scene.person, *cast.everybody.values()):
            client.sign_in(person.user.id) if person else client.sign_out()
            cookies = [f"{one.key}={one.value}" for one in client._cookies.values()]
            body = json.dumps(bodies.get(path.rsplit("/", 1)[1], {}))
            asked = {"data": body} if "POST" in (rule.methods or ()) else {}
            method = "POST" if asked else "GET"
            answer = client.open(path, method=method, base_url=CONTENT, headers={"Cookie": "; ".join(cookies)}, **asked)
            assert "Set-Cookie" not in answer.headers
            answers.add((answer.status_code, re.sub(r"\d+", "", answer.get_data(as_text=True))))
        assert len(answers) == 1, f"{rule}: {[status for status, _body in answers]}"


def test_headers_of_content(client: PageClient, clock: Clock) -> None:
    """SEC-3: on files and refusals alike."""
    scene = Launched()
    for path in (f"{scene.files}index.html", "/c/none/files/x", "/nothing"):
        headers = client.get(path, base_url=CONTENT).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self' data: blob:;" in policy
        assert "script-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval';" in policy
        assert "form-action 'self'; frame-ancestors 'self' http://localhost" in policy
        assert "base-uri 'self'" in policy
        assert headers["Permissions-Policy"].startswith("unload=*, camera=(), microphone=()")
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["X-Robots-Tag"] == "noindex, nofollow"
        assert headers["Origin-Agent-Cluster"] == client.get("/sign-in").headers["Origin-Agent-Cluster"] == "?1"
        assert "Cross-Origin-Opener-Policy" not in headers
        assert "Access-Control-Allow-Origin" not in headers


def test_only_the_players_page_frames_content(client: PageClient, clock: Clock) -> None:
    """SEC-3: its policy names the content's host; nobody frames it, and no other page of ours frames anything."""
    scene = Launched()
    client.sign_in(scene.person.user.id)
    lesson = f"/learn/courses/{scene.course.id}/lessons/{scene.lesson.id}"
    player = client.get(f"{lesson}/launches/{scene.launch.id}")
    assert player.status_code == 200
    policy = player.headers["Content-Security-Policy"]
    assert policy.endswith(f"; frame-src {CONTENT}")
    assert "frame-ancestors 'none'" in policy
    assert f'unload=(self "{CONTENT}")' in player.headers["Permissions-Policy"]
    assert player.headers["Cross-Origin-Opener-Policy"] == "same-origin-allow-popups"
    frame = player.text.split("<iframe")[1].split(">")[0]
    assert "allow-same-origin" in frame
    assert "top-navigation" not in frame
    assert "escape-sandbox" not in frame
    for other in (lesson, "/account"):
        headers = client.get(other).headers
        assert "frame-src" not in headers["Content-Security-Policy"]
        assert "unload" not in headers["Permissions-Policy"]
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_no_service_worker(client: PageClient, clock: Clock) -> None:
    """SCO-4: one would sit between the host and every other package."""
    scene = Launched(contents={"sw.js": "self.onfetch = () => {}", "index.html": "<!doctype html><title>x</title>"})
    assert client.get(f"{scene.files}sw.js", base_url=CONTENT).status_code == 200
    asked = client.get(f"{scene.files}sw.js", base_url=CONTENT, headers={"Service-Worker": "script"})
    assert asked.status_code == 403


def test_only_the_wrappers_own_static_files(client: PageClient) -> None:
    """SEC-3: of our static files, those that the wrapper is made of."""
    assert client.get("/static/content/said.css", base_url=CONTENT, buffered=True).status_code == 200
    for path in ("app.js", "design.css/x", "content/../app.js", "vendor/htmx/htmx.min.js", "content%2f..%2fapp.js"):
        assert client.get(f"/static/{path}", base_url=CONTENT).status_code == 404, path
    assert not any(one.endswith(".js") for one in SHARED_STATIC), "scripts of the wrapper lie in folders of its own"


def test_bodies_are_bounded(client: PageClient, app: Flask) -> None:
    """SCO-4: a body larger than any commit is not read."""

    @dataclasses.dataclass
    class Endless:
        sent: int = 0

        def read(self, size: int = -1) -> bytes:
            self.sent += max(size, 0)
            return b"x" * max(size, 0)

    endless = Endless()
    environ = {"wsgi.input": endless, "CONTENT_LENGTH": str(1 << 40)}
    answer = client.post("/c/x/files/y", base_url=CONTENT, environ_overrides=environ)
    assert answer.status_code in (404, 405, 413)
    assert endless.sent <= LARGEST_BODY


@pytest.fixture
def without(app: Flask) -> PageClient:
    """The product with no content host."""
    return PageClient(create_app(dataclasses.replace(app.extensions["settings"], content_url="")))


def test_without_a_content_host_there_is_none(without: PageClient) -> None:
    """SEC-3: SCORM off: its routes are nowhere, and every host is the application's."""
    assert without.get("/c/x/files/y", base_url=CONTENT).status_code == 404
    assert without.get("/healthz", base_url=CONTENT).status_code == 200


def test_a_demo_leads_to_the_host_that_was_meant(
    client: PageClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OPS-1: of a demo people know the machine by both names; only pages are led on, and nothing of the content."""
    monkeypatch.setitem(app.config, "DEMO", True)
    led = client.get("/sign-in?next=%2Flearn%2F", base_url=CONTENT)
    assert (led.status_code, led.headers["Location"]) == (307, f"{LMS}/sign-in?next=%2Flearn%2F")
    assert "Set-Cookie" not in led.headers
    assert client.post("/sign-in", base_url=CONTENT).status_code == 404
    assert client.get("/c/nothing/else/there", base_url=CONTENT).status_code == 404
