"""`./lms run`: everything up in the right order, everything down within ten seconds of Ctrl-C."""

from __future__ import annotations

import errno
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from importlib import util
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

from lmsapp.infra.content_host import DEMO_HOST
from lmsapp.infra.servers.children import Child, print_prefixed, stop_all
from lmsapp.infra.servers.embedded import Servers, program
from lmsapp.infra.servers.processes import ServerError, spawn
from lmsapp.infra.servers.state import DataFolder
from lmsapp.infra.servers.valkey import free_port

APPLICATION = ("flask", "--app", "wsgi")
MAIL_CATCHER = "lmsapp.demo.mailcatcher"
LOOK_EVERY_S = 0.2
PROGRAMS_MAY_TAKE_S = 4.5
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopRequested(BaseException):
    """Ctrl-C, or a polite kill."""


def run(data_dir: Path, environ: Mapping[str, str]) -> None:
    """Blocks until stopped. Raises ServerError in words when something does not start."""
    supervisor = Supervisor(data_dir, environ)
    for number in STOP_SIGNALS:
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup means to stay
            signal.signal(number, _request_stop)
    try:
        supervisor.start()
        supervisor.watch()
    except StopRequested:
        print("\nStopping …", flush=True)
    finally:
        _be_deaf()
        supervisor.stop()


def _request_stop(_number: int, _frame: FrameType | None) -> None:
    _be_deaf()
    raise StopRequested


def _be_deaf() -> None:
    """Once is enough: an impatient second Ctrl-C must not break the orderly end."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)


class Supervisor:
    """Starts the servers, prepares the database, then keeps web, worker and scheduler alive."""

    def __init__(self, data_dir: Path, environ: Mapping[str, str]):
        self.folder = DataFolder(data_dir)
        self.demo = environ["LMS_DEMO"] == "1"
        self.host, self.port = environ.get("HOST", "127.0.0.1"), _port(environ.get("PORT", "8000"))
        self.address = environ.get("BASE_URL") or f"http://{DEMO_HOST}:{self.port}"
        # Without it every thread gets an arena of memory of its own, and keeps what one large answer once took.
        self.environment = {"MALLOC_ARENA_MAX": "2", **environ, "LMS_DATA": str(data_dir), "PYTHONUNBUFFERED": "1"}
        self.servers = Servers()
        self.children: list[Child] = []
        self.accounts = ""
        self.announced = False
        self.noted: list[int] = []

    def start(self) -> None:
        os.umask(0o077)
        self.folder.open()
        self.folder.hold()
        if orphans := self.folder.stop_orphans():
            print(f"Stopped what an earlier run left: {', '.join(orphans)}.", flush=True)
        _refuse_a_used_port(self.host, self.port)
        if self.demo:
            self.environment.setdefault("SECRET_KEY", self.folder.secret())
            self.environment.setdefault("BASE_URL", self.address)
        print("Starting the database and the queue …", flush=True)
        self.servers.start(self.folder.path, self.environment)
        self.environment |= self.servers.environment
        self.note()
        print("Bringing the database up to date …", flush=True)
        self.step("db", "upgrade")
        self.step("db", "rights")
        if self.demo:
            print("Loading the demo organisation (once) …", flush=True)
            self.step("demo", "load")
            self.accounts = self.step("demo", "accounts")
        self.children = self.programs()
        for child in self.children:
            child.start()
        self.note()

    def programs(self) -> list[Child]:
        web = ["granian", "--interface", "wsgi", "--host", self.host, "--port", str(self.port), "--workers", "2"]
        web += ["--blocking-threads", "4", "--respawn-failed-workers", "--workers-kill-timeout", "3", "--no-ws"]
        web += ["--log-level", "warning", "wsgi:app"]
        commands = {
            "web": program(*web),
            "worker": program("python", "worker.py"),
            "scheduler": program(*APPLICATION, "scheduler"),
        }
        if self.demo and "SMTP_HOST" not in self.environment and util.find_spec(MAIL_CATCHER):
            self.environment |= {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(free_port())}
            commands = {"mail": program("python", "-m", MAIL_CATCHER), **commands}
        logs = self.folder.path / "log"
        serving = {name: value for name, value in self.environment.items() if name != "DATABASE_OWNER_URL"}
        return [
            Child(name, command, serving, logs / f"{name}.log", print_prefixed) for name, command in commands.items()
        ]

    def step(self, *words: str) -> str:
        """One command of the application, done before anything serves. Its output; ServerError with it on failure."""
        process = spawn(program(*APPLICATION, *words), env=self.environment, output=subprocess.PIPE)
        output = process.communicate()[0].decode(errors="replace")
        with (self.folder.path / "log" / "setup.log").open("a") as log:
            log.write(output)
        if process.returncode:
            raise ServerError(f"{output.rstrip()}\n\n`./lms {' '.join(words)}` failed (above).")
        return output

    def watch(self) -> None:
        while True:
            for child in self.children:
                child.look_after()
            for one in self.servers.running:
                if one.process.poll() is not None:
                    print_prefixed(one.server.name, "stopped unexpectedly; starting it again")
                    one.restart()
            self.note()
            if not self.announced and self.answers():
                self.announce()
            time.sleep(LOOK_EVERY_S if self.announced else LOOK_EVERY_S / 4)

    def answers(self) -> bool:
        connection = http.client.HTTPConnection(_local(self.host), self.port, timeout=2)
        try:
            # Under the name of the application: in the demo the bare number is the host of SCORM content.
            connection.request("GET", "/healthz", headers={"Host": urlsplit(self.address).netloc})
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def announce(self) -> None:
        self.announced = True
        lines = ["", f"Ready: {self.address}", "", *self.accounts.rstrip().splitlines()]
        print(
            "\n".join([*lines, f"Data and logs: {self.folder.path}", "Ctrl-C stops everything; the data is kept.", ""])
        )
        sys.stdout.flush()

    def note(self) -> None:
        """Write down what runs, when that changed, so that a later run can find it."""
        pids = {one.server.name: one.process.pid for one in self.servers.running if one.process.poll() is None}
        pids |= {child.name: child.process.pid for child in self.children if child.process and not child.process.poll()}
        if list(pids.values()) != self.noted:
            self.noted = list(pids.values())
            self.folder.write(address=self.address, environment=self.reach(), pids=pids)

    def reach(self) -> dict[str, str]:
        """What a command at another terminal needs to work with this run."""
        names = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "BASE_URL")
        more = ("SMTP_HOST", "SMTP_PORT", "LMS_DEMO")
        return {name: self.environment[name] for name in (*names, *more) if name in self.environment}

    def stop(self) -> None:
        stop_all(self.children, PROGRAMS_MAY_TAKE_S)
        self.servers.stop()
        if self.folder.held:
            self.folder.forget()
            self.folder.release()


def _port(given: str) -> int:
    if given.isdigit() and 0 < int(given) < 65536:
        return int(given)
    raise ServerError(f"PORT is {given!r}; set it to a number such as 8010.")


def _local(host: str) -> str:
    return "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104 - compared, not bound


def _refuse_a_used_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise ServerError(f"Port {port} needs more rights. Choose another: PORT=8010 ./lms run") from None
        except OSError as problem:
            reason = (
                "is in use by another program" if problem.errno == errno.EADDRINUSE else f"fails: {problem.strerror}"
            )
            raise ServerError(f"Port {port} {reason}. Choose another: PORT={port + 10} ./lms run") from None
