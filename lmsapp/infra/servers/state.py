"""What a run notes down in the data folder: that it holds it, what it started, how to reach it."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from lmsapp.infra.servers.processes import ServerError, identity, is_alive, stop_orphan

STOP_SIGNALS = {"postgres": signal.SIGINT}


@dataclass
class DataFolder:
    """The data folder of one installation; one run at a time may hold it."""

    path: Path
    _lock: IO[str] | None = field(default=None, repr=False)

    @property
    def state_file(self) -> Path:
        return self.path / "run" / "state.json"

    @property
    def held(self) -> bool:
        return self._lock is not None

    def open(self) -> None:
        """Ours alone, but for the way through to the database's own folder, which another user runs."""
        (self.path / "run").mkdir(parents=True, exist_ok=True)
        self.path.chmod(0o711)
        for private in ("run", "log", "files"):
            (self.path / private).mkdir(exist_ok=True)
            (self.path / private).chmod(0o700)

    def try_to_hold(self) -> bool:
        """False when another run holds it. The lock goes with the process, however that ends."""
        self._lock = (self.path / "run" / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            self._lock = None
            return False
        return True

    def hold(self) -> None:
        """Raises ServerError in words when another run has it."""
        if not self.try_to_hold():
            address = self.read().get("address")
            raise ServerError(f"Already running{f' at {address}' if address else ''}, with the data in {self.path}.")

    def release(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def read(self) -> dict[str, Any]:
        try:
            return dict(json.loads(self.state_file.read_text()))
        except (OSError, ValueError):
            return {}

    def write(self, *, address: str, environment: dict[str, str], pids: dict[str, int]) -> None:
        """Holds the way to the database and the secret: for our eyes only."""
        known = {name: identity(pid) for name, pid in pids.items()}
        content = {"address": address, "environment": environment, "processes": known}
        new = self.state_file.with_suffix(".new")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(content, file)
        new.replace(self.state_file)

    def forget(self) -> None:
        self.state_file.unlink(missing_ok=True)

    def stop_orphans(self) -> list[str]:
        """Stop what a killed run left, the servers last. Names of those found."""
        known = self.read().get("processes", {})
        found = [name for name in reversed(known) if is_alive(known[name])]
        for name in found:
            stop_orphan(known[name], STOP_SIGNALS.get(name, signal.SIGTERM))
        return found

    def secret(self) -> str:
        """A random key of this demo's own, made once."""
        file = self.path / "run" / "secret-key"
        if not file.exists():
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600), "w") as out:
                out.write(secrets.token_urlsafe(48))
        return file.read_text()
