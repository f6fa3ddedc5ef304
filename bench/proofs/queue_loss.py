"""Losing the queue loses nothing (REM-3, REM-4): it is emptied, killed, away and frozen, again and again, mid-run.

The product as it runs: the web server, two workers and the scheduler, each started again when it falls, as the
supervisor does; a queue server of the proof's own, with its file, as production has it; a mail server that writes down
what it takes. Notices are written by requests and by transactions all the while, also while the queue is away or hangs.
At the end each must have been sent once, by what was rung or by the sweep; and no page may have waited for the queue.
"""

from __future__ import annotations

import http.client
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import redis
from sqlalchemy import select

from bench.proofs import Outcome
from bench.proofs._live import Live, live
from bench.proofs._post_offices import Accepted, mail_server
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.servers.children import Child, stop_all
from lmsapp.infra.servers.embedded import program
from lmsapp.infra.servers.valkey import Valkey
from lmsapp.outreach.notices.models import Notice
from lmsapp.outreach.notices.recipient import Recipient
from tests.cast import make_cast
from tests.outreach.post import promise

ROUNDS = 100
WORKERS = 2
BY_REQUEST, BY_TRANSACTION = 4, 6  # notices a round
AT_MOST_S = 900  # of faults; a machine that is busy gets fewer
END_WITHIN_S = 480
SLOWEST_P95_S = 1.0  # of a write while the queue is away
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass
class QueueServer:
    """As `./lms run` starts it, in our hand."""

    server: Valkey
    log: Path
    process: subprocess.Popen[bytes]

    def flush(self) -> None:
        with redis.Redis.from_url(self.server.url) as client:
            client.flushall()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def start(self) -> None:
        self.process = self.server.start(self.log)
        self.server.wait_until_ready(self.process, self.log)

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)


@contextmanager
def queue_server(folder: Path) -> Iterator[QueueServer]:
    server = Valkey(folder)
    server.prepare()
    log = folder / "valkey.log"
    running = QueueServer(server, log, server.start(log))
    server.wait_until_ready(running.process, log)
    try:
        yield running
    finally:
        running.kill()


@dataclass
class Desk:
    """Writes notices, by request and by transaction. `took`: seconds of each request, by how the queue was."""

    served: Live
    cookie: str
    token: str
    written: list[str] = field(default_factory=list)
    took: dict[str, list[float]] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)

    def by_request(self, state: str) -> None:
        """A system manager invites somebody: an account, its entry on the trail, the letter."""
        address = f"n{len(self.written)}@example.org"
        began = time.monotonic()
        status = self._post("/admin/users", {"email": address, "name": "Person", "csrf_token": self.token})
        self.took.setdefault(state, []).append(time.monotonic() - began)
        if status in (302, 303):
            self.written.append(address)
        else:
            self.errors[f"answered {status}"] += 1

    def by_transaction(self) -> None:
        address = f"n{len(self.written)}@example.org"
        with self.served.app.app_context():
            with unit_of_work():
                promise(f"proof/{len(self.written)}/email", Recipient(name="Person", address=address))
            db.session.remove()
        self.written.append(address)

    def _post(self, path: str, fields: dict[str, str]) -> int:
        connection = http.client.HTTPConnection("localhost", self.served.port, timeout=30)
        heads = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        try:
            connection.request("POST", path, urlencode(fields), heads)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()


def prove(rounds: int) -> Outcome:
    """Good when each notice was sent once, and 95 of 100 writes without a queue took less than a second."""
    with (
        tempfile.TemporaryDirectory(prefix="lms-proof-") as folder,
        queue_server(Path(folder)) as queue,
        live(queue_url=queue.server.url) as served,
    ):
        return play(served, queue, Path(folder), rounds)


def play(served: Live, queue: QueueServer, folder: Path, rounds: int) -> Outcome:
    """Rounds of faults, then an end."""
    began = time.monotonic()
    chance = random.Random(int(os.environ.get("SEED") or 7))
    with mail_server(served.app, folder, busy=0) as accepted, programs(served, accepted, folder) as children:
        desk = _desk(served)
        faults: Counter[str] = Counter()
        for number in range(rounds):
            if time.monotonic() - began > AT_MOST_S:
                break
            name = chance.choice(list(FAULTS))
            faults[name] += 1
            _round(desk, queue, children, FAULTS[name], chance)
            if not (number + 1) % 10:
                print(f"{number + 1} rounds, {len(desk.written)} notices, {_open(served)} open", flush=True)
        ended = time.monotonic()
        _let_it_end(served, children)
        print(f"faults: {dict(faults)}", flush=True)
        return _judge(desk, accepted, faults, time.monotonic() - ended, time.monotonic() - began)


