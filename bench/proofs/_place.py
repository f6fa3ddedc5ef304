"""A place to prove things in: the servers of the tests, an application on a fresh database of its own."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from lmsapp import create_app
from lmsapp.infra.db import db
from tests import servers
from tests.conftest import settings_for


@contextmanager
def application() -> Iterator[Flask]:
    """On a database as the migrations leave it, without CSRF; everything is gone afterwards."""
    logging.getLogger("lmsapp").setLevel(logging.ERROR)  # thousands of refusals are what a proof asks for
    servers.begin_run()
    try:
        with tempfile.TemporaryDirectory(prefix="lms-proof-") as folder:
            running = servers.servers()
            app = create_app(settings_for(running.fresh_database("proof"), running.queue_url(0), Path(folder)))
            app.config["WTF_CSRF_ENABLED"] = False
            yield app
            with app.app_context():
                db.session.remove()
                db.engine.dispose()
    finally:
        servers.end_run()
