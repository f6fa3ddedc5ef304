"""The proof of large exports at a small size: it runs, and what it counts is right (REP-5)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import RUN_FOLDER, servers

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_a_small_export_is_whole_and_flat() -> None:
    """REP-5: every row once, in the stream and in the file, each cell that would run guarded, memory flat."""
    servers()  # started, if this test is the first that needs them: the proof works in those of the run
    done = subprocess.run(
        [sys.executable, "-m", "bench.proofs", "export"],
        cwd=ROOT, capture_output=True, text=True, timeout=600, check=False,
        env={name: value for name, value in os.environ.items() if not name.startswith("LMS_") or name == RUN_FOLDER}
        | {"ROUNDS": "200"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "rows 200," in done.stdout
    assert "wrong 0" in done.stdout
