"""Real workers that are killed: forked with everything loaded, so that a kill costs a tenth of a second and not two.

A worker kills itself (SIGKILL) at a step that is drawn: around each commit, and around each word with the provider,
half a word said included. The steps are seen at the session and at the socket, whatever delivery is made of. Others are
killed from outside, at any moment.
"""

from __future__ import annotations

import contextlib
import os
import random
import select
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from lmsapp import jobs
from lmsapp.infra import queue
from lmsapp.infra.db import db

OUTSIDE = "from outside"
LOADED = (jobs,)  # before the fork: what a worker would import with its first job


@dataclass
class Steps:
    """Counts the steps of each job. `target`: from which job of this life on, and which of its steps, is the last (most
    rings find nothing to do, and have few); None: lives.

    `told`: a pipe that hears the name of each step (`spies`), or of the last one.
    """

    port: int
    told: int
    target: tuple[int, int] | None
    spies: bool = False
    job: int = 0
    step: int = 0
    commits: int = 0
    word: str = ""

    def begin(self) -> None:
        self.job, self.step, self.commits, self.word = self.job + 1, 0, 0, ""
        self.reach("ring taken")

    def reach(self, name: str) -> None:
        """The next step; here it may end."""
        if not self.job:
            return
        self.step += 1
        if self.spies:
            os.write(self.told, f"{name}\n".encode())
        if self.target is not None and self.job >= self.target[0] and self.step == self.target[1]:
            os.write(self.told, f"{name}\n".encode())
            os.kill(os.getpid(), signal.SIGKILL)

    def ours(self, one: socket.socket) -> bool:
        with contextlib.suppress(OSError):
            return bool(one.family == socket.AF_INET and one.getpeername()[1] == self.port)
        return False


def watch(steps: Steps) -> None:
    """From now on this process tells `steps` what it does. For a process of its own: nothing is put back."""
    _watch_jobs(steps)
    _watch_commits(steps)
    _watch_words(steps)


def _watch_jobs(steps: Steps) -> None:
    perform = queue.Worker.perform_job

    def watched(worker: queue.Worker, *given: Any) -> bool:
        steps.begin()
        try:
            return perform(worker, *given)
        finally:
            steps.reach("done")

    queue.Worker.perform_job = watched  # type: ignore[assignment,method-assign]


def _watch_commits(steps: Steps) -> None:
    commit = Session.commit

    def watched(session: Session) -> None:
        steps.commits += 1
        number = steps.commits
        steps.reach(f"before commit {number}")
        commit(session)
        steps.reach(f"after commit {number}")

    Session.commit = watched  # type: ignore[assignment,method-assign]


def _watch_words(steps: Steps) -> None:
    connect, sendall, receive = socket.socket.connect, socket.socket.sendall, socket.socket.recv_into

    def watched_connect(one: socket.socket, address: Any) -> None:
        ours = isinstance(address, tuple) and address[1] == steps.port
        if ours:
            steps.reach("before connecting")
        connect(one, address)
        if ours:
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # words go in halves
            steps.reach("connected")

    def watched_sendall(one: socket.socket, content: Any, *rest: Any) -> None:
        if not steps.ours(one):
            sendall(one, content, *rest)
            return
        steps.word = _first_word(content)
        steps.reach(f"before {steps.word}")
        half = len(content) // 2
        sendall(one, content[:half], *rest)
        steps.reach(f"half of {steps.word}")
        sendall(one, content[half:], *rest)
        steps.reach(f"after {steps.word}")

    def watched_receive(one: socket.socket, *given: Any) -> int:
        got = receive(one, *given)
        if steps.ours(one):
            steps.reach(f"answered {steps.word}".rstrip())
        return got

    socket.socket.connect = watched_connect  # type: ignore[assignment,method-assign]
    socket.socket.sendall = watched_sendall  # type: ignore[assignment,method-assign]
    socket.socket.recv_into = watched_receive  # type: ignore[assignment,method-assign]


