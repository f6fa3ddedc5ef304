"""Connections that rested are looked at before they are used: a database that restarted costs nobody an error page.

A database that ends closes its connections, and that is seen at the socket: there is something to be read that nobody
asked for. Only one that rested for long is asked itself, because a wall in between may have forgotten it and said
nothing. Asking each time was a way to the database and back before every request.
"""

from __future__ import annotations

import select
import time
from typing import Any

import psycopg
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

ASKED_AFTER_S = 1.0
RESTS_SINCE = "lms.rests since"


def note_rest(_connection: Any, entry: ConnectionPoolEntry) -> None:
    """It went back to the pool."""
    entry.info[RESTS_SINCE] = time.monotonic()


def look_at(connection: Any, entry: ConnectionPoolEntry, _lent: Any) -> None:
    """It is about to be used again. Raises InvalidatePoolError: the pool throws it and all older ones away."""
    since = entry.info.get(RESTS_SINCE)
    if since is None:
        return  # new
    try:
        if time.monotonic() - since >= ASKED_AFTER_S or _speaks(connection.fileno()):
            _ask(connection)
    except psycopg.Error as problem:
        raise InvalidatePoolError from problem


def _speaks(socket: int) -> bool:
    """Whether there is something to be read, or the other side is gone. The first may be mere news of a setting."""
    looking = select.poll()
    looking.register(socket, select.POLLIN)
    return bool(looking.poll(0))


def _ask(connection: Any) -> None:
    connection.autocommit = True
    connection.execute("SELECT 1")
    connection.autocommit = False


# For `create_engine`.
POOL_EVENTS = [(note_rest, "checkin"), (look_at, "checkout")]
