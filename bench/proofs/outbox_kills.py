"""Nobody is told twice and nobody is forgotten, whenever a worker is killed (REM-3, REM-4).

Notices are written all the while, real workers take the rings, a real scheduler sweeps, and worker after worker is
killed: at a step that is drawn (around each commit, around each word with the provider, half a word included) or from
outside at any moment. The product's clock runs fast, so that leases run out. Then everything is left to end, and what
the provider wrote down is held against the outbox.

Lost: neither accepted nor shown as unknown. Doubled: accepted twice. On plain SMTP a kill between the handing over and
the mark leaves 'unknown', and nothing else does; with a gateway that knows a second copy nothing is left unknown.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from bench.proofs import Outcome
from bench.proofs._killing import Killer, end, fork
from bench.proofs._place import application
from bench.proofs._post_offices import Accepted, mail_server
from lmsapp.infra import clock, queue, scheduling
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.scheduling import Every
from lmsapp.outreach.notices import delivery
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.recipient import Recipient
from lmsapp.outreach.notices.waits import ring_for_overlooked
from tests.outreach.post import promise

ROUNDS = 1000
FAST = 60  # times; a lease of six minutes runs out in six seconds
AHEAD = 40  # notices written before they are needed
AT_MOST_S = 1800
END_WITHIN_S = 180


@dataclass(frozen=True)
class Transport:
    """A way out: what stands at the other end, and how to promise the notice of a number."""

    name: str
    provider: Callable[[Flask, Path], AbstractContextManager[Accepted]]
    write: Callable[[int], str]  # the recipient
    may_be_unknown: bool


def write_mail(number: int) -> str:
    """Everybody has an address of their own, by which the provider's book is held against the outbox."""
    address = f"n{number}@example.org"
    promise(f"proof/{number}/email", Recipient(name=f"Person {number}", address=address))
    return address


TRANSPORTS = (Transport("smtp", mail_server, write_mail, may_be_unknown=True),)


