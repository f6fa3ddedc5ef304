"""The stage as a fixture: set once for a module, in a transaction that is rolled back after it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from lmsapp.infra import queue
from tests.undoing import rolled_back
from tests.walk.stage import Stage, set_stage


@pytest.fixture(scope="module")
def stage(app: Flask) -> Iterator[Stage]:
    """Tests that use it undo what they change themselves (`tests.undoing.undone`)."""
    queue.use_bell(app, lambda _rings: None)
    with rolled_back(app):
        yield set_stage(app)
