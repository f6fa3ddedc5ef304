"""The stage and the routes as fixtures: the stage is set once for a process and committed; what a test does is undone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import NullPool, create_engine
from sqlalchemy.engine import Engine

from lmsapp.infra import queue
from tests.servers import TestServers as Servers
from tests.undoing import KEEPS_STATEMENTS, rolled_back, worked_on
from tests.walk.people import seen_just_now
from tests.walk.routes import Route, routes_of
from tests.walk.stage import Stage, set_stage


@pytest.fixture(scope="session")
def staged(app: Flask, test_servers: Servers, worker_number: int) -> tuple[Stage, Engine]:
    """Set in a database of its own, which the application is led to for a test at a time."""
    url = test_servers.fresh_database(f"stage_{worker_number}")
    engine = create_engine(url, poolclass=NullPool, **KEEPS_STATEMENTS)
    queue.use_bell(app, lambda _rings: None)
    with app.app_context(), worked_on(engine):
        return set_stage(app), engine


@pytest.fixture
def stage(app: Flask, staged: tuple[Stage, Engine]) -> Iterator[Stage]:
    """As it was set. A test undoes one call before the next by itself (`tests.undoing.undone`)."""
    queue.use_bell(app, lambda _rings: None)
    with rolled_back(app, staged[1]):
        yield replace(staged[0], callers=tuple(seen_just_now(app, one) for one in staged[0].callers))


@pytest.fixture(scope="session")
def routes(app: Flask) -> list[Route]:
    """The whole URL map."""
    return routes_of(app)
