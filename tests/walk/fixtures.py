"""The stage and the routes as fixtures: the stage is set once for a run and committed; what a test does is undone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import copytree

import pytest
from flask import Flask
from sqlalchemy import NullPool, create_engine
from sqlalchemy.engine import Engine

from lmsapp.infra import queue
from tests.once import made_once
from tests.servers import TestServers as Servers
from tests.undoing import KEEPS_STATEMENTS, rolled_back, worked_on
from tests.walk.people import seen_just_now
from tests.walk.routes import Route, routes_of
from tests.walk.stage import Stage, set_stage

TEMPLATE, FILES = "stage", "files"


@dataclass(frozen=True)
class Staged:
    """A copy of the stage for one process: its database, and the folder of its files."""

    stage: Stage
    engine: Engine
    data_dir: Path


@pytest.fixture(scope="session")
def staged(app: Flask, test_servers: Servers, worker_number: int, tmp_path_factory: pytest.TempPathFactory) -> Staged:
    """Set by one process of the run, copied by each: the application is led there for a test at a time."""

    def set_it(folder: Path) -> Stage:
        engine = create_engine(test_servers.fresh_database(TEMPLATE), poolclass=NullPool)
        queue.use_bell(app, lambda _rings: None)
        with app.app_context(), files_in(app, folder / FILES), worked_on(engine):
            return set_stage(app)

    stage, folder = made_once(TEMPLATE, set_it)
    engine = create_engine(
        test_servers.fresh_database(f"stage_{worker_number}", TEMPLATE), poolclass=NullPool, **KEEPS_STATEMENTS
    )
    data_dir = tmp_path_factory.mktemp("stage")
    copytree(folder / FILES, data_dir, dirs_exist_ok=True)
    return Staged(stage, engine, data_dir)


@pytest.fixture
def stage(app: Flask, staged: Staged) -> Iterator[Stage]:
    """As it was set. A test undoes one call before the next by itself (`tests.undoing.undone`)."""
    queue.use_bell(app, lambda _rings: None)
    with files_in(app, staged.data_dir), rolled_back(app, staged.engine):
        callers = tuple(seen_just_now(app, one) for one in staged.stage.callers)
        yield replace(staged.stage, callers=callers)


@contextmanager
def files_in(app: Flask, folder: Path) -> Iterator[None]:
    """The application keeps its files and keys there, meanwhile."""
    folder.mkdir(exist_ok=True)
    usual, app.config["DATA_DIR"] = app.config["DATA_DIR"], str(folder)
    try:
        yield
    finally:
        app.config["DATA_DIR"] = usual


@pytest.fixture(scope="session")
def routes(app: Flask) -> list[Route]:
    """The whole URL map."""
    return routes_of(app)
