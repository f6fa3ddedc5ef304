"""ENR-2: many at once, each by another path: one enrollment, and nobody meets an error. Long version: prove enroll-race."""

from __future__ import annotations

from flask import Flask

from bench.proofs.enroll_race import play


def test_one_enrollment_whichever_path_wins(own_app: Flask) -> None:
    """ENR-2: seven threads, all six paths, six rounds; whoever comes second gets the existing one, or words."""
    outcome = play(own_app, rounds=6, threads=7)
    assert outcome.good, outcome.line("enroll-race")
    assert outcome.figures["enrolled or given the existing one"] != 0
