"""The hostile learner (CRS-3, ENR-8, SEC-4): a session of their own, and everything a program can send with it.

ROUNDS tries against the application and its database: forged, replayed, reordered and parallel beats, locked addresses
of every kind, other people's attempts, every column's name in every form, 'done' too early, signing without a password.
Between them time passes and now and then something is done as it should be, so that there is something to steal. After
each try an oracle that shares no code with the rules looks at the rows: no active time beyond the wall clock, nothing
done or completed that it would not allow, nobody else's rows changed, no error of ours.
"""

from __future__ import annotations

import sys
from collections import Counter

from bench.proofs import Outcome
from bench.proofs._hostile_learner import Attacker, set_the_scene
from bench.proofs._learner_oracle import wrongs
from bench.proofs._place import application
from lmsapp.infra import queue
from lmsapp.infra.db import db
from tests.clock import Clock

ROUNDS = 1500
SEED = 20261128


def prove(rounds: int) -> Outcome:
    with application() as app, Clock().running() as clock, app.app_context():
        queue.use_bell(app, lambda _rings: None)
        scene = set_the_scene()
        attacker = Attacker(app, scene, clock, SEED, at_once=4)
        found, told = play(attacker, rounds), Counter(attacker.statuses)
        for wrong in found:
            print(wrong, file=sys.stderr, flush=True)
        figures = {
            "tries": attacker.tries,
            "refused": sum(count for status, count in told.items() if 400 <= status < 500),
            "errors": sum(count for status, count in told.items() if status >= 500),
            "lessons done as they should be": attacker.done(),
            "courses completed as they should be": attacker.completed(),
            "wrong": len(found),
        }
        return Outcome(figures, not found and not figures["errors"] and attacker.done() > 0)


def play(attacker: Attacker, rounds: int) -> list[str]:
    """Every try with what it got away with; empty when it got nowhere."""
    found: list[str] = []
    for number in range(rounds):
        what = attacker.attack()
        db.session.remove()
        found += [f"try {number}, {what}: {wrong}" for wrong in wrongs(attacker.scene, attacker.clock.instant)]
        found += [f"try {number}, {what}: {wrong}" for wrong in attacker.let_through]
        attacker.let_through.clear()
        if len(found) > 20:
            break
    return found
