"""The bench of reports at a small size: it runs, and a report of it answers, as page and as file (REP-1, REP-5)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_a_report_is_measured_without_a_wrong_answer(tmp_path: Path) -> None:
    """REP-1, REP-5: rows at the page for HR and for a line, the whole CSV, a workbook."""
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--only", "reports hipaa", "--small", "--data", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, timeout=240, check=False,
        env={name: value for name, value in os.environ.items() if not name.startswith("LMS_")},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    for words in ("report hipaa-roster, hr", "report hipaa-roster, team", "hipaa-roster.csv"):
        assert words in done.stdout
    assert "rows of the completion report" in done.stdout
