"""A storm of completions: what adding an event costs, and how far the checkpoint lags behind (EVD-2).

64 writers in processes of their own complete training at 1,000 records a second together, each in a transaction of its
own, by the path that learning takes; a scheduler's thread gives the events their places. ROUNDS is the length in
seconds, RATE the records a second. Lag: how long the oldest event has been waiting for its place, looked at ten times a
second through a connection of its own. At the end every root is recomputed. The database has the settings of
production: a completion counts as recorded when it has reached the disk.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from flask import Flask

from bench.proofs import Outcome
from bench.proofs._killing import end, fork
from bench.proofs._ledger import complete, hire, look
from bench.proofs._place import application
from lmsapp.evidence.ledger.keeping import ledger_keys
from lmsapp.infra.rights import plain_url
from lmsapp.infra.scheduling import run_beside
from lmsapp.jobs import BESIDE
from lmsapp.people.employees.models import Employee

ROUNDS = 300
RATE = 1000
WRITERS, PROCESSES = 64, 4
MOST_LAG_S = 2.0
MOST_P99_MS = 50.0
LAG = (
    "SELECT coalesce(extract(epoch FROM clock_timestamp() - min(e.recorded_at)), 0), count(*)"
    " FROM ledger_pending p JOIN ledger_event e ON e.id = p.event_id"
)


@dataclass
class Wrote:
    """What the writers say: milliseconds of each completion, when the last ended, CPU seconds they took."""

    took: list[float] = field(default_factory=list)
    seconds: float = 0.0
    cpu: float = 0.0


def prove(rounds: int) -> Outcome:
    """So many seconds."""
    with application(wide=True, on_disk=True) as app:
        return play(app, rounds, int(os.environ.get("RATE") or RATE))


def play(app: Flask, seconds: float, rate: int, *, writers: int = WRITERS, processes: int = PROCESSES) -> Outcome:
    """On an application whose commits are commits, in a process without threads."""
    people = hire(app, writers)
    with sequencer(app):
        wrote, lags = _storm(app, people, seconds, rate, processes)
        lags.append(_wait_until_placed(app))
    with app.app_context():
        seen, on_disk = look(app, ledger_keys()), _on_disk(app)
    for words in seen.wrong:
        print(words, flush=True)
    took = sorted(wrote.took)
    p99 = took[int(len(took) * 0.99)] if took else 0.0
    reached = len(took) / wrote.seconds if wrote.seconds else 0.0
    figures: dict[str, object] = {
        "records": len(took),
        "asked a second": rate,
        "reached a second": round(reached),
        "p50 ms": round(statistics.median(took), 1),
        "p99 ms": round(p99, 1),
        "writers' CPU ms a record": round(wrote.cpu * 1000 / len(took), 2),
        "largest lag s": round(max(lags), 2),
        "on disk": "yes" if on_disk else "no",
        "checkpoints": seen.checkpoints,
        "leaves": seen.leaves,
        "wrong": len(seen.wrong),
    }
    whole = not seen.wrong and seen.leaves == len(took) and on_disk
    good = whole and max(lags) < MOST_LAG_S and reached > 0.95 * rate and p99 <= MOST_P99_MS
    return Outcome(figures, good)


def _on_disk(app: Flask) -> bool:
    """Whether a commit of the application waits for the disk."""
    with psycopg.connect(plain_url(app.config["SQLALCHEMY_DATABASE_URI"])) as connection:
        asked = "SELECT current_setting('fsync'), current_setting('synchronous_commit'), current_setting('full_page_writes')"
        return connection.execute(asked).fetchone() == ("on", "on", "on")


@contextmanager
def sequencer(app: Flask) -> Iterator[int]:
    """The thread of a scheduler, in a process of its own; its id."""
    pid = fork(app, lambda: run_beside(app, BESIDE[0], threading.Event()))
    try:
        yield pid
    finally:
        end(pid)


def _storm(app: Flask, people: list[Employee], seconds: float, rate: int, processes: int) -> tuple[Wrote, list[float]]:
    """Start the writers, look at the lag until they have ended."""
    begins = time.monotonic() + 1.0
    pipes = []
    for number in range(processes):
        mine = people[number::processes]
        out, into = os.pipe()
        pid = fork(app, lambda mine=mine, into=into: _write(app, mine, begins, seconds, rate / len(people), into))  # type: ignore[misc]
        os.close(into)
        pipes.append((pid, out))
    lags = _watch(app, begins + seconds)
    wrote = Wrote()
    for pid, out in pipes:
        with os.fdopen(out) as pipe:
            told: dict[str, Any] = json.loads(pipe.read())
        os.waitpid(pid, 0)
        wrote.took += told["took"]
        wrote.cpu += told["cpu"]
        wrote.seconds = max(wrote.seconds, told["ended"] - begins)
    return wrote, lags


def _watch(app: Flask, until: float) -> list[float]:
    lags = [0.0]
    with psycopg.connect(plain_url(app.config["SQLALCHEMY_DATABASE_URI"]), autocommit=True) as connection:
        while time.monotonic() < until:
            row = connection.execute(LAG).fetchone()
            lags.append(float(row[0]) if row else 0.0)
            time.sleep(0.1)
    return lags


def _wait_until_placed(app: Flask) -> float:
    """Seconds until nothing waits any more, 60 at most."""
    began = time.monotonic()
    with psycopg.connect(plain_url(app.config["SQLALCHEMY_DATABASE_URI"]), autocommit=True) as connection:
        while time.monotonic() - began < 60:
            row = connection.execute(LAG).fetchone()
            if row is None or not row[1]:
                break
            time.sleep(0.05)
    return time.monotonic() - began


def _write(app: Flask, people: list[Employee], begins: float, seconds: float, rate: float, into: int) -> None:
    """A thread for each; what they say goes into the pipe."""
    took: list[float] = []
    cpu = time.process_time()

    def one(employee: Employee) -> None:
        """Behind its plan a writer goes on without a pause. They do not all begin in one instant."""
        count = random.Random(employee.number).random()
        with app.app_context():
            while (due := begins + count / rate) < begins + seconds and time.monotonic() < begins + seconds:
                time.sleep(max(0.0, due - time.monotonic()))
                start = time.perf_counter()
                complete(employee)
                took.append((time.perf_counter() - start) * 1000)
                count += 1

    threads = [threading.Thread(target=one, args=(employee,)) for employee in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = {"took": took, "cpu": time.process_time() - cpu, "ended": time.monotonic()}
    with os.fdopen(into, "w") as pipe:
        json.dump(told, pipe)