@contextmanager
def programs(served: Live, accepted: Accepted, folder: Path) -> Iterator[list[Child]]:
    """Workers and scheduler, as the supervisor has them."""
    environment = {**served.environment, "SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(accepted.port)}
    commands = {f"worker {n}": [sys.executable, "worker.py"] for n in range(WORKERS)}
    commands["scheduler"] = [str(word) for word in program("flask", "--app", "wsgi", "scheduler")]
    children = [Child(n, c, environment, folder / f"{n}.log", _quiet) for n, c in commands.items()]
    for child in children:
        child.start()
    try:
        yield children
    finally:
        stop_all(children, 8)


def _quiet(_name: str, _line: str) -> None: ...


def _desk(served: Live) -> Desk:
    with served.app.app_context():
        with unit_of_work():
            cast = make_cast()
        cookie = served.cookie(cast.sam.user.id)
        db.session.remove()
    connection = http.client.HTTPConnection("localhost", served.port, timeout=30)
    connection.request("GET", "/admin/users", headers={"Cookie": cookie})
    found = TOKEN.search(connection.getresponse().read().decode())
    connection.close()
    assert found is not None, "no form to write with"
    return Desk(served, cookie, found[1])


Fault = Callable[[QueueServer, random.Random, Callable[[str, float], None]], None]


def _round(desk: Desk, queue: QueueServer, children: list[Child], fault: Fault, chance: random.Random) -> None:
    """Some writing, the fault in the middle of it, some writing while it lasts."""
    acts = ["request"] * BY_REQUEST + ["transaction"] * BY_TRANSACTION
    chance.shuffle(acts)

    def write(state: str, until: float) -> None:
        """One more, and then on until that moment."""
        while True:
            for child in children:
                child.look_after()
            if acts:
                desk.by_request(state) if acts.pop() == "request" else desk.by_transaction()
            if time.monotonic() >= until:
                return
            time.sleep(chance.uniform(0, 0.1))

    for _before in range(chance.randint(0, 4)):
        write("there", 0)
    fault(queue, chance, write)
    while acts:
        write("there", 0)


def _flushed(queue: QueueServer, _chance: random.Random, _write: Callable[[str, float], None]) -> None:
    queue.flush()


def _killed(queue: QueueServer, _chance: random.Random, _write: Callable[[str, float], None]) -> None:
    queue.kill()
    queue.start()


def _away(queue: QueueServer, chance: random.Random, write: Callable[[str, float], None]) -> None:
    queue.kill()
    write("away", time.monotonic() + chance.uniform(0.5, 3))
    queue.start()


def _frozen(queue: QueueServer, chance: random.Random, write: Callable[[str, float], None]) -> None:
    queue.freeze()
    try:
        write("frozen", time.monotonic() + chance.uniform(0.5, 3))
    finally:
        queue.thaw()


FAULTS: dict[str, Fault] = {"flushed": _flushed, "killed": _killed, "away": _away, "frozen": _frozen}


def _let_it_end(served: Live, children: list[Child]) -> None:
    deadline = time.monotonic() + END_WITHIN_S
    while _open(served) and time.monotonic() < deadline:
        for child in children:
            child.look_after()
        time.sleep(0.2)


def _open(served: Live) -> int:
    with served.app.app_context():
        waits = select(Notice.id).where(Notice.status.in_(("queued", "sending")))
        found = len(db.session.scalars(waits).all())
        db.session.remove()
        return found


def _judge(desk: Desk, accepted: Accepted, faults: Counter[str], tail: float, seconds: float) -> Outcome:
    copies = accepted.by_recipient()
    with desk.served.app.app_context():
        status = {row.address: row.status for row in db.session.execute(select(Notice.address, Notice.status))}
        db.session.remove()
    lost = [to for to in desk.written if status.get(to) != "sent" or not copies.get(to)]
    doubled = [to for to in desk.written if len(copies.get(to, ())) > 1]
    for to in lost[:9] + doubled[:9]:
        print(f"{to}: {status.get(to)}, accepted {len(copies.get(to, ()))} times", flush=True)
    slow = {state: p95(took) for state, took in desk.took.items()}
    figures: dict[str, object] = {
        "faults": sum(faults.values()),
        "notices": len(desk.written),
        "lost": len(lost),
        "doubled": len(doubled),
        "errors": sum(desk.errors.values()),
        **{f"p95 of a write, queue {state}": f"{slow[state] * 1000:.0f} ms" for state in sorted(slow)},
        "all sent after": f"{tail:.0f} s",
        "seconds": round(seconds),
    }
    good = not lost and not doubled and not desk.errors and all(one < SLOWEST_P95_S for one in slow.values())
    return Outcome(figures, good)


def p95(took: list[float]) -> float:
    """Seconds, of at least one measurement."""
    return sorted(took)[min(len(took) - 1, int(len(took) * 0.95))]
