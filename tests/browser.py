"""Pages in a real Chromium, served as in production: own database, own worker, own mail catcher."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import signal
import socket
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import util
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, sync_playwright
from redis import Redis

from lmsapp import create_app
from lmsapp.config import Settings
from lmsapp.courses.publishing import reading
from lmsapp.infra.db import db
from lmsapp.infra.servers.embedded import program
from lmsapp.infra.servers.processes import stop
from lmsapp.infra.servers.valkey import free_port
from tests import warm
from tests.servers import TestServers

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
QUIET = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# A refusal the page shows in words, and a request htmx gave up because a newer one replaced it.
NO_COMPLAINT = ("the server responded with a status of 4", "htmx:sendAbort", "htmx:afterRequest,")
MAIL_CATCHER = "lmsapp.demo.mailcatcher"


@dataclass
class LiveServer:
    """The product as `./lms run` starts it, on a database of its own that each test module gets empty.

    `app` is an application of the test's process on the same database: to prepare and to look. `begin` starts a program
    by its command: from one that is loaded, or by itself (`spawn`).
    """

    url: str
    app: Flask
    environment: dict[str, str]
    log: Path
    servers: TestServers
    database: str
    processes: dict[str, warm.Program] = field(default_factory=dict)
    begin: Callable[..., warm.Program] = warm.start

    def start(self, name: str, *command: str) -> None:
        """Start one of its programs unless it runs."""
        running = self.processes.get(name)
        if running is None or running.poll() is not None:
            with self.log.open("ab") as output:
                self.processes[name] = self.begin(program(*command), env=self.environment, output=output)

    def start_web(self) -> None:
        port = self.url.rpartition(":")[2]
        options = ["--interface", "wsgi", "--port", port, "--workers", "1", "--blocking-threads", "4", "--no-ws"]
        self.start("web", "granian", *options, "--log-level", "warning", "wsgi:app")
        _wait_for(f"{self.url}/healthz", self.log)

    def start_worker(self) -> None:
        """The real worker, which hears what the pages ring, and with it the mail catcher."""
        if util.find_spec(MAIL_CATCHER):
            self.start("mail", "python", "-m", MAIL_CATCHER)
            _wait_for_mail(int(self.environment["SMTP_PORT"]), self.log)  # a mail refused now is tried in a minute
        self.start("worker", "python", "worker.py")

    def start_scheduler(self) -> None:
        self.start("scheduler", "flask", "--app", "wsgi", "scheduler")

    def stop(self, *names: str) -> None:
        """Those programs, or all."""
        for name in names or tuple(self.processes):
            if process := self.processes.pop(name, None):
                stop(process, signal.SIGTERM, 5)

    def empty(self) -> None:
        """The database as the migrations leave it, an empty mailbox and a silent queue."""
        self.stop()  # the pages too: published versions are kept in memory by number, and numbers begin again
        reading._kept.cache_clear()
        self.environment.pop("LMS_DAYS_AHEAD", None)
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        self.servers.emptied_database(self.database)
        shutil.rmtree(Path(self.environment["LMS_DATA"]) / "mailbox", ignore_errors=True)
        with Redis.from_url(self.environment["REDIS_URL"]) as client:
            client.flushdb()

    def move_clock(self, days: int) -> None:
        """Everything runs so many days ahead from now on; whoever was signed in signs in again."""
        running = [name for name in ("web", "worker", "scheduler") if name in self.processes]
        self.stop(*self.processes)
        self.environment["LMS_DAYS_AHEAD"] = str(days)
        self.start_web()
        for name in running:
            {"web": self.start_web, "worker": self.start_worker, "scheduler": self.start_scheduler}[name]()

    def run_jobs(self) -> None:
        """Let a worker do all that is queued, then leave."""
        ended, said = warm.run(program("python", "worker.py", "--burst"), env=self.environment)
        assert ended == 0, said


@pytest.fixture(scope="session")
def _live(
    test_servers: TestServers, worker_number: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveServer]:
    name = f"live_{worker_number}"
    data, port = tmp_path_factory.mktemp("live"), free_port()
    environment = os.environ | {
        "LMS_DEMO": "1",
        "SECRET_KEY": "only-for-tests-0123456789-abcdefghijkl",
        "DATABASE_URL": test_servers.emptied_database(name),
        "REDIS_URL": test_servers.queue_url(2 * worker_number + 8),
        "BASE_URL": f"http://localhost:{port}",
        "PORT": str(port),
        "LMS_DATA": str(data),
        "LMS_TIME_ZONE": where_it_is_noon(),
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(free_port()),
    }
    live = LiveServer(
        url=f"http://localhost:{port}",
        app=create_app(Settings.from_environment(environment)),
        environment=environment,
        log=data / "live.log",
        servers=test_servers,
        database=name,
    )
    try:
        yield live
    finally:
        live.stop()
        with live.app.app_context():
            db.engine.dispose()


@pytest.fixture(scope="module")
def live_server(_live: LiveServer) -> LiveServer:
    """Running, and empty at the start of the module."""
    _live.empty()
    _live.start_web()
    return _live


@pytest.fixture(scope="session")
def driver() -> Iterator[Playwright]:
    """One for the whole process: a second one in the same thread finds the loop of the first."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(driver: Playwright) -> Browser:
    return driver.chromium.launch(executable_path=_executable(), args=QUIET)


@pytest.fixture
def new_page(browser: Browser, live_server: LiveServer) -> Iterator[Callable[..., Page]]:
    """Makes pages of separate people: new_page(), new_page(viewport=..., java_script_enabled=False)."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not any(words in message.text for words in NO_COMPLAINT):
            complaints.append(message.text)

    def make(**options: object) -> Page:
        defaults = {"base_url": live_server.url, "locale": "en-US", "viewport": {"width": 1280, "height": 900}}
        defaults["reduced_motion"] = "reduce"  # what turns while a page waits took as much of the processor as the page
        context = browser.new_context(**(defaults | options))  # type: ignore[arg-type]
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert not complaints, f"the browser complained: {complaints}"


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A fresh visitor. The test fails if the browser complains: a script error, or a breach of the content policy."""
    return new_page()


def where_it_is_noon() -> str:
    """Nobody is reminded at night; a zone without a night just now lets the tests run at any hour."""
    ahead = 12 - dt.datetime.now(dt.UTC).hour
    return f"Etc/GMT{-ahead:+d}"


def _executable() -> str | None:
    """None lets Playwright take its own."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    own = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache" / "ms-playwright"))
    if found is None and not any(own.glob("chromium*")):
        pytest.fail("No Chromium found: install it, or leave page tests out with BROWSER=none", pytrace=False)
    return found


def _wait_for(url: str, log: Path, seconds: float = 180) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the server did not start:\n{log.read_text(errors='replace')[-3000:]}", pytrace=False)


def _wait_for_mail(port: int, log: Path, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=2):
                return
        except OSError:
            time.sleep(0.05)
    pytest.fail(f"the mail catcher did not start:\n{log.read_text(errors='replace')[-3000:]}", pytrace=False)
