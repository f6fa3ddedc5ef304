"""The proofs of quizzes at a small size: they run, and they would find what they look for."""

from __future__ import annotations

import gzip

import pytest

from bench.proofs._canaries import Watch, dresses, uniform
from bench.proofs._live import live
from bench.proofs._quiz_oracle import Expected, wrongs
from bench.proofs.answer_leak import evenness
from bench.proofs.quiz_faults import outcome, play
from tests.servers import TestServers as Servers


@pytest.mark.pure
def test_a_planted_word_is_found_in_every_dress() -> None:
    """QIZ-3: as it is, coded, hashed, packed; in a head or a body; and nothing is found where nothing is."""
    for name, dressed in dresses(Watch().plant(1, "explanation")).items():
        for body, head in ((b"<p>" + dressed + b"</p>", b""), (b"", b"X-A: " + dressed), (gzip.compress(dressed), b"")):
            watch = Watch()
            watch.plant(1, "explanation")
            watch.look("here", body, head)
            assert watch.found, name
    watch.found.clear()
    watch.look("here", b"nothing of the kind", b"Content-Type: text/html")
    watch.allow(*watch.secrets)
    watch.look("here", dressed)
    assert watch.found == []


@pytest.mark.pure
def test_uneven_draws_are_told_from_even_ones() -> None:
    """QIZ-3: what is right stands at every place alike; the first place a little more often would be seen."""
    assert uniform([250, 250, 251, 249]) > 0.9
    assert uniform([400, 200, 200, 200]) < 1e-6
    assert min(evenness(150).values()) > 1e-6


@pytest.mark.slow
def test_a_few_faults_lose_nothing(test_servers: Servers) -> None:
    """QIZ-3: answers through a proxy that breaks things; and the oracle would see an answer that was lost."""
    with live(own_servers=False) as served:
        played = play(served, 12, chromium=False, at_once=1)
        told = outcome(played, 12)
        assert told.good, played.wrong
        attempt = played.last
        assert attempt is not None
        lost = Expected(shown={attempt.questions[0].id: (99, ("z",))})
        assert any("99 was shown" in one for one in wrongs(served.app, attempt, lost))
