"""How long to wait before trying again what failed for a while: 1, 5, 15 minutes, 1, 4, 12 hours, then never."""

from __future__ import annotations

import datetime as dt

WAITS = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720))
LEASE = dt.timedelta(
    minutes=6
)  # longer than a job may run (JOB_TIMEOUT_S), so that a lease that ran out means a dead worker


def wait_after(tries: int) -> dt.timedelta | None:
    """The wait after the `tries`-th failure (1 is the first); None: do not try again by yourself."""
    return WAITS[tries - 1] if tries <= len(WAITS) else None
