"""The proofs of the outbox at a small size: they run, and they would find what they look for (REM-3, REM-4)."""

from __future__ import annotations

import pytest
from flask import Flask

from bench.proofs.outbox_kills import TRANSPORTS, judge, play


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
def test_a_few_kills(own_app: Flask, transport: object) -> None:
    """REM-3, REM-4: real workers, real providers."""
    outcome = play(own_app, transport, kills=3, seed=7, at_once=2, ahead=5, faster=300)  # type: ignore[arg-type]
    assert outcome.good, outcome.figures
