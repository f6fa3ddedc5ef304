"""Whether the time of a refusal tells who has an account (ASVS 6.3.8): sign-in and reset, with the real hash.

ROUNDS tries of each kind, interleaved, through the test client, at the two doors: an account with a password (wrong one
given), none at all, a closed one, one without a password yet. Each kind is compared with 'none at all'. A hole: a rank
test below 0.001 together with a difference of the medians of more than 2 % (for the reset 5 %, which takes a tenth of
the time): what is smaller drowns in any network.
"""

from __future__ import annotations

import math
import random
import statistics
import time
from collections.abc import Sequence

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete

from bench.proofs import Outcome
from bench.proofs._place import application
from lmsapp.infra.db import db, unit_of_work
from lmsapp.people.accounts import passwords
from lmsapp.people.accounts.actions import create_user, deactivate, set_password
from lmsapp.people.accounts.models import SignInFailure
from lmsapp.people.accounts.queries import user_by_email

ROUNDS = 1000
PASSWORD = "four unrelated words"
KINDS = ("known", "unknown", "closed", "new")
DOORS = {"/sign-in": 0.02, "/reset": 0.05}
WARM_UP = 5
EMPTY_EVERY = 2  # rounds; the limits are kept out of the way, since a refusal by limit is another answer


def prove(rounds: int) -> Outcome:
    """Times in milliseconds."""
    with application() as app:
        passwords.CHEAP = passwords.STRONG  # what production does; this process does nothing else
        people = make_people(app)
        figures: dict[str, object] = {"samples": rounds}
        holes = 0
        for door, most in DOORS.items():
            times = measure(app, door, people, rounds)
            medians = {kind: statistics.median(times[kind]) for kind in KINDS}
            name = door.strip("/")
            figures[f"{name} medians"] = " ".join(f"{kind} {medians[kind]:.2f}" for kind in KINDS)
            for kind in ("known", "closed", "new"):
                p = rank_test(times[kind], times["unknown"])
                apart = abs(medians[kind] - medians["unknown"]) / medians["unknown"]
                figures[f"{name} {kind}"] = f"p {p:.3f} apart {apart:.1%}"
                holes += p < 0.001 and apart > most
    figures["holes"] = holes
    return Outcome(figures, not holes)


def make_people(app: Flask) -> dict[str, str]:
    """Kind -> address; all of one length, so that pages are too."""
    people = {kind: f"{kind:_<8}@northgate.example" for kind in KINDS}
    with app.app_context(), unit_of_work():
        for kind in ("known", "closed"):
            set_password(create_user(people[kind], "Same Name", by=None), PASSWORD)
        create_user(people["new"], "Same Name", by=None)
        closed = user_by_email(people["closed"])
        assert closed is not None
        deactivate(closed, by=None)
    return people


def measure(app: Flask, door: str, people: dict[str, str], rounds: int) -> dict[str, list[float]]:
    """Every round asks once for each kind, in random order, so that whatever drifts drifts for all."""
    client, order, chance = app.test_client(), list(KINDS), random.Random(0)
    times: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for number in range(rounds + WARM_UP):
        if number % EMPTY_EVERY == 0:
            with app.app_context(), unit_of_work():
                db.session.execute(delete(SignInFailure))
        chance.shuffle(order)
        for kind in order:
            took = once(client, door, people[kind])
            if number >= WARM_UP:
                times[kind].append(took)
    return times


def once(client: FlaskClient, door: str, email: str) -> float:
    data = {"email": email, "password": "not this one at all"}
    began = time.perf_counter()
    response = client.post(door, data=data)
    took = (time.perf_counter() - began) * 1000
    assert response.status_code == (422 if door == "/sign-in" else 200), response.status_code
    return took


def rank_test(one: Sequence[float], other: Sequence[float]) -> float:
    """The two-sided p of Mann and Whitney's U by its normal approximation; for samples of 20 or more."""
    ranked = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    of_one = sum(rank for rank, (_value, group) in enumerate(ranked, 1) if group == 0)
    n, m = len(one), len(other)
    u = of_one - n * (n + 1) / 2
    z = (u - n * m / 2) / math.sqrt(n * m * (n + m + 1) / 12)
    return math.erfc(abs(z) / math.sqrt(2))
