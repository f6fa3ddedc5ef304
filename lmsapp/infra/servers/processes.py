"""Starting, stopping and recognising processes, so that none outlives us unnoticed."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import psutil

PR_SET_PDEATHSIG = 1
NOBODY = 65534
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class ServerError(Exception):
    """A server cannot be started; the text says why, for the person at the terminal."""


def spawn(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    output: int | IO[bytes] = subprocess.DEVNULL,
    cwd: Path | None = None,
    user: int | None = None,
    stop_signal: int = signal.SIGTERM,
    dies_with_us: bool = True,
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own, so that Ctrl-C reaches it in our order and not all at once.

    On Linux the kernel sends it `stop_signal` when we die without a word (`dies_with_us`).
    """
    options: dict[str, Any] = {} if user is None else {"user": user, "group": user, "extra_groups": []}
    return subprocess.Popen(
        [str(word) for word in command],
        env=dict(env) if env is not None else None,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        cwd=cwd,
        start_new_session=True,
        preexec_fn=follow_parent(stop_signal) if dies_with_us else None,  # noqa: PLW1509 - we run no threads
        **options,
    )


def follow_parent(stop_signal: int) -> Callable[[], None]:
    """What a new process does so that the kernel sends it `stop_signal` when its parent dies; nothing but on Linux."""

    def ask_kernel() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(stop_signal))

    return ask_kernel


def stop(process: subprocess.Popen[bytes], stop_signal: int, seconds: float) -> None:
    """Ask once, wait, then insist on the whole group."""
    if process.poll() is None:
        process.send_signal(stop_signal)
        try:
            process.wait(max(0.1, seconds))
        except subprocess.TimeoutExpired:
            kill_group(process.pid)
            process.wait(5)


def kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def identity(pid: int) -> dict[str, float]:
    """Enough to recognise the process later: a pid alone may have been given to somebody else."""
    return {"pid": pid, "created": psutil.Process(pid).create_time()}


def is_alive(known: Mapping[str, float]) -> bool:
    try:
        process = psutil.Process(int(known["pid"]))
        return bool(abs(process.create_time() - known["created"]) < 1 and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def stop_orphan(known: Mapping[str, float], stop_signal: int, seconds: float = 8) -> bool:
    """Stop a process left by a run that was killed, with its group. True when there was one."""
    if not is_alive(known):
        return False
    pid = int(known["pid"])
    os.kill(pid, stop_signal)
    deadline = time.monotonic() + seconds
    while is_alive(known) and time.monotonic() < deadline:
        time.sleep(0.05)
    kill_group(pid)
    return True


def reachable_by_others(path: Path) -> bool:
    """Whether a user without rights of its own could walk to `path`."""
    return all(parent.stat().st_mode & 0o001 for parent in (path, *path.parents) if parent.exists())
