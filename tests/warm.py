"""Programs of the product started from a process that has loaded everything already: a fork instead of 1,500 imports.

    python -m tests.warm FD

The stem loads the product once and makes no application; each program is a fork of it, in a session of its own, with
its own arguments, environment and output, and begins at its first line as it would by itself. Where the system is not
Linux, programs are started the long way.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from lmsapp.infra.servers.processes import follow_parent, kill_group, spawn
from tests.once import compile_templates_once

ROOT = Path(__file__).resolve().parent.parent
LOADED = ("lmsapp", "rq.worker", "granian.cli", "granian.server", "flask.cli", "lmsapp.demo.mailcatcher")
LONGEST = 1 << 17  # bytes of a request: arguments and environment
FAILED = 1
STEM_GONE = -signal.SIGKILL


class Started:
    """A program that runs: as much of `subprocess.Popen` as is asked of it here. Its parent is the stem, which writes
    how it ended into a pipe."""

    def __init__(self, pid: int, ended: int):
        self.pid = pid
        self.returncode: int | None = None
        self._ended = ended

    def poll(self) -> int | None:
        return self._look(0)

    def wait(self, timeout: float | None = None) -> int:
        ended = self._look(timeout)
        if ended is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return ended

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _look(self, seconds: float | None) -> int | None:
        if self.returncode is None and select.select([self._ended], [], [], seconds)[0]:
            said = os.read(self._ended, 4)
            os.close(self._ended)
            self.returncode = struct.unpack("=i", said)[0] if said else STEM_GONE
        return self.returncode


class Stem:
    """The process that has loaded everything, seen from the tests' own."""

    def __init__(self) -> None:
        self.line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for end in (self.line, theirs):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2 * LONGEST)
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.warm", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                cwd=ROOT,
                start_new_session=True,
            )
        self.lock = threading.Lock()

    def start(self, command: Sequence[str], env: Mapping[str, str], output: IO[bytes]) -> Started:
        ours, theirs = os.pipe()
        request = json.dumps({"command": list(command), "env": dict(env), "cwd": str(Path.cwd())}).encode()
        with self.lock:
            socket.send_fds(self.line, [request], [output.fileno(), theirs])
            os.close(theirs)
            answer = self.line.recv(16)
        if not answer:
            raise RuntimeError("the stem is gone: see what it wrote")
        return Started(int(answer), ours)

    def close(self) -> None:
        """It ends, and stops what it started and is still there."""
        self.line.close()
        self.process.wait(20)


Program = Started | subprocess.Popen[bytes]
_stems: list[Stem] = []
_one_at_a_time = threading.Lock()


def start(command: Sequence[str], *, env: Mapping[str, str], output: IO[bytes]) -> Program:
    """Like `spawn`; `command` as `program` makes it."""
    if sys.platform != "linux":
        return spawn(command, env=env, output=output)
    with _one_at_a_time:
        if not _stems:
            _stems.append(Stem())
    return _stems[0].start(command, env, output)


def run(command: Sequence[str], *, env: Mapping[str, str], seconds: float | None = None) -> tuple[int, str]:
    """Until it ends: how, and what it wrote. After so many seconds it is killed."""
    with TemporaryFile() as output:
        program = start(command, env=env, output=output)
        try:
            ended = program.wait(seconds)
        except subprocess.TimeoutExpired:
            kill_group(program.pid)
            ended = program.wait()
        output.seek(0)
        return ended, output.read().decode(errors="replace")


def close() -> None:
    """At the end of the tests' process."""
    while _stems:
        _stems.pop().close()


class _Children:
    """In the stem: takes requests, forks, and tells how each fork ended."""

    def __init__(self, line: socket.socket):
        self.line = line
        self.ends: dict[int, int] = {}  # process id -> where to write how it ended
        self.woken, wakes = os.pipe()
        os.set_blocking(wakes, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)

    def serve(self) -> dict[str, object] | None:
        """In a fork: what it has to be. In the stem: None, when the tests' process has ended."""
        while True:
            ready, *_ = select.select([self.line, self.woken], [], [])
            if self.woken in ready:
                os.read(self.woken, 4096)
                self._reap()
            if self.line in ready:
                request, fds, *_ = socket.recv_fds(self.line, LONGEST, 2)
                if not request:
                    return self._stop_all()
                if self._fork(*fds):
                    return json.loads(request)

    def _fork(self, output: int, ended: int) -> bool:
        """True in the fork."""
        pid = os.fork()
        if pid:
            self.ends[pid] = ended
            os.close(output)
            self.line.send(str(pid).encode())
            return False
        os.setsid()
        follow_parent(signal.SIGTERM)()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for number in (1, 2):
            os.dup2(output, number)
        for number in (output, ended, self.woken, *self.ends.values()):
            os.close(number)
        self.line.close()
        return True

    def _reap(self) -> None:
        with contextlib.suppress(ChildProcessError):
            while (found := os.waitpid(-1, os.WNOHANG)) != (0, 0):
                pid, status = found
                ended = self.ends.pop(pid)
                with contextlib.suppress(BrokenPipeError):
                    os.write(ended, struct.pack("=i", os.waitstatus_to_exitcode(status)))
                os.close(ended)

    def _stop_all(self) -> None:
        for pid in self.ends:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)


def _become(command: list[str], env: dict[str, str], cwd: str) -> None:
    """What Python does with this command line."""
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    what, *rest = command
    if Path(what).name.startswith("python"):
        what, *rest = rest
        if what == "-m":
            what, *rest = rest
            sys.argv = [what, *rest]
            runpy.run_module(what, run_name="__main__", alter_sys=True)
            return
    sys.argv = [what, *rest]
    runpy.run_path(what, run_name="__main__")


def main() -> None:
    for name in LOADED:
        importlib.import_module(name)
    compile_templates_once()
    gc.collect()
    gc.freeze()  # so that a fork that looks for garbage does not copy every page of it
    assert threading.active_count() == 1, "a fork has no other threads"
    if request := _Children(socket.socket(fileno=int(sys.argv[1]))).serve():
        try:
            _become(**request)  # type: ignore[arg-type]
        except Exception:
            traceback.print_exc()
            sys.exit(FAILED)


if __name__ == "__main__":
    main()
