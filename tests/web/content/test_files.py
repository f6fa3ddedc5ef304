"""SCO-4, SCO-2: files of a package for whoever holds the token of a launch of it, and for nobody else."""

from __future__ import annotations

import datetime as dt
from urllib.parse import quote

import pytest

from lmsapp.infra.db import db
from lmsapp.people.accounts.actions import deactivate
from tests.client import PageClient
from tests.clock import Clock
from tests.scorm.launched import Launched

CONTENT = "http://content.example"
VIDEO = bytes(range(256)) * 40
FILES = {
    "index.html": "<!doctype html><meta charset=windows-1252><title>Caf\xe9</title>".encode("cp1252"),
    "story content/Bild \xe4.PNG": b"picture",
    "lib/a.js": "var a;",
    "video.mp4": VIDEO,
    "empty.txt": b"",
}


def test_a_file_as_it_is(client: PageClient, clock: Clock, statements: list[str]) -> None:
    """SCO-2: its bytes, its fixed type without a charset of ours, kept by the browser as long as the launch lasts."""
    files = Launched(contents=FILES).files
    answer = client.get(f"{files}index.html?x=1", base_url=CONTENT)
    assert answer.data == FILES["index.html"]
    assert answer.headers["Content-Type"] == "text/html"
    assert answer.headers["Cache-Control"] == "private, max-age=43200, immutable"
    assert answer.headers["Accept-Ranges"] == "bytes"
    statements.clear()
    again = client.get(f"{files}index.html", base_url=CONTENT, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert not statements, "what was asked a moment ago costs no statement"
    head = client.head(f"{files}index.html", base_url=CONTENT)
    assert (head.status_code, head.data, head.content_length) == (200, b"", len(FILES["index.html"]))
    assert client.get(f"{files}empty.txt", base_url=CONTENT).data == b""


@pytest.mark.parametrize(
    ("asked", "status", "got"),
    [
        ("bytes=0-99", 206, VIDEO[:100]),
        ("bytes=100-", 206, VIDEO[100:]),
        ("bytes=-10", 206, VIDEO[-10:]),
        ("bytes=0-0,5-9", 200, VIDEO),
        ("bytes=99999-", 416, None),
        ("lines=1-2", 200, VIDEO),
    ],
)
def test_parts_of_a_video(client: PageClient, clock: Clock, asked: str, status: int, got: bytes | None) -> None:
    """SCO-2: seeking; of several parts at once, all of it; a part of another file than before, all of it."""
    scene = Launched(contents=FILES)
    answer = client.get(f"{scene.files}video.mp4", base_url=CONTENT, headers={"Range": asked})
    assert answer.status_code == status
    assert got is None or answer.data == got
    stale = {"Range": asked, "If-Range": '"another"'}
    if status == 206:
        assert client.get(f"{scene.files}video.mp4", base_url=CONTENT, headers=stale).status_code == 200


@pytest.mark.parametrize(
    "path", ["STORY content/bild ä.png", "story content\\Bild ä.PNG", "./story content//Bild ä.PNG", "LIB/A.JS"]
)
def test_what_windows_forgives(client: PageClient, clock: Clock, path: str) -> None:
    """SCO-2: content made on Windows names files with other slashes and in another case."""
    scene = Launched(contents=FILES)
    assert client.get(scene.files + quote(path), base_url=CONTENT).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["", "lib/", "lib", "other.html", "../files/index.html", "..%2f..%2fetc/passwd", "%2e%2e%2findex.html",
     "..%252findex.html", "%2fetc%2fpasswd", "//etc/passwd", "C:%5cwindows", "index.html%00.png", "index.html/",
     "%c0%ae%c0%ae/x", "x" * 3000],
)  # fmt: skip
def test_what_is_not_in_the_package(client: PageClient, clock: Clock, path: str) -> None:
    """SCO-4: no spelling leads out of it; a small page says so."""
    scene = Launched(contents=FILES)
    answer = client.get(scene.files + path, base_url=CONTENT)
    assert answer.status_code == 404
    assert "<h1>" in answer.get_data(as_text=True)


def test_one_token_one_package(client: PageClient, clock: Clock) -> None:
    """SCO-4: another learner's, another package's, a guessed or a changed token opens nothing of it."""
    scene, other = Launched(contents=FILES), Launched("Fred Other", {"own.html": "<p>x"}, number="S-2")
    assert client.get(f"{other.files}index.html", base_url=CONTENT).status_code == 404
    assert client.get(f"{scene.files}own.html", base_url=CONTENT).status_code == 404
    for token in (scene.token[:-1], scene.token.lower(), scene.token + "A", "A" * 43, scene.launch.token_sha256, "1"):
        page = client.get(f"/c/{token}/files/index.html", base_url=CONTENT)
        assert page.status_code == 404
        assert "opens nothing" in page.get_data(as_text=True)


def test_ended_tokens_say_what_to_do(client: PageClient, clock: Clock) -> None:
    """SCO-4: too old, or revoked: the same status as unknown, other words."""
    scene, other = Launched(contents=FILES), Launched("Fred Other", FILES, number="S-2")
    deactivate(other.person.user, None)
    db.session.commit()
    clock.move(seconds=10)
    revoked = client.get(f"{other.files}index.html", base_url=CONTENT)
    clock.move(hours=1)
    old = client.get(f"{scene.files}index.html", base_url=CONTENT)
    assert revoked.status_code == old.status_code == 404
    assert "signed out" in revoked.get_data(as_text=True)
    assert "go on where you were" in old.get_data(as_text=True)
    assert clock.instant > scene.launch.created_at + dt.timedelta(hours=1)
