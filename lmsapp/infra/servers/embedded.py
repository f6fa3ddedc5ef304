"""The two servers together: those of the environment first, ours where it names none."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from lmsapp.infra.servers.postgres import APPLICATION, Postgres
from lmsapp.infra.servers.processes import stop
from lmsapp.infra.servers.valkey import Valkey

Server = Postgres | Valkey


@dataclass
class Running:
    """A server of ours and its process."""

    server: Server
    log: Path
    process: subprocess.Popen[bytes]

    def restart(self) -> None:
        self.process = self.server.start(self.log)

    def stop(self, seconds: float = 3) -> None:
        stop(self.process, self.server.stop_signal, seconds)


@dataclass
class Servers:
    """What of the two is ours, and the environment that leads to both (to our database as its owner, too)."""

    environment: dict[str, str] = field(default_factory=dict)
    running: list[Running] = field(default_factory=list)

    def start(self, data_dir: Path, environ: Mapping[str, str], *, for_tests: bool = False) -> None:
        """Raises ServerError when one does not come up; call `stop` whatever happened."""
        logs = data_dir / "log"
        logs.mkdir(parents=True, exist_ok=True)
        started: list[Running] = []
        for name, kind in (("DATABASE_URL", Postgres), ("REDIS_URL", Valkey)):
            if given := environ.get(name):
                self.environment[name] = given
                continue
            server = kind(data_dir, for_tests=for_tests)
            server.prepare()
            log = logs / f"{server.name}.log"
            started.append(Running(server, log, server.start(log)))
            self.running.append(started[-1])
            self.environment |= _ways_to(server)
        for one in started:
            one.server.wait_until_ready(one.process, one.log)

    def stop(self) -> None:
        for one in self.running:
            one.stop()


def _ways_to(server: Server) -> dict[str, str]:
    if isinstance(server, Valkey):
        return {"REDIS_URL": server.url}
    return {"DATABASE_URL": server.url(role=APPLICATION), "DATABASE_OWNER_URL": server.url()}


@contextmanager
def servers(data_dir: Path, environ: Mapping[str, str], *, for_tests: bool = False) -> Iterator[dict[str, str]]:
    """The environment (DATABASE_URL, REDIS_URL) while the block runs."""
    ours = Servers()
    try:
        ours.start(data_dir, environ, for_tests=for_tests)
        yield ours.environment
    finally:
        ours.stop()


def program(*words: str) -> list[str]:
    """A program of this environment: program("flask", "db", "upgrade")."""
    return [str(Path(sys.executable).with_name(words[0])), *words[1:]]
