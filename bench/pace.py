"""How long whole answers take: one reader after the other, and four at once; CPU of web and PostgreSQL beside it."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from bench.house import House
from bench.meter import cpu_ms


def paced(here: House, name: str, get: Callable[[], float], *, rounds: int, before: int, aim_ms: float) -> bool:
    """Whether the p95 of `get` (milliseconds of one answer) for one reader is within the aim; printed for both.

    `before`: answers that are asked first and not counted.
    """
    within = True
    for readers in (1, 4):
        for _ in range(before):
            get()
        web, database = cpu_ms(here.web), cpu_ms(here.postgres)
        with ThreadPoolExecutor(readers) as pool:
            times = list(pool.map(lambda _n: get(), range(rounds)))
        web, database = (cpu_ms(here.web) - web) / len(times), (cpu_ms(here.postgres) - database) / len(times)
        p95 = statistics.quantiles(times, n=20)[-1]
        within = within and (readers > 1 or p95 < aim_ms)
        print(
            f"{name}, {readers} at once: median {statistics.median(times):.0f} ms, p95 {p95:.0f} ms; "
            f"CPU {web:.0f} ms web, {database:.0f} ms PostgreSQL",
            flush=True,
        )
    return within
