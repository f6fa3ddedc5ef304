"""The bench of reports at a small size: it runs, and a report of it answers, as page and as file (REP-1, REP-5)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.small import small_bench


@pytest.mark.slow
def test_a_report_is_measured_without_a_wrong_answer(tmp_path: Path) -> None:
    """REP-1, REP-5: rows at the page for HR and for a line, the whole CSV, a workbook."""
    said = small_bench(tmp_path, "--only", "reports hipaa")
    for words in ("report hipaa-roster, hr", "report hipaa-roster, team", "hipaa-roster.csv"):
        assert words in said
    assert "rows of the completion report" in said
