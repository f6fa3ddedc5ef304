"""EVD-5: a report as of a past day is the report of that day."""

from __future__ import annotations

from bench.proofs.as_of import live
from tests.clock import Clock


def test_a_life_asked_again(clock: Clock) -> None:
    """EVD-5: a random life of some weeks; each report asked as of each day equals what was shown then, cell for cell."""
    found = live(clock, 7, days=6, a_day=12, step=2)
    assert found.wrong == []
    assert found.cells > 500
    assert len(found.deeds) > 12
