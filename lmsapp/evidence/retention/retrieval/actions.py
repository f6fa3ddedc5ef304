"""Asking for a retrieval test."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select

from lmsapp.evidence.audit.actions import record_change
from lmsapp.evidence.retention.retrieval.models import RetrievalRun
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.queue import ring
from lmsapp.people.viewer import Viewer

RETRIEVAL_JOB = "retrieval test"
A_YEAR = dt.timedelta(days=365)
ONE_TEST = 0x52455452  # advisory lock: two clicks ask for one


def ask_test(*, by: Viewer | None) -> RetrievalRun:
    """The worker does it; one that is under way is answered instead."""
    db.session.execute(select(func.pg_advisory_xact_lock(ONE_TEST)))
    under_way = db.session.scalar(select(RetrievalRun).where(RetrievalRun.state.in_(("waiting", "running"))).limit(1))
    if under_way is not None:
        return under_way
    run = RetrievalRun(asked="test", state="waiting", asked_by_id=by.user_id if by else None)
    db.session.add(run)
    db.session.flush()
    record_change("test asked for", ("retrieval_test", run.id), by=by)
    ring(RETRIEVAL_JOB, run.id, urgent=True)
    return run


def test_yearly() -> None:
    """For the daily job: a year after the last one, or a year after the first record there is."""
    last = db.session.scalar(select(func.max(RetrievalRun.asked_at)))
    if last is None or last < clock.now() - A_YEAR:
        ask_test(by=None)
