"""CRS-6, ENR-3 in small: some weeks day by day on PostgreSQL; `./lms prove validity` plays three years."""

from __future__ import annotations

from bench.proofs._days import run
from lmsapp.courses.validity.policy import Basis, Policy
from tests.clock import Clock

MONTHLY = (
    ("America/Chicago", Policy(1, lead=7, basis=Basis.PREVIOUS), "first day of window"),
    ("Pacific/Auckland", Policy(1, None, 3, lead=10, grace_days=2), "late"),
)


def test_weeks_day_by_day(clock: Clock) -> None:
    """CRS-6, REM-1: the job late, twice, skipped: each status and each notice is what the rule alone says."""
    figures = run(46, clock, MONTHLY)
    assert figures.wrong == []
    assert figures.certifications >= 4
