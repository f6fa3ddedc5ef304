"""The benches of large houses at a small size: they run, and every answer is as it must be (DSH-1, DSH-3)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.small import small_bench

RUNS = {
    "statistics": (("--only", "statistics"), ("reminders, 4 at once", "compared with the facts")),
    "large": (("--scale", "large", "--only", "team, d"), ("team, department", "Growth from")),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", RUNS)
def test_a_small_house_is_measured_without_a_wrong_answer(tmp_path: Path, name: str) -> None:
    """DSH-1, DSH-3: counts as SQL makes them, kept figures as the facts are, every block answered."""
    asked, words = RUNS[name]
    said = small_bench(tmp_path, *asked)
    assert all(one in said for one in words), said
