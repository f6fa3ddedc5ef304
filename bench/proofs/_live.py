"""The product served as in production, on a fresh database of its own, for proofs that need a real connection."""

from __future__ import annotations

import os
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from lmsapp import create_app
from lmsapp.config import Settings
from lmsapp.infra.db import db
from lmsapp.infra.servers.embedded import program
from lmsapp.infra.servers.processes import spawn, stop
from lmsapp.infra.servers.valkey import free_port
from tests import servers, warm
from tests.client import PageClient


@dataclass(frozen=True)
class Live:
    """`app` is an application of this process on the same database, to prepare and to look.

    `restart(meanwhile)` stops the server, calls that, and starts it again; from the main thread only. `environment` is
    the server's, for programs beside it.
    """

    app: Flask
    port: int
    restart: Callable[[Callable[[], None]], None]
    environment: Mapping[str, str]

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def cookie(self, user_id: int) -> str:
        """A session of theirs, as a Cookie header."""
        client = PageClient(self.app)
        client.sign_in(user_id)
        client.get("/account", buffered=True)
        found = client.get_cookie(self.app.config["SESSION_COOKIE_NAME"])
        assert found is not None
        return f"{found.key}={found.value}"


@contextmanager
def live(*, own_servers: bool = True, queue_url: str = "") -> Iterator[Live]:
    """Pages only: no worker, no mail. `own_servers` False: those of a test run are there already. `queue_url`: of
    another queue than theirs."""
    ours = own_servers and servers.begin_run()
    try:
        with tempfile.TemporaryDirectory(prefix="lms-proof-") as folder:
            port, log = free_port(), Path(folder) / "web.log"
            environment = _environment(port, Path(folder)) | ({"REDIS_URL": queue_url} if queue_url else {})
            app = create_app(Settings.from_environment(environment))
            begin = spawn if own_servers else warm.start  # a run of tests has the product loaded already
            running = [_start(port, environment, log, begin)]

            def restart(meanwhile: Callable[[], None]) -> None:
                stop(running.pop(), 15, 5)
                try:
                    meanwhile()
                finally:
                    running.append(_start(port, environment, log, begin))

            try:
                yield Live(app, port, restart, environment)
            finally:
                for web in running:
                    stop(web, 15, 5)
                with app.app_context():
                    db.session.remove()
                    db.engine.dispose()
    finally:
        if ours:
            servers.end_run()


def _start(port: int, environment: dict[str, str], log: Path, begin: Callable[..., warm.Program]) -> warm.Program:
    options = ["--port", str(port), "--workers", "1", "--blocking-threads", "8", "--no-ws"]
    command = program("granian", "--interface", "wsgi", *options, "--log-level", "warning", "wsgi:app")
    with log.open("ab") as output:
        web = begin(command, env=environment, output=output)
    try:
        _wait_for(f"http://localhost:{port}/healthz", log)
    except RuntimeError:
        stop(web, 15, 5)
        raise
    return web


def _environment(port: int, folder: Path) -> dict[str, str]:
    running = servers.servers()
    return os.environ | {
        "LMS_DEMO": "1",
        "SECRET_KEY": "only-for-tests-0123456789-abcdefghijkl",
        "DATABASE_URL": running.emptied_database(f"proof_live_{os.getpid()}"),
        "REDIS_URL": running.queue_url(15),
        "BASE_URL": f"http://localhost:{port}",
        "PORT": str(port),
        "LMS_DATA": str(folder),
    }


def _wait_for(url: str, log: Path, seconds: float = 180) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(OSError), urllib.request.urlopen(url, timeout=2):
            return
        time.sleep(0.1)
    raise RuntimeError(f"the server did not start:\n{log.read_text(errors='replace')[-3000:]}")
