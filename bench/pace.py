"""How long whole answers take: one reader after the other, and four at once; CPU of web and PostgreSQL beside it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from bench.house import House
from bench.meter import cpu_ms
from lmsapp.infra.db import db

Done = TypeVar("Done")


def paced(
    here: House,
    name: str,
    get: Callable[[], float],
    *,
    rounds: int,
    before: int,
    aim_ms: float,
    readers: Sequence[int] = (1, 4),
) -> bool:
    """Whether the p95 of `get` (milliseconds of one answer) for one reader is within the aim; printed for each number
    of readers.

    `before`: answers that are asked first and not counted.
    """
    within = True
    for at_once in readers:
        for _ in range(before):
            get()
        web, database = cpu_ms(here.web), cpu_ms(here.postgres)
        with ThreadPoolExecutor(at_once) as pool:
            times = list(pool.map(lambda _n: get(), range(rounds)))
        web, database = (cpu_ms(here.web) - web) / len(times), (cpu_ms(here.postgres) - database) / len(times)
        p95 = statistics.quantiles(times, n=20)[-1]
        within = within and (at_once > 1 or p95 < aim_ms)
        print(
            f"{name}, {at_once} at once: median {statistics.median(times):.0f} ms, p95 {p95:.0f} ms; "
            f"CPU {web:.0f} ms web, {database:.0f} ms PostgreSQL",
            flush=True,
        )
    return within


def timed(here: House, name: str, work: Callable[[], Done]) -> Done:
    """What `work` gives, done in this process; how long it took is printed."""
    database, began, own = cpu_ms(here.postgres), time.perf_counter(), time.process_time()
    done = work()
    seconds, own = time.perf_counter() - began, time.process_time() - own
    spent = (cpu_ms(here.postgres) - database) / 1000
    db.session.remove()
    print(f"{name}: {seconds:.1f} s; CPU {own:.1f} s here, {spent:.1f} s PostgreSQL", flush=True)
    return done
