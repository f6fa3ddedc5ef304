"""What every test stands on: real servers, a savepoint per test, a clock to set, a real browser.

Pure tests (rules, house) touch none of it and start nothing.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import settings as hypothesis_settings
from sqlalchemy import NullPool, create_engine, event
from sqlalchemy.engine import Connection, Engine

from lmsapp import create_app
from lmsapp.config import Settings
from lmsapp.infra import claims, queue
from lmsapp.infra.db import db
from tests import servers, warm
from tests.browser import _live, browser, driver, live_server, new_page, page  # noqa: F401 - fixtures
from tests.client import PageClient
from tests.clock import Clock
from tests.kept import forget, world_of
from tests.once import compile_templates_once, draw_lessons_once
from tests.undoing import KEEPS_STATEMENTS, ready, rolled_back, worked_on
from tests.walk.fixtures import routes, stage, staged  # noqa: F401 - fixtures

ROOT = Path(__file__).parent
OURS = pytest.StashKey[bool]()  # whether this process began the run, and so ends its servers
OWN_DATABASE = {"live_server", "page", "own_app", "stage"}


hypothesis_settings.register_profile("patient", deadline=None)  # a busy machine is slow, not wrong
hypothesis_settings.load_profile("patient")


def pytest_configure(config: pytest.Config) -> None:
    gc.disable()  # until the tests are collected, see below
    draw_lessons_once()
    if not hasattr(config, "workerinput"):
        config.stash[OURS] = servers.begin_run()
        if config.getoption("numprocesses", None) and config.args_source is pytest.Config.ArgsSource.TESTPATHS:
            servers.start_ahead()
    compile_templates_once()


def pytest_unconfigure(config: pytest.Config) -> None:
    warm.close()
    if config.stash.get(OURS, False):
        servers.end_run()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test that asks for a page is a browser test; BROWSER=none leaves those out, and says so. Long files come first."""
    items.sort(key=lambda item: not long(item))
    for item in items:
        if {"page", "browser", "new_page"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)
    if os.environ.get("BROWSER") == "none":
        left_out = [item for item in items if item.get_closest_marker("browser")]
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: looking through it again and again for garbage took a twelfth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


def long(item: pytest.Item) -> bool:
    """Stories, the demo, the bench and the walks take a minute and more each."""
    walks = item.path.parent == ROOT / "web"
    return walks or item.path.parent.name in {"stories", "bench"} or item.get_closest_marker("slow") is not None


class ForTests(Settings):
    """As usual, but no statement is compiled twice: a walk through every route asks more of them than SQLAlchemy keeps,
    round after round, and would find none of them again."""

    def as_flask_config(self) -> dict[str, Any]:
        usual = super().as_flask_config()
        return usual | {"SQLALCHEMY_ENGINE_OPTIONS": usual["SQLALCHEMY_ENGINE_OPTIONS"] | KEEPS_STATEMENTS}


def settings_for(database_url: str, redis_url: str, data_dir: Path) -> Settings:
    return ForTests(
        testing=True,
        secret_key="only-for-tests-0123456789-abcdefghijkl",
        database_url=database_url,
        redis_url=redis_url,
        data_dir=data_dir,
        base_url="http://localhost",
        content_url="http://content.example",
    )


@pytest.fixture(scope="session")
def test_servers() -> servers.TestServers:
    return servers.servers()


@pytest.fixture(scope="session")
def worker_number(worker_id: str) -> int:
    """0 for the first or only process of the run."""
    return int(worker_id.removeprefix("gw")) if worker_id.startswith("gw") else 0


@pytest.fixture(scope="session")
def app(
    test_servers: servers.TestServers, worker_number: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The application on this process's own database. Rings are collected, see `rings`; CSRF has tests of its own."""
    url = test_servers.fresh_database(f"test_{worker_number}")
    application = create_app(
        settings_for(url, test_servers.queue_url(2 * worker_number), tmp_path_factory.mktemp("data"))
    )
    application.config["WTF_CSRF_ENABLED"] = False
    # Progress is told beside a COPY, on a connection of its own. Here there is one for all, which a busy machine would
    # have wait for itself for ever.
    claims.TOLD_EVERY_S = 3600.0
    yield application
    with application.app_context():
        forget(db.engine)
        db.engine.dispose()


@pytest.fixture
def rings(app: Flask) -> list[queue.Ring]:
    """What was rung after each commit, in order. `run_rings()` of tests.jobs plays the worker."""
    heard: list[queue.Ring] = []
    queue.use_bell(app, heard.extend)
    return heard


def is_pure(request: pytest.FixtureRequest) -> bool:
    """Rules and house tests are by nature; others say so with the marker."""
    by_nature = request.path.name.startswith("test_rules") or request.path.is_relative_to(ROOT / "house")
    return by_nature or request.node.get_closest_marker("pure") is not None


@pytest.fixture(autouse=True)
def transaction(request: pytest.FixtureRequest) -> Iterator[None]:
    """Each test in an application context, inside a transaction that is rolled back; commits release savepoints.

    The session works as the application's role. The marker `owner` makes it the owner's, for a test that tampers.
    """
    if is_pure(request) or OWN_DATABASE & set(request.fixturenames):
        yield
        return
    app: Flask = request.getfixturevalue("app")
    rings: list[queue.Ring] = request.getfixturevalue("rings")
    if request.node.get_closest_marker("owner"):
        with app.app_context():
            forget(db.engine)  # its rows would be waited for
        with rolled_back(app, _owner(request)):
            yield
        return
    with ready(app), world_of(db.engine, rings) as connection, worked_on(connection):
        yield


def _owner(request: pytest.FixtureRequest) -> Engine:
    database = f"test_{request.getfixturevalue('worker_number')}"
    return create_engine(
        request.getfixturevalue("test_servers").owner_url(database), poolclass=NullPool, **KEEPS_STATEMENTS
    )


@pytest.fixture
def client(app: Flask) -> PageClient:
    """Checks every page it loads; client.sign_in(user.id)."""
    return PageClient(app)


@pytest.fixture
def own_app(test_servers: servers.TestServers, worker_number: int, tmp_path: Path) -> Iterator[Flask]:
    """An application on a database of this test alone, where commits are commits: for threads and for processes."""
    url = test_servers.emptied_database(f"own_{worker_number}")
    application = create_app(settings_for(url, test_servers.queue_url(2 * worker_number + 1), tmp_path))
    application.config["WTF_CSRF_ENABLED"] = False
    yield application
    with application.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def clock() -> Iterator[Clock]:
    """The product's clock, standing still at noon UTC on 2 November 2026 until the test moves it."""
    with Clock().running() as running:
        yield running


class Statements(list[str]):
    """SQL as sent, savepoints left out."""


@pytest.fixture
def statements(app: Flask) -> Iterator[Statements]:
    """Every statement sent while the test runs; clear() it first. A list of 5 and one of 50 must cost the same."""
    sent = Statements()

    def note(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        if "SAVEPOINT" not in statement:
            sent.append(statement)

    with app.app_context():
        engine = db.engines[None]
        engine = getattr(engine, "engine", engine)
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)
