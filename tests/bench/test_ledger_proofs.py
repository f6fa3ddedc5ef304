"""The proofs of the completion ledger at a small size: they run, and they would find what they look for (EVD-2)."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import text

from bench.proofs import ledger_kills, ledger_load
from bench.proofs._ledger import complete, hire, look
from lmsapp.evidence.ledger.keeping import ledger_keys
from lmsapp.infra.db import db, own_transaction
from lmsapp.infra.scheduling import Every, run_beside
from lmsapp.jobs import BESIDE


@contextmanager
def schedulers(app: Flask, count: int) -> Iterator[None]:
    """So many at once, without a pause."""
    stop = threading.Event()
    row = Every(BESIDE[0].job, 0, BESIDE[0].run)
    threads = [threading.Thread(target=run_beside, args=(app, row, stop)) for _number in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(20)
        assert not any(thread.is_alive() for thread in threads)


@pytest.mark.slow
def test_the_ledger_under_fire(own_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """EVD-2: eight schedulers at once, whose connections are cut as by a database that restarts; sequencers killed;
    a storm. Nothing is lost, doubled or out of place, and what is would be seen."""
    monkeypatch.setattr("lmsapp.infra.scheduling.LONGEST_REST_S", 0.05)
    (person,) = hire(own_app, 1)
    cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    cut += " AND datname = current_database() AND query LIKE '%ledger%'"
    with schedulers(own_app, 8), own_app.app_context():
        for number in range(24):
            complete(person)
            db.session.remove()
            if number % 8 == 7:
                with own_transaction() as session:
                    session.execute(text(cut))
                time.sleep(0.1)
        until = time.monotonic() + 20
        while time.monotonic() < until and db.session.scalar(text("SELECT count(*) FROM ledger_pending")):
            db.session.rollback()
            time.sleep(0.05)
    with own_app.app_context():
        keys = ledger_keys()
        db.session.remove()
        db.engine.dispose()
    seen = look(own_app, keys)
    assert (seen.leaves, seen.wrong) == (24, [])

    killed = ledger_kills.play(own_app, 3, seed=3, writers=2, at_once=2)
    assert killed.figures["wrong"] == 0, killed.figures
    assert killed.figures["kills"] == 3 and killed.figures["leaves"] == killed.figures["events"]
    stormed = ledger_load.play(own_app, 1, 40, writers=4, processes=2)
    assert stormed.figures["wrong"] == 0, stormed.figures

    with own_app.app_context(), own_transaction() as session:
        session.execute(FORGED)
    told = " ".join(look(own_app, keys).wrong)
    for words in ("leaves", "still wait", "a gap before", "is not of its event"):
        assert words in told


# As somebody with the rights of the application could: an event that was never signed, out of place.
FORGED = text(
    "WITH e AS (INSERT INTO ledger_event (event_id, what, record_kind, record_id, employee_id, subject, occurred_at,"
    " recorded_at, payload, leaf, signature, key_id) SELECT gen_random_uuid(), what, record_kind, record_id, employee_id,"
    " subject, occurred_at, recorded_at, payload, sha256('x'), signature, key_id FROM ledger_event, generate_series(1, 2)"
    " WHERE id = (SELECT min(id) FROM ledger_event) RETURNING id, leaf),"
    " l AS (INSERT INTO ledger_leaf SELECT 1, 10000000, min(id), sha256('x') FROM e)"
    " INSERT INTO ledger_pending SELECT max(id) FROM e"
)