def _first_word(content: Any) -> str:
    """'mail', 'data', 'POST', or that it is the message itself."""
    first = bytes(content[:5]).decode("latin-1").replace("\r", " ").split(" ")[0]
    return first if first.isalpha() else "the message"


def fork(app: Flask, work: Callable[[], None]) -> int:
    """A process of ours with everything loaded and connections of its own; its id. Call where no thread runs."""
    sys.stdout.flush()
    if pid := os.fork():
        return pid
    code = 1
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        with app.app_context():
            db.session.remove()
            db.engine.dispose(close=False)
        app.extensions.pop(queue.EXTENSION, None)
        work()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def end(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)


@dataclass
class Life:
    """One worker. `ends_at`: when it is killed from outside, on the monotonic clock, if it has not ended before;
    `after_s`: how long after it began with its first job it is."""

    pid: int
    pipe: int
    ends_at: float
    chosen: bool
    after_s: float | None = None
    said: bytes = b""

    def over(self) -> str | None:
        """Where it was killed; None while it lives."""
        self._listen()
        if self.after_s is not None and self.said:
            self.ends_at, self.after_s = time.monotonic() + self.after_s, None
        gone, _status = os.waitpid(self.pid, os.WNOHANG)
        if not gone and time.monotonic() < self.ends_at:
            return None
        if not gone:
            end(self.pid)
        self._listen()
        os.close(self.pipe)
        last = self.said.decode().strip().rpartition("\n")[2]
        return last if gone and self.chosen and last else OUTSIDE

    def _listen(self) -> None:
        while select.select([self.pipe], [], [], 0)[0] and (got := os.read(self.pipe, 65536)):
            self.said += got


@dataclass
class Killer:
    """Keeps `at_once` workers alive, each until its kill. `killed`: how often at which step."""

    app: Flask
    port: int
    chance: random.Random
    at_once: int
    patience_s: float  # for a worker to come to its step; then it is killed from outside
    outside: float = 0.25  # the share that is killed from outside
    steps: tuple[str, ...] = ()
    killed: dict[str, int] = field(default_factory=dict)
    lives: list[Life] = field(default_factory=list)

    @property
    def kills(self) -> int:
        return sum(self.killed.values())

    def keep_going(self) -> None:
        """One look: count the dead, start others in their place."""
        for life in list(self.lives):
            where = life.over()
            if where is not None:
                self.lives.remove(life)
                self.killed[where] = self.killed.get(where, 0) + 1
        while len(self.lives) < self.at_once:
            self.lives.append(self._start())

    def stop(self) -> None:
        for life in self.lives:
            end(life.pid)
            os.close(life.pipe)
        self.lives.clear()

    def _start(self) -> Life:
        outside = self.chance.random() < self.outside
        target = None if outside else (self.chance.choice((1, 1, 2)), self._draw())
        life = self.begin(target, ends_at=time.monotonic() + self.patience_s, spies=outside)
        life.after_s = self.chance.uniform(0, 0.4) if outside else None
        return life

    def _draw(self) -> int:
        """Every step, and three times as often those from the note on that handing over begins."""
        said = next(n for n, name in enumerate(self.steps) if name in ("before data", "before POST"))
        noted = max(n for n, name in enumerate(self.steps[:said]) if name.startswith("before commit"))
        weights = [3 if number >= noted else 1 for number in range(len(self.steps))]
        return self.chance.choices(range(1, len(self.steps) + 1), weights)[0]

    def begin(self, target: tuple[int, int] | None, *, ends_at: float, spies: bool = False) -> Life:
        """A worker, as `worker.py` runs it."""
        out, into = os.pipe()

        def work() -> None:
            os.close(out)
            watch(Steps(self.port, into, target, spies))
            queue.worker(self.app).work(logging_level="CRITICAL")

        pid = fork(self.app, work)
        os.close(into)
        return Life(pid, out, ends_at, target is not None)
