"""The worker: takes rings from the queue and does what the rows ask for. Started by `./lms run`, or by itself.

With --burst it does what is queued and leaves.
"""

from __future__ import annotations

import os
import sys

from lmsapp import create_app
from lmsapp.infra.queue import wait_until_reached, worker

JOBS_PER_LIFE = 2000  # then it begins anew: what libraries hoard goes

if __name__ == "__main__":
    burst = "--burst" in sys.argv
    app = create_app()
    if not burst:
        wait_until_reached(app.config["REDIS_URL"])
    one = worker(app)
    one.work(burst=burst, logging_level="WARNING", max_jobs=JOBS_PER_LIFE)
    if not burst and not one._stop_requested:  # noqa: SLF001 - rq tells it nowhere else
        os.execv(sys.executable, [sys.executable, *sys.argv])  # noqa: S606 - itself
