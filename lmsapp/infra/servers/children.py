"""The programs beside the servers: web, worker, scheduler. Each is restarted when it falls, more slowly each time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from lmsapp.infra.servers.processes import kill_group, spawn

LONGEST_WAIT_S = 30.0
STEADY_AFTER_S = 60.0
LARGEST_LOG = 10 * 1024 * 1024
RECYCLED = 0  # a worker that has done its share leaves with success, and is simply replaced


@dataclass
class Child:
    """One program and what it says."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    log: Path
    show: Callable[[str, str], None]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_again_at: float = 0.0
    failures: int = 0
    _unfinished: bytes = b""

    def start(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        self.process = spawn(self.command, env=self.environment, output=subprocess.PIPE)
        assert self.process.stdout is not None
        os.set_blocking(self.process.stdout.fileno(), False)
        self.started_at = time.monotonic()

    def look_after(self) -> None:
        """Called several times a second: pass on its words, start it again when its time has come."""
        if self.process is None:
            if time.monotonic() >= self.start_again_at:
                self.start()
            return
        code = self.process.poll()
        self.pass_on_output(last=code is not None)
        if code is None:
            return
        kill_group(self.process.pid)  # what it may have left behind
        self.process = None
        lived = time.monotonic() - self.started_at
        self.failures = 0 if code == RECYCLED or lived > STEADY_AFTER_S else self.failures + 1
        wait = min(LONGEST_WAIT_S, 0.5 * 2**self.failures) if self.failures else 0.0
        self.start_again_at = time.monotonic() + wait
        if self.failures:
            self.show(self.name, f"stopped unexpectedly ({_reason(code)}); starting it again in {wait:.0f} s")

    def pass_on_output(self, *, last: bool = False) -> None:
        """Whole lines, to the terminal and to its log file."""
        if self.process is None or self.process.stdout is None or self.process.stdout.closed:
            return
        received = self._unfinished
        while chunk := self._read(self.process.stdout.fileno()):
            received += chunk
        *lines, self._unfinished = received.split(b"\n")
        if last:
            lines += [self._unfinished] if self._unfinished else []
            self._unfinished = b""
            self.process.stdout.close()
        if lines:
            with self.log.open("ab") as file:
                file.writelines(line + b"\n" for line in lines)
        for line in lines:
            self.show(self.name, line.decode(errors="replace"))

    @staticmethod
    def _read(descriptor: int) -> bytes:
        try:
            return os.read(descriptor, 65536)
        except BlockingIOError:
            return b""

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)


def stop_all(children: list[Child], seconds: float) -> None:
    """Ask all at once, wait for all together, then insist."""
    deadline = time.monotonic() + seconds
    for child in children:
        child.ask_to_stop()
    left = [child for child in children if child.process is not None]
    while left and time.monotonic() < deadline:
        for child in left:
            child.pass_on_output()
        left = [child for child in left if child.process is not None and child.process.poll() is None]
        time.sleep(0.02)
    for child in children:
        if child.process is not None:
            kill_group(child.process.pid)
            child.process.wait(5)
        child.pass_on_output(last=True)


def _reason(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def print_prefixed(name: str, line: str) -> None:
    colour = sys.stdout.isatty()
    prefix = f"\x1b[36m{name:>9}\x1b[0m" if colour else f"{name:>9}"
    print(f"{prefix} | {line}", flush=True)
