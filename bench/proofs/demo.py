"""OPS-1: a demo that is reset tells the same story, to the second: each load of one date makes the same rows."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from bench.proofs import Outcome
from tests import servers
from tests.demo.loaded import Loaded, digest

ROUNDS = 2


def prove(rounds: int) -> Outcome:
    """Good when every load, of at least two, has the same digest of every key table."""
    began = time.monotonic()
    servers.begin_run()
    try:
        found = [_load(servers.servers(), number) for number in range(max(2, rounds))]
    finally:
        servers.end_run()
    differing = sorted({table for one in found for table in one if one[table] != found[0][table]})
    figures: dict[str, object] = {"loads": len(found), "tables": len(found[0]), "differing": len(differing)}
    told = {"tables that differ": " ".join(differing)} if differing else {}
    return Outcome(figures | told | {"seconds": round(time.monotonic() - began)}, good=not differing)


def _load(running: servers.TestServers, number: int) -> dict[str, str]:
    with tempfile.TemporaryDirectory(prefix="lms-proof-") as folder:
        made = Loaded(running.fresh_database(f"demo_{number}"), running.queue_url(0), Path(folder))
        with made.app.app_context():
            said = digest()
        made.close()
        return said
