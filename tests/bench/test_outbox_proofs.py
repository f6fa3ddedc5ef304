"""The proofs of the outbox at a small size: they run, and they would find what they look for (REM-1, REM-3, REM-4)."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from bench.proofs import clocks
from bench.proofs.outbox_kills import TRANSPORTS, Pace, Transport, judge, play
from bench.proofs.queue_loss import queue_server
from lmsapp.infra import queue
from lmsapp.infra.db import db, unit_of_work
from lmsapp.outreach.notices import delivery
from lmsapp.outreach.notices.models import Notice
from tests.outreach.post import mail_server, promise


@pytest.mark.pure
def test_what_is_lost_and_what_is_doubled_is_seen() -> None:
    """REM-3: by the row and the provider's book together."""
    assert judge("sent", ["a"]) == "sent"
    assert judge("unknown", ["a"]) == "unknown, arrived"
    assert judge("unknown", []) == "unknown, not arrived"
    assert {judge(status, []) for status in ("sent", "queued", "sending", "failed", "suppressed", None)} == {"lost"}
    assert judge("failed", ["a"]) == judge("queued", ["a"]) == "lost"
    assert {judge(status, ["a", "a"]) for status in ("sent", "unknown", "failed")} == {"doubled"}


@pytest.mark.slow
@pytest.mark.parametrize("transport", TRANSPORTS, ids=lambda one: one.name)
def test_a_few_kills(own_app: Flask, transport: Transport) -> None:
    """REM-3, REM-4: real workers, real providers."""
    outcome = play(own_app, transport, kills=2, seed=7, pace=Pace(at_once=2, ahead=3, faster=300, patience_s=1.5))
    assert outcome.good, outcome.figures


@pytest.mark.slow
def test_losing_the_queue_loses_nothing(own_app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """REM-3, REM-4: emptied, away, and back with what it had; each notice is sent once, by its ring or by the sweep."""
    monkeypatch.setattr(queue.Worker, "_install_signal_handlers", lambda _self: None)
    monkeypatch.setattr(queue, "QUIET_AFTER_FAILURE_S", 0)
    with queue_server(tmp_path) as server, mail_server(own_app) as post, own_app.app_context():
        own_app.config["REDIS_URL"] = server.server.url
        queue.use_bell(own_app, queue.RedisBell(server.server.url))

        def write(*keys: str) -> None:
            for key in keys:
                with unit_of_work():
                    promise(key)

        def work() -> None:
            queue.worker(own_app).work(burst=True, logging_level="CRITICAL")

        write("1", "2")
        server.flush()
        work()
        assert post.mails == []
        write("3")
        server.kill()
        write("4")
        starting = threading.Thread(target=queue.wait_until_reached, args=(server.server.url,))
        starting.start()
        server.start()
        starting.join(20)
        assert not starting.is_alive(), "a worker waits for the queue, and no longer"
        work()
        assert len(post.mails) == 1, "what was rung before it was killed is on its disk"
        with unit_of_work():
            delivery.sweep()
        work()
        assert set(db.session.scalars(select(Notice.status))) == {"sent"}
        assert len(post.mails) == len({one["Message-ID"] for one in post.mails}) == 4


@pytest.mark.slow
def test_a_few_rounds_under_a_clock_nobody_can_trust(own_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """REM-1: three schedulers, killed and frozen, through months of downtime; and the rows a second run would leave."""
    monkeypatch.setattr(clocks, "SLOW_S", 0.02)
    outcome = clocks.play(own_app, rounds=4, schedulers=3)
    assert outcome.good, outcome.figures
