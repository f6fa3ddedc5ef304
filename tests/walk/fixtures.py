"""The stage and the routes as fixtures: the stage is set once for a module, in a transaction rolled back after it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from lmsapp.infra import queue
from tests.undoing import rolled_back
from tests.walk.routes import Route, routes_of
from tests.walk.stage import Stage, set_stage


@pytest.fixture(scope="module")
def stage(app: Flask) -> Iterator[Stage]:
    """Tests that use it undo what they change themselves (`tests.undoing.undone`)."""
    queue.use_bell(app, lambda _rings: None)
    with rolled_back(app):
        yield set_stage(app)


@pytest.fixture
def fresh_stage(app: Flask) -> Iterator[Stage]:
    """One of its own: the database slows down with thousands of steps undone in one transaction."""
    queue.use_bell(app, lambda _rings: None)
    with rolled_back(app):
        yield set_stage(app)


@pytest.fixture(scope="module")
def routes(app: Flask) -> list[Route]:
    """The whole URL map."""
    return routes_of(app)
