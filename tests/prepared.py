"""Statements stay prepared when a transaction is rolled back: what is undone in a test is rows, not tables.

psycopg forgets them at each ROLLBACK, also to a savepoint, because a table made since would be gone. A test ends with
one, a walk through the routes has one after each request, and PostgreSQL would plan every statement anew each time.
After DROP and ALTER they are forgotten as usual.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from psycopg import Connection
from psycopg._preparing import Prepare, PrepareManager
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult
from sqlalchemy import event
from sqlalchemy.engine import Engine

KEPT = 2000
REDEFINES = re.compile(rb"DROP|ALTER|DISCARD|DEALLOCATE")


class PreparedOnce(PrepareManager):
    """As usual, but for ROLLBACK."""

    prepare_threshold = 1
    prepared_max = KEPT

    def _should_discard(self, prep: Prepare, results: Sequence[PGresult], *_usual: Any) -> bool:
        done = (one.command_status or b"" for one in results if one.status == ExecStatus.COMMAND_OK)
        return super().clear() if any(map(REDEFINES.match, done)) else False

    def clear(self) -> bool:
        """Called at the end of a transaction that is rolled back."""
        return False


@event.listens_for(Engine, "connect")
def prepare_once(connection: Connection, _record: object) -> None:
    """Each connection of a process that has loaded this."""
    if isinstance(connection, Connection):
        connection._prepared = PreparedOnce()
