"""SCO-3, SCO-4, SEC-6: what the player posts on the content's host, well or badly, and what it is told."""

from __future__ import annotations

import json
from typing import Any

import pytest
from werkzeug.test import TestResponse

from lmsapp.infra.db import db
from tests.cast import Cast, make_cast
from tests.client import PageClient
from tests.clock import Clock
from tests.learning.scorm.scenes import STATUS, Player, Scene, part

CONTENT = "http://content.example"


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast()


def post(client: PageClient, player: Player, what: str, body: Any, **more: Any) -> TestResponse:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    more.setdefault("content_type", "text/plain;charset=UTF-8")
    return client.post(f"/c/{player.token}/{what}", data=data, base_url=CONTENT, **more)


def commit(seq: int, how: str = "set", /, **said: Any) -> dict[str, Any]:
    return {"sitting": 1, "seq": seq, "how": how, "set": said}


def test_from_the_first_word_to_the_last(cast: Cast, client: PageClient) -> None:
    """SCO-3, ENR-3: beacons as plain text are taken (scorm-again #1645); nobody is signed in, no cookie is read or set;
    beats and another part as well."""
    scene = Scene(cast, items=(part("one"), part("two")))
    player = scene.play()
    answer = post(client, player, "commits", commit(1, "beacon", **{STATUS: "completed", "cmi.nonsense": "x"}))
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert answer.get_json() == {
        "ok": True,
        "seq": 1,
        "completion": "completed",
        "success": "unknown",
        "done": False,
        "course_done": False,
        "superseded": False,
        "refused": {"cmi.nonsense": "no element that content may set"},
    }
    again = post(client, player, "commits", commit(1, "beacon"), content_type="application/x-www-form-urlencoded")
    assert again.get_json()["completion"] == "completed"
    assert post(client, player, "beats", {"sitting": 1, "session_seconds": 30}).get_json()["ok"]
    moved = post(client, player, "items", {"item": "two", "sequencing": {"a": 1}}).get_json()
    assert (moved["launch"]["item"], moved["launch"]["sitting"]) == ("two", 1)
    body = {**commit(1, "finish", **{STATUS: "passed"}), "session_seconds": 12}
    last = client.post(moved["launch"]["urls"]["commits"], json=body, base_url=CONTENT).get_json()
    assert (last["done"], last["course_done"]) == (True, True)
    db.session.refresh(scene.enrollment)
    assert scene.enrollment.complete


@pytest.mark.parametrize(
    ("what", "body", "status"),
    [
        ("commits", b"nonsense", 422),
        ("commits", b"\xff", 422),
        ("commits", b"[" * 50_000, 422),
        ("commits", b"x" * (1_100_000), 422),
        ("commits", {"seq": 1}, 422),
        ("beats", b"", 422),
        ("items", {"item": 5}, 422),
        ("items", {"item": "nowhere"}, 422),
    ],
)
def test_refused_in_words(cast: Cast, client: PageClient, what: str, body: Any, status: int) -> None:
    """SEC-6: nothing of it reaches the database, and the next commit is taken as if nothing had been."""
    player = Scene(cast).play()
    answer = post(client, player, what, body)
    assert answer.status_code == status
    assert answer.get_json()["ok"] is False
    assert answer.get_json()["words"]
    assert not player.log()
    assert post(client, player, "commits", commit(1, **{STATUS: "completed"})).get_json()["course_done"]


def test_only_by_its_own_token(cast: Cast, client: PageClient) -> None:
    """SCO-4: another token, host, method or learner's words lead nowhere; a later window takes over."""
    scene = Scene(cast)
    player = scene.play()
    body = commit(1, **{STATUS: "completed"})
    for token in ("A" * 43, player.token[:-1] + "-", "%00"):
        answer = client.post(f"/c/{token}/commits", json=body, base_url=CONTENT)
        assert answer.status_code == 404
    assert client.post(f"/c/{player.token}/commits", json=body).status_code == 404, "not on the application's host"
    assert client.get(f"/c/{player.token}/commits", base_url=CONTENT).status_code == 404
    body = {**body, "learner": cast.otto.user.id, "attempt": 1, "launch": 99, "lesson": 5}
    other = Scene(cast, title="Other course")
    assert post(client, player, "commits", body).get_json()["course_done"]
    db.session.refresh(other.enrollment)
    assert not other.enrollment.complete
    second = scene.play()
    refused = post(client, player, "items", {"item": "one"})
    assert (refused.status_code, "another window" in refused.get_json()["words"]) == (403, True)
    assert second.launch.superseded_at is None
