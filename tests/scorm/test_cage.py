"""SCO-4, SEC-3: a hostile package in the real player, in a real browser: nothing it tries comes to anything."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright

from bench.proofs.scorm_cage import Tally, outcome
from tests.browser import QUIET, LiveServer, _executable
from tests.scorm.caged import BOLD, MUST_SUCCEED, Canary, Stage, Try, attacks, canary, names

# One of each kind; the proof (`./lms prove scorm-cage`) tries all, in three settings.
SOME = (
    "read the cookies",
    "read the page above",
    "read the storage above",
    "fetch a page with the session",
    "show a page of ours in a frame",
    "post by fetch without asking",
    "post a form into a hidden frame",
    "navigate the top",
    "go back in the history",
    "register a service worker",
    "set a cookie of ours",
    "ask for the camera",
    "report by a guessed token",
    "report by an old token",
    "report by a revoked token",
    "report for others by naming them",
    "report too much",
    "take files of another package",
    "call the application on its own host",
    "forge messages to the page above",
    "send what it knows elsewhere",
)
SANE = (
    "read the cookies",
    "read the page above",
    "fetch a page with the session",
    "post by fetch",
    "navigate the top",
)


@pytest.fixture(scope="module")
def bold(driver: Playwright) -> Iterator[Browser]:
    browser = driver.chromium.launch(executable_path=_executable(), args=[*QUIET, *BOLD])
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def stage(live_server: LiveServer) -> Stage:
    made = Stage(live_server.app, live_server.url, live_server.app.config["CONTENT_URL"])
    made.set_up()
    return made


@pytest.fixture(scope="module")
def listener() -> Iterator[Canary]:
    with canary() as listening:
        yield listening


@pytest.fixture(scope="module")
def inside(stage: Stage, bold: Browser, listener: Canary) -> Iterator[Try]:
    """Lena's window, the package playing."""
    with Try(stage, bold, listener) as trying:
        yield trying


@pytest.mark.browser
def test_nothing_is_achieved(inside: Try, live_server: LiveServer) -> None:
    """SCO-4, SEC-3: and the learner is still signed in afterwards."""
    assert set(SOME) | set(MUST_SUCCEED) <= set(names())
    achieved = attacks(inside, SOME)
    assert not any(achieved.values()), {name: what for name, what in achieved.items() if what}
    assert not inside.signed_out()


@pytest.mark.browser
def test_content_in_a_window_of_its_own(inside: Try, live_server: LiveServer) -> None:
    """SCO-2: content that starts in a popup finds its opener, as packages need that look there for the run-time."""
    with inside.context.expect_page() as popup:
        inside.place().evaluate("() => { window.friend = open('friend.html', 'friend') }")
    popup.value.wait_for_load_state()
    assert popup.value.title() == "Harmless"


@pytest.mark.browser
def test_the_harness_sees_what_succeeds(stage: Stage, bold: Browser, listener: Canary, live_server: LiveServer) -> None:
    """SCO-4: the same script in a page of the application gets all of it; else the test above would prove nothing."""
    with Try(stage, bold, listener, inside=False) as trying:
        achieved = attacks(trying, SANE)
    assert all(achieved.values()), achieved


def test_odd_requests_on_the_wire(stage: Stage, live_server: LiveServer) -> None:
    """SEC-3: absolute request lines, several hosts, none: what the server makes of them gives nothing away. (307: a demo
    leads pages to its own host.)"""
    port = int(live_server.url.rpartition(":")[2])
    lms, content, file = f"localhost:{port}", f"127.0.0.1:{port}", f"/c/{stage.lena['token']}/files/attack.js"
    asked = {
        f"GET {file} HTTP/1.1\r\nHost: {content}": {200},
        f"GET {file} HTTP/1.1\r\nHost: {content.upper()}": {200},
        f"GET {file} HTTP/1.1\r\nHost: {lms}": {404},
        f"GET http://{content}{file} HTTP/1.1\r\nHost: {lms}": {404},
        f"GET http://{lms}/healthz HTTP/1.1\r\nHost: {content}": {307},
        f"POST /sign-in HTTP/1.1\r\nHost: {content}\r\nContent-Length: 0": {404},
        f"GET /healthz HTTP/1.1\r\nHost: {content}\r\nX-Forwarded-Host: {lms}": {307},
        f"GET {file} HTTP/1.1\r\nHost: {lms}\r\nX-Forwarded-Host: {content}": {404},
        f"GET {file} HTTP/1.0": {400, 404},
        "GET /healthz HTTP/1.0": {200, 400},
    }
    for request, statuses in asked.items():
        with socket.create_connection(("127.0.0.1", port), timeout=30) as wire:
            wire.sendall(f"{request}\r\nConnection: close\r\n\r\n".encode())
            assert int(wire.recv(64).split()[1]) in statuses, request


@pytest.mark.pure
def test_the_proof_can_fail(capsys: pytest.CaptureFixture[str]) -> None:
    """SCO-4: one attack that succeeds, or one that should be seen and is not, is no proof."""
    assert outcome(Tally(attacks=9, sane=3), 1.0).good
    assert not outcome(Tally(attacks=9, achieved=["as it is: read the cookies: its own word"], sane=3), 1.0).good
    assert not outcome(Tally(attacks=9, sane=2, blind=["in our own page: nothing was seen"]), 1.0).good
    assert not outcome(Tally(), 1.0).good
    assert "read the cookies" in capsys.readouterr().err
