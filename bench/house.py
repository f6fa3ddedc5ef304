"""The house a run is measured in: its own database, and the web server by the command of `./lms run`.

In a run of tests a small one works in the servers of that run, and its web server is a fork: see `tests.warm`.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from flask import Flask

from lmsapp import create_app
from lmsapp.config import Settings
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.servers.embedded import Servers, program
from lmsapp.infra.servers.postgres import Postgres
from lmsapp.infra.servers.processes import spawn, stop
from lmsapp.infra.servers.supervisor import APPLICATION, Supervisor
from lmsapp.infra.servers.valkey import free_port
from tests import servers as of_tests
from tests import warm

DATABASE = "bench"
HOST = "training.bench.example"
CONTENT_HOST = "content.bench-content.example"  # another site
STOP = 15


@dataclass
class House:
    """`app` is the application in this process, on the same database. `postgres` and `web` are process ids; `web` is 0
    while no server runs."""

    environment: dict[str, str]
    app: Flask
    postgres: int
    port: int
    data_dir: Path
    database: str = DATABASE
    begin: Callable[..., warm.Program] = spawn
    web: int = 0

    def fill(self, name: str, load: Callable[[Flask], object], *, again: bool) -> float:
        """Load the data, or take again what was loaded today from the same sources. Seconds it took.

        A copy is kept without anything a run writes: databases are copied, which takes a second.
        """
        began, kept, admin = (
            time.monotonic(),
            f"{self.database}_{name}",
            self.dsn.replace(f"/{self.database}?", "/postgres?"),
        )
        known = _digest()
        with psycopg.connect(admin, autocommit=True) as connection:
            comment = connection.execute(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", (kept,)
            ).fetchone()
            if again and comment == (known,):
                connection.execute(f"DROP DATABASE {self.database} WITH (FORCE)")
                connection.execute(f"CREATE DATABASE {self.database} TEMPLATE {kept} STRATEGY file_copy")
                return time.monotonic() - began
            load(self.app)
            with self.app.app_context():
                db.session.remove()
                db.engine.dispose()
            connection.execute(f"DROP DATABASE IF EXISTS {kept} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {kept} TEMPLATE {self.database} STRATEGY file_copy")
            connection.execute(f"COMMENT ON DATABASE {kept} IS '{known}'")
        return time.monotonic() - began

    @property
    def dsn(self) -> str:
        return self.environment["DATABASE_URL"]

    @contextmanager
    def serving(self) -> Iterator[None]:
        """The web server while the block runs."""
        with (self.data_dir / "log" / "web.log").open("ab") as log:
            command, environment = self._web()
            process = self.begin(command, env=environment, output=log)
            self.web = process.pid
            try:
                self._wait(process)
                yield
            finally:
                stop(process, STOP, 10)
                self.web = 0

    def _web(self) -> tuple[list[str], Mapping[str, str]]:
        """Command and environment: production's own, with the ceiling beside the product."""
        programs = Supervisor(self.data_dir, self.environment).programs()
        web = next(child for child in programs if child.name == "web")
        return [*web.command[:-1], "bench.served:app"], web.environment

    def _wait(self, process: warm.Program) -> None:
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline and process.poll() is None:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
            try:
                connection.request("GET", "/healthz")
                if connection.getresponse().status == http.HTTPStatus.OK:
                    return
            except OSError:
                time.sleep(0.1)
            finally:
                connection.close()
        sys.exit(f"The web server did not start; see {self.data_dir / 'log' / 'web.log'}")


@contextmanager
def house(data_dir: Path, *, for_tests: bool = False) -> Iterator[House]:
    """Servers and an empty, migrated database; everything is stopped and the database dropped afterwards."""
    data_dir.mkdir(parents=True, exist_ok=True)
    data_dir.chmod(0o711)
    (data_dir / "log").mkdir(exist_ok=True)
    among = for_tests and of_tests.RUN_FOLDER in os.environ
    with _among_tests(data_dir) if among else _alone(data_dir, for_tests=for_tests) as here:
        yield here


@contextmanager
def _alone(data_dir: Path, *, for_tests: bool) -> Iterator[House]:
    servers = Servers()
    try:
        servers.start(data_dir, {}, for_tests=for_tests)
        postgres = next(one for one in servers.running if isinstance(one.server, Postgres))
        assert isinstance(postgres.server, Postgres)
        _fresh_database(postgres.server)
        environment = _environment(data_dir, postgres.server.url(DATABASE), servers.environment["REDIS_URL"])
        _migrate(environment)
        app = create_app(Settings.from_environment(environment))
        yield House(environment, app, postgres.process.pid, int(environment["PORT"]), data_dir)
    finally:
        servers.stop()


@contextmanager
def _among_tests(data_dir: Path) -> Iterator[House]:
    running, database = of_tests.servers(), f"{DATABASE}_{os.getpid()}"
    running.fresh_database(database)
    try:
        environment = _environment(data_dir, running.owner_url(database), running.queue_url(9))
        app, port = create_app(Settings.from_environment(environment)), int(environment["PORT"])
        yield House(environment, app, running.postgres, port, data_dir, database, warm.start)
    finally:
        running.drop_databases(database)


def _environment(data_dir: Path, database_url: str, redis_url: str) -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LMS_DEMO": "0",
        "LMS_DATA": str(data_dir),
        "SECRET_KEY": secrets.token_urlsafe(48),
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "BASE_URL": f"https://{HOST}",
        "LMS_CONTENT_URL": f"https://{CONTENT_HOST}",
        "LMS_ORGANISATION": "Bench",
        "HOST": "127.0.0.1",
        "PORT": str(free_port()),
    }


def _digest() -> str:
    """Of the day and of everything the data follows from."""
    made_by = (one for name in ("data.*", "large.sql", "large.py") for one in Path(__file__).parent.glob(name))
    sources = [*made_by, *Path("migrations/versions").glob("*.py"), Path("bench/size.py")]
    content = b"".join(one.read_bytes() for one in sorted(sources))
    return f"{clock.now().date()} {hashlib.sha256(content).hexdigest()}"


def _fresh_database(postgres: Postgres) -> None:
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
    postgres.create_database(DATABASE)


def _migrate(environment: dict[str, str]) -> None:
    done = subprocess.run(
        program(*APPLICATION, "db", "upgrade"), env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"The migrations failed:\n{done.stdout}{done.stderr}")
