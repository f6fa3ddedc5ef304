"""CRS-3, ENR-8, SEC-4: a small `./lms prove learner`."""

from __future__ import annotations

from collections import Counter

from flask import Flask

from bench.proofs._hostile_learner import Attacker, set_the_scene
from bench.proofs.learner import SEED, play
from tests.clock import Clock


def test_a_hostile_learner_gets_nowhere(app: Flask, clock: Clock) -> None:
    """CRS-3, SEC-4: sixty tries of every kind; nothing is done that an oracle of its own does not allow."""
    attacker = Attacker(app, set_the_scene(), clock, SEED, at_once=1)
    assert play(attacker, 60) == []
    told = Counter(attacker.statuses)
    assert max(told) < 500
    assert told[403]
    assert told[404]
    assert attacker.done(), "the oracle has something to allow"
