"""A place to prove things in: the servers of the tests, an application on a fresh database of its own."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

from flask import Flask

from lmsapp import create_app
from lmsapp.config import Settings
from lmsapp.infra.db import db
from tests import servers
from tests.conftest import settings_for


class Wide(Settings):
    """As usual, but every one of many threads gets a connection of its own at once."""

    THREADS = 72

    def as_flask_config(self) -> dict[str, Any]:
        usual = super().as_flask_config()
        wide = {**usual["SQLALCHEMY_ENGINE_OPTIONS"], "pool_size": self.THREADS, "pool_timeout": 60}
        return {**usual, "SQLALCHEMY_ENGINE_OPTIONS": wide}


@contextmanager
def application(*, wide: bool = False, on_disk: bool = False) -> Iterator[Flask]:
    """On a database as the migrations leave it, without CSRF; everything is gone afterwards. `on_disk`: the settings of
    production, by which nothing is committed before it has reached the disk."""
    logging.getLogger("lmsapp").setLevel(logging.ERROR)  # thousands of refusals are what a proof asks for
    ours = servers.begin_run(on_disk=on_disk)
    try:
        with tempfile.TemporaryDirectory(prefix="lms-proof-") as folder:
            running = servers.servers()
            usual = settings_for(running.fresh_database("proof"), running.queue_url(13), Path(folder))
            app = create_app(Wide(**{one.name: getattr(usual, one.name) for one in fields(usual)}) if wide else usual)
            app.config["WTF_CSRF_ENABLED"] = False
            yield app
            with app.app_context():
                db.session.remove()
                db.engine.dispose()
    finally:
        if ours:
            servers.end_run()
