"""The benches of large houses at a small size: they run, and every answer is as it must be (DSH-1, DSH-3)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RUNS = {
    "statistics": (("--only", "statistics"), ("reminders, 4 at once", "compared with the facts")),
    "large": (("--scale", "large", "--only", "team, d"), ("team, department", "Growth from")),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", RUNS)
def test_a_small_house_is_measured_without_a_wrong_answer(tmp_path: Path, name: str) -> None:
    """DSH-1, DSH-3: counts as SQL makes them, kept figures as the facts are, every block answered."""
    asked, words = RUNS[name]
    done = subprocess.run(
        [sys.executable, "-m", "bench", *asked, "--small", "--data", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
        env={name: value for name, value in os.environ.items() if not name.startswith("LMS_")},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert all(one in done.stdout for one in words), done.stdout
