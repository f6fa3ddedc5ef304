"""The training system. `create_app` is the table of contents; it alone sees every area.

Reading order is the ladder: infra, people, evidence | outreach, courses, learning, assignments, compliance, onboarding,
insight, and above them web, jobs, reactions, cli. Imports look down only.
"""

from __future__ import annotations

import datetime as dt
import gc
from pathlib import Path

COLLECTED = gc.isenabled()
gc.disable()  # nothing of what is loaded is garbage; looking for it was a fifth of every program's start

from flask import Flask

from lmsapp.cli import install as install_commands
from lmsapp.config import Settings
from lmsapp.infra import clock, events, tracing
from lmsapp.infra.db import db
from lmsapp.jobs import install as install_scheduler
from lmsapp.reactions import REACTIONS
from lmsapp.web import setup as web
from lmsapp.web.gates import check_gates
from lmsapp.web.two_hosts import TwoHosts, warn_of_sibling

if COLLECTED:
    gc.enable()
ROOT = Path(__file__).resolve().parent.parent


def create_app(settings: Settings | None = None) -> Flask:
    """The application. Without settings it reads them from the environment and refuses an unsafe one."""
    settings = settings or Settings.from_environment()
    app = TwoHosts(__name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.config.from_mapping(settings.as_flask_config())
    app.extensions["settings"] = settings
    tracing.number_logs()
    if settings.days_ahead:
        clock.run_ahead(dt.timedelta(days=settings.days_ahead))
    db.init_app(app)
    install_commands(app, migrations=ROOT / "migrations")
    install_scheduler(app)
    events.install(REACTIONS)
    web.install(app)
    warn_of_sibling(app)
    check_gates(app)
    return app