def prove(rounds: int) -> Outcome:
    """Half of the kills with each transport."""
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(10**6))
    print(f"SEED={seed}", flush=True)
    figures: dict[str, object] = {"seed": seed}
    good = True
    for transport in TRANSPORTS:
        with application() as app:
            ran = play(app, transport, rounds // len(TRANSPORTS), seed)
        figures |= {f"{transport.name} {name}": value for name, value in ran.figures.items()}
        good = good and ran.good
    return Outcome(figures, good)


def play(app: Flask, transport: Transport, kills: int, seed: int, at_once: int = 3) -> Outcome:
    """On an application whose commits are commits, in a process without threads."""
    began = time.monotonic()
    start = clock.now()
    with (
        tempfile.TemporaryDirectory(prefix="lms-proof-") as folder,
        clock.set_to(lambda: fast(start, began)),
        transport.provider(app, Path(folder)) as accepted,
        _scheduler(app),
    ):
        killer = Killer(app, accepted.port, random.Random(seed), at_once)
        try:
            written = _kill(app, transport, killer, kills)
            _let_it_end(app, killer)
        finally:
            killer.stop()
        return _judge(app, transport, killer, written, accepted, time.monotonic() - began)


def fast(start: dt.datetime, began: float) -> dt.datetime:
    """The same in every process: the monotonic clock is the machine's."""
    return start + FAST * dt.timedelta(seconds=time.monotonic() - began)


@contextmanager
def _scheduler(app: Flask) -> Iterator[None]:
    def run() -> None:
        scheduling.LOOK_EVERY_S = 0.1
        logging.disable(logging.WARNING)
        rows = [Every("sweep", 15, delivery.sweep), Every("overlooked", 600, ring_for_overlooked)]
        scheduling.run_forever(app, rows, "UTC", threading.Event())

    pid = fork(app, run)
    try:
        yield
    finally:
        end(pid)


def _kill(app: Flask, transport: Transport, killer: Killer, kills: int) -> list[str]:
    """Until so many were killed; the recipients written to."""
    written: list[str] = []
    _write(app, transport, written)
    killer.steps = _learn_steps(killer)
    deadline = time.monotonic() + AT_MOST_S
    told = 0
    while killer.kills < kills and time.monotonic() < deadline:
        killer.keep_going()
        _write(app, transport, written)
        time.sleep(0.01)
        if killer.kills >= told + 100:
            told = killer.kills
            print(f"{transport.name}: {told} kills, {len(written)} notices", flush=True)
    return written


def _learn_steps(killer: Killer) -> tuple[str, ...]:
    """The steps of one job, by watching one."""
    life = killer.begin(None, ends_at=time.monotonic() + 20, spies=True)
    while b"done\n" not in life.said and life.over() is None:
        time.sleep(0.01)
    end(life.pid)
    steps = life.said.decode().partition("done\n")[0].split("\n")[:-1]
    print(f"steps of a job: {', '.join(steps)}", flush=True)
    return (*steps, "done")


def _write(app: Flask, transport: Transport, written: list[str]) -> None:
    """Keep the queue from running dry."""
    with app.app_context():
        bell = queue.queue(queue.connect(app.config["REDIS_URL"]))
        missing = AHEAD - int(bell.count)
        for _one in range(max(0, missing)):
            with unit_of_work():
                written.append(transport.write(len(written)))
        db.session.remove()


def _let_it_end(app: Flask, killer: Killer) -> None:
    """One worker that lives, until nothing waits any more."""
    killer.stop()
    deadline = time.monotonic() + END_WITHIN_S
    killer.lives.append(killer.begin(None, ends_at=deadline + 60))
    while _open(app) and time.monotonic() < deadline:
        time.sleep(0.3)


def _open(app: Flask) -> int:
    with app.app_context():
        waits = select(func.count()).where(Notice.status.in_(("queued", "sending")))
        found = db.session.scalar(waits) or 0
        db.session.remove()
        return found


def _judge(
    app: Flask, transport: Transport, killer: Killer, written: list[str], accepted: Accepted, seconds: float
) -> Outcome:
    with app.app_context():
        rows = {row.address: row for row in db.session.execute(select(Notice.address, Notice.status, Notice.error))}
        db.session.remove()
    copies = accepted.by_recipient()
    fates = Counter(judge(rows[to].status if to in rows else None, copies.get(to, ())) for to in written)
    for to in written:
        if judge(rows[to].status, copies.get(to, ())) in ("lost", "doubled"):
            print(f"{to}: {rows[to].status} ({rows[to].error}), accepted {len(copies.get(to, ()))} times", flush=True)
    where = ", ".join(f"{name} {n}" for name, n in sorted(killer.killed.items(), key=lambda one: -one[1]))
    print(f"{transport.name}: killed {where}", flush=True)
    unknown = fates["unknown, arrived"] + fates["unknown, not arrived"]
    figures: dict[str, object] = {
        "kills": killer.kills,
        "kinds of step": len(killer.killed),
        "notices": len(written),
        "sent": fates["sent"],
        "unknown": unknown,
        "of which arrived": fates["unknown, arrived"],
        "lost": fates["lost"],
        "doubled": fates["doubled"],
        "seconds": round(seconds),
    }
    whole = set(rows) == set(written) and not set(copies) - set(written)
    good = whole and not fates["lost"] and not fates["doubled"] and (transport.may_be_unknown or not unknown)
    return Outcome(figures, good)


def judge(status: str | None, copies: object) -> str:
    """What became of one notice, by its row and by the provider's book."""
    arrived = len(list(copies))  # type: ignore[call-overload]
    if arrived > 1:
        return "doubled"
    if status == "unknown":
        return "unknown, arrived" if arrived else "unknown, not arrived"
    return "sent" if status == "sent" and arrived else "lost"
