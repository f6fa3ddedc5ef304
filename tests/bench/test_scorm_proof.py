"""The proof that no finish is lost, at a small size: it runs, and it would find what it looks for."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from playwright.sync_api import sync_playwright

from bench.proofs._live import Live, live
from bench.proofs._network import to_origin
from bench.proofs._scorm_oracle import state_of, wrongs_when_finished, wrongs_when_left
from bench.proofs._scorm_rounds import FINISHING, GENTLE, ROUGH, drawn
from bench.proofs.scorm_finish import Played, outcome, play, stage_scenes
from tests.scorm.stage import Held, Part
from tests.scorm.variants import VARIANTS, Said
from tests.servers import TestServers as Servers

SEED = 131  # a quick one that has a kill, a bad network and a slow one
DONE_PART = Part("completed", "unknown", 90.0, "3", "kept at page 3", 1, {})
ALL_DONE = Held(
    lesson_done=True,
    complete=True,
    progress=100,
    records=1,
    certificates=1,
    attempts=1,
    completion="completed",
    score=90.0,
    parts={"one": DONE_PART},
)
LEFT = Part("incomplete", "unknown", None, "2", "kept at page 2", 1, {})
# The others are in the whole run.
SCENES = ("two tabs, the older one finishes", "asleep, swept, and back", "signed out half-way", "unload forbidden")


@pytest.mark.pure
def test_the_oracle_sees_what_is_lost_invented_or_doubled() -> None:
    """SCO-3: each thing that may be wrong is found, and nothing is where nothing is."""
    assert wrongs_when_finished(ALL_DONE, Said()) == []
    for change, words in (
        ({"lesson_done": False}, "LOST"),
        ({"complete": False}, "LOST"),
        ({"records": 0}, "LOST"),
        ({"records": 2}, "TWICE"),
        ({"certificates": 2}, "TWICE"),
        ({"completion": "incomplete"}, "completion"),
        ({"parts": {"one": LEFT}}, "completion"),
        ({"success": "failed"}, "success"),
        ({"score": 80.0}, "score"),
    ):
        assert words in " ".join(wrongs_when_finished(replace(ALL_DONE, **change), Said())), change
    left = Held(False, False, 0, 0, 0, 1, "incomplete", parts={"one": LEFT})
    assert wrongs_when_left(left, "finishes", 2) == []
    assert "FALSE" in wrongs_when_left(replace(left, lesson_done=True), "finishes", 2)[0]
    assert "FALSE" in wrongs_when_left(replace(left, completion="completed"), "finishes", 2)[0]
    assert "PLACE" in wrongs_when_left(replace(left, parts={"one": replace(LEFT, place="1")}), "finishes", 2)[0]
    assert "STATE" in wrongs_when_left(replace(left, parts={"one": replace(LEFT, state="")}), "finishes", 2)[0]
    assert len(state_of("4,097 characters", 2).encode("utf-16-le")) == 2 * 4097


@pytest.mark.pure
def test_rounds_are_drawn_the_same_each_time_and_meet_every_way_out() -> None:
    """SCO-3: a seed repeats a run; two hundred rounds have every content, way out and network in them."""
    rounds = [drawn(number, SEED, finishes=True) for number in range(200)]
    assert rounds == [drawn(number, SEED, finishes=True) for number in range(200)]
    assert {one.way for one in rounds} >= {*GENTLE, *ROUGH}
    assert {one.variant for one in rounds} == set(FINISHING)
    assert {one.network for one in rounds} == {"fine", "slow", "faulty", "outage"}
    assert {one.edition for one in rounds} == {"1.2", "2004"}
    assert all(one.edition in VARIANTS[one.variant].editions for one in rounds)


@pytest.mark.pure
def test_the_network_hands_on_what_is_for_this_machine_only() -> None:
    """A proxied request becomes a plain one, its body untouched; nothing goes anywhere else."""
    sent = b"POST http://127.0.0.1:8000/c/x/commits HTTP/1.1\r\nHost: a\r\nProxy-Connection: keep-alive\r\n\r\nproxy-a\r\nb"
    assert to_origin(sent) == b"POST /c/x/commits HTTP/1.1\r\nHost: a\r\n\r\nproxy-a\r\nb"
    assert to_origin(b"GET http://example.org/ HTTP/1.1\r\n\r\n") == to_origin(b"CONNECT a:443 HTTP/1.1\r\n\r\n") == b""


@pytest.mark.slow
def test_a_few_rounds_lose_nothing_and_invent_nothing(test_servers: Servers) -> None:
    """SCO-3: real browsers, every fault, some mishaps; the whole run is `./lms prove scorm-finish`."""
    with live(own_servers=False) as served:
        played = Played(SEED)
        mishaps = threading.Thread(target=_mishaps, args=(served, played))
        mishaps.start()
        mishaps.join()
        play(served, 3, SEED, at_once=2, played=played)
        assert played.scenes == len(SCENES)
        assert outcome(played, 3).good, played.wrong


def _mishaps(served: Live, played: Played) -> None:
    """In a thread of its own: the loop of Playwright must not be the caller's."""
    with sync_playwright() as playwright:
        stage_scenes(served, playwright, played, SCENES, outage=2)
