"""From the last click to the e-mail, with real processes; and the verification page on a telephone."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable

from playwright.sync_api import Page
from sqlalchemy import select

from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra.db import db
from lmsapp.outreach.notices.models import Notice
from tests.browser import LiveServer
from tests.clock import Clock
from tests.learning.certificates.learners import Learner


def test_scanned_with_a_telephone(live_server: LiveServer, new_page: Callable[..., Page], clock: Clock) -> None:
    """CRT-1, CRT-3, CRT-4: the worker seals and mails; the address on the certificate opens, and fits 390 pixels."""
    clock.set(dt.datetime.now(dt.UTC) - dt.timedelta(hours=1))  # the server's own clock is the real one
    due_on = clock.instant.date() + dt.timedelta(days=30)
    with live_server.app.app_context():
        certificate = Learner(clock, name="Małgorzata Brzęczyszczykiewicz-Wiśniewska", due_on=due_on).finish()
        token = certificate.token
    live_server.run_jobs()
    with live_server.app.app_context():
        assert set(db.session.scalars(select(SealedFile.status))) == {"ready"}
        told = select(Notice).where(Notice.template == "certificate_ready", Notice.channel == "email")
        assert db.session.scalars(told).one().attachment_id is not None

    for scheme in ("light", "dark"):
        page = new_page(viewport={"width": 390, "height": 844}, color_scheme=scheme)
        page.goto(f"/verify/{token}")
        assert page.get_by_role("heading", level=1).inner_text() == "This certificate is valid"
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        if folder := os.environ.get("PICTURES"):
            page.screenshot(path=f"{folder}/verify-{scheme}.png")
