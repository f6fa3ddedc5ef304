"""One PostgreSQL and one Valkey per test run, shared by all its processes; a migrated database to copy from.

Started by whichever process needs them first, stopped by the run's main process. What a killed run left behind is
stopped by the next one.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from lmsapp.courses.publishing import reading
from lmsapp.infra.rights import grant_rights
from lmsapp.infra.servers.embedded import program
from lmsapp.infra.servers.postgres import APPLICATION, FOR_TESTS, ROLE, Postgres
from lmsapp.infra.servers.processes import identity, is_alive, stop_orphan
from lmsapp.infra.servers.valkey import Valkey
from tests.emptied import Fresh

RUN_FOLDER = "LMS_TEST_RUN"
PREFIX = "lms-tests-"
TEMPLATE = "migrated"
DATABASES_OF_VALKEY = 16
ON_DISK = "on-disk"
ahead: list[threading.Thread] = []
copies: dict[str, Fresh] = {}  # by the name of the database; this process's own


@dataclass(frozen=True)
class TestServers:
    """`database_url` leads to the maintenance database as the owner; `redis_url` has no database number; `postgres` is a
    process id."""

    database_url: str
    redis_url: str
    postgres: int

    def owner_url(self, database: str) -> str:
        """As the role that owns the tables."""
        return self.database_url.replace("/postgres?", f"/{database}?")

    def url(self, database: str) -> str:
        """As the application's role: every test works as the product does."""
        return self.owner_url(database).replace(f"//{ROLE}@", f"//{APPLICATION}@")

    def fresh_database(self, name: str, template: str = TEMPLATE) -> str:
        """The URL of a database as the migrations leave it, whatever was there by that name."""
        names = {"name": sql.Identifier(name), "template": sql.Identifier(template)}
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {name} WITH (FORCE)").format(**names))
            connection.execute(sql.SQL("CREATE DATABASE {name} TEMPLATE {template}").format(**names))
        reading._kept.cache_clear()  # its courses get the numbers that others had there before
        return self.url(name)

    def emptied_database(self, name: str) -> str:
        """The same, for whoever needs one by that name again and again; see `tests.emptied`."""
        fresh, owner_url = copies.get(name), self.owner_url(name)
        if fresh is None or not fresh.put_back(owner_url):
            self.fresh_database(name)
            copies[name] = Fresh.of(owner_url)
        reading._kept.cache_clear()
        return self.url(name)

    def drop_databases(self, beginning: str) -> None:
        """All whose names begin so."""
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            found = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [beginning])
            for (name,) in found.fetchall():
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def queue_url(self, number: int) -> str:
        return f"{self.redis_url}/{number % DATABASES_OF_VALKEY}"


def begin_run(*, on_disk: bool = False) -> bool:
    """Called once, by the main process of the run. False for a program that a run has started: it works in its servers,
    and does not end them. `on_disk`: a commit has reached the disk, as in production; tests need not wait for that."""
    if RUN_FOLDER in os.environ:
        return False
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    folder.chmod(0o711)  # PostgreSQL runs as another user when we are root
    (folder / "owner.json").write_text(json.dumps(identity(os.getpid())))
    if on_disk:
        (folder / ON_DISK).touch()
    os.environ[RUN_FOLDER] = str(folder)
    return True


def start_ahead() -> None:
    """Called by the main process of a whole run, which has nothing else to do while its workers collect the tests."""
    started = threading.Thread(target=servers, name="servers")
    started.start()
    ahead.append(started)


def end_run() -> None:
    """Called once, by the main process of the run, whatever happened."""
    for started in ahead:
        started.join()
    if folder := os.environ.pop(RUN_FOLDER, None):
        _remove(Path(folder))


def servers() -> TestServers:
    """The servers of this run, started by the first who asks."""
    folder = Path(os.environ[RUN_FOLDER])
    with alone(folder):
        state = folder / "state.json"
        if not state.exists():
            _start(folder, state)
        known = json.loads(state.read_text())
    return TestServers(known["database_url"], known["redis_url"], known["processes"]["postgres"]["pid"])


def _start(folder: Path, state: Path) -> None:
    postgres, valkey = Postgres(folder, for_tests=not (folder / ON_DISK).exists()), Valkey(folder, for_tests=True)
    postgres.settings["max_connections"] = FOR_TESTS["max_connections"]
    started = []
    for server in (postgres, valkey):
        server.prepare()
        log = folder / f"{server.name}.log"
        process = server.start(log, dies_with_us=False)  # the others still need it when we are done
        started.append((server, process, log))
    known = {
        "database_url": postgres.url("postgres"),
        "redis_url": valkey.url.removesuffix("/0"),
        "processes": {server.name: identity(process.pid) for server, process, _log in started},
    }
    (folder / "processes.json").write_text(json.dumps(known["processes"]))
    for server, process, log in started:
        server.wait_until_ready(process, log)
        process.returncode = 0  # handed over to the run: not ours to wait for
    postgres.create_database(TEMPLATE)
    _migrate(postgres.url(TEMPLATE, APPLICATION), postgres.url(TEMPLATE), valkey.url)
    grant_rights(postgres.url(TEMPLATE), APPLICATION)
    state.write_text(json.dumps(known))


def _migrate(database_url: str, owner_url: str, redis_url: str) -> None:
    environment = os.environ | {"DATABASE_URL": database_url, "DATABASE_OWNER_URL": owner_url}
    environment |= {"REDIS_URL": redis_url, "LMS_DEMO": "1"}
    command = program("flask", "--app", "wsgi", "db", "upgrade")
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"migrations failed:\n{done.stdout}{done.stderr}")


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """No other process of the run is in such a block of this folder."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _sweep() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            owner = json.loads((folder / "owner.json").read_text())
        except (OSError, ValueError):
            continue
        if not is_alive(owner):
            _remove(folder)


def _remove(folder: Path) -> None:
    try:
        processes = json.loads((folder / "processes.json").read_text())
    except (OSError, ValueError):
        processes = {}
    for name, known in processes.items():
        stop_orphan(known, signal.SIGINT if name == "postgres" else signal.SIGTERM)
    shutil.rmtree(folder, ignore_errors=True)
