"""The worker's part, played in the test's own process and transaction."""

from __future__ import annotations

from lmsapp.infra.queue import Ring
from lmsapp.jobs import run_job


def run_rings(rings: list[Ring]) -> list[Ring]:
    """Run what was rung, and what that rings, until it is quiet. What was run, in order."""
    done: list[Ring] = []
    while rings:
        one = rings.pop(0)
        run_job(one.job, *one.args)
        done.append(one)
        assert len(done) < 1000, f"jobs ring each other without end: {one}"
    return done
