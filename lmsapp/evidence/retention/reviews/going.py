"""Bytes of files that went: taken away once no row names them and nobody can be storing the same just now."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import delete, select

from lmsapp.evidence.retention.reviews.models import FileGoing
from lmsapp.infra import clock, files
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.staging import Named, take_away

GRACE = dt.timedelta(minutes=10)  # whoever stores the same bytes writes them anew


def take_files_away(named: Named, *, grace: dt.timedelta = GRACE) -> int:
    """How many are settled: gone, or named again. Each a transaction."""
    settled = 0
    for sha256 in db.session.scalars(select(FileGoing.sha256).order_by(FileGoing.since).limit(500)).all():
        if _fresh(sha256, grace):
            continue
        with unit_of_work():
            take_away(sha256, named)
            db.session.execute(delete(FileGoing).where(FileGoing.sha256 == sha256))
        settled += 1
    return settled


def _fresh(sha256: str, grace: dt.timedelta) -> bool:
    written = files.written_at(sha256)
    return written is not None and clock.now() - written < grace
