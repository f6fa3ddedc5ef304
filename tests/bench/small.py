"""The bench at a small size, as a program beside the tests."""

from __future__ import annotations

import os
from pathlib import Path

from lmsapp.infra.servers.embedded import program
from tests import warm
from tests.servers import RUN_FOLDER, servers

PATIENCE_S = 300


def small_bench(data: Path, *asked: str, alone: bool = False) -> str:
    """What it says; it has to end well. In the servers of this run, or `alone` in its own, as `./lms bench` does."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
    if not alone:
        servers()  # started, if this is the first that needs them
        environment[RUN_FOLDER] = os.environ[RUN_FOLDER]
    command = program("python", "-m", "bench", *asked, "--small", "--data", str(data))
    ended, said = warm.run(command, env=environment, seconds=PATIENCE_S)
    assert ended == 0, said
    return said
