"""Tests there were, and one of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, literal, select

from lmsapp.evidence.retention.retrieval.models import RetrievalRun, RetrievalTest
from lmsapp.infra.db import db
from lmsapp.people.accounts.models import User
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

MOST = 100


def tests_for(viewer: Viewer) -> Sequence[Any]:
    """The latest first. Columns: RetrievalRun, `asked_by`, `test_id`, `passed`, `records`."""
    return db.session.execute(_tests(viewer).order_by(RetrievalRun.id.desc()).limit(MOST)).all()


def test_for(viewer: Viewer, run_id: int) -> Any | None:
    """One, as `tests_for`, with `lines`."""
    rows = _tests(viewer).add_columns(RetrievalTest.lines).where(RetrievalRun.id == run_id)
    return db.session.execute(rows).one_or_none()


def _tests(viewer: Viewer) -> Select[Any]:
    columns = (
        RetrievalRun, User.name.label("asked_by"), RetrievalTest.id.label("test_id"), RetrievalTest.passed,
        func.jsonb_array_length(RetrievalTest.lines).label("records"),
    )  # fmt: skip
    rows = select(*columns).outerjoin(User, User.id == RetrievalRun.asked_by_id)
    rows = rows.outerjoin(RetrievalTest, RetrievalTest.run_id == RetrievalRun.id)
    return rows.where(literal(viewer.may(May.KEEP_RECORDS, May.AUDIT)))
