"""Asking statements of a past instant; telling the database what time the product's clock says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Engine, event, text

from lmsapp.infra import clock
from lmsapp.infra.db import db

LOOK_BACK = text("SELECT set_config('past.at', :at, true), set_config('search_path', 'past, public', true)")
LOOK_AROUND = text("SELECT set_config('search_path', :before, true)")
PLACES = text("SELECT current_setting('search_path')")
TOLD = "lms.now"
Piece = TypeVar("Piece", str, bytes)


@contextmanager
def as_of(instant: dt.datetime | None) -> Iterator[None]:
    """Inside, statements find the rows as they were recorded just before `instant`; with None, as they are.

    For reading by columns only: nothing can be written there, and no object may be loaded that stays in the session.
    """
    if instant is None:
        yield
        return
    before = db.session.scalar(PLACES)
    db.session.execute(LOOK_BACK, {"at": instant.isoformat()})
    try:
        yield
    except BaseException:
        if db.session.is_active:
            db.session.rollback()
        raise
    db.session.execute(LOOK_AROUND, {"before": before})


def pieces_as_of(instant: dt.datetime | None, pieces: Iterator[Piece]) -> Iterator[Piece]:
    """The same for a sheet that is written while it is sent."""
    with as_of(instant):
        yield from pieces


def _tell(connection: Any, cursor: Any, statement: str, *_rest: Any) -> None:
    """Triggers date what they keep by the product's clock, also where a demo or a test has moved it."""
    if not clock.is_moved() or statement.lstrip()[:6].upper() in ("SELECT", "SAVEPO", "RELEAS", "ROLLBA"):
        return
    now = clock.now().isoformat()
    if connection.info.get(TOLD) != now:
        cursor.connection.execute("SELECT set_config('lms.now', %s, true)", (now,))
        connection.info[TOLD] = now


def _forget(connection: Any, *_rest: Any) -> None:
    """What a transaction was told goes with it, or with its savepoint; and with a connection that was lost."""
    if not connection.invalidated:
        connection.info.pop(TOLD, None)


event.listen(Engine, "before_cursor_execute", _tell)
for _end in ("begin", "commit", "rollback", "rollback_savepoint"):
    event.listen(Engine, _end, _forget)
