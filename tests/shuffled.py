"""Rows in any order: a plugin that has each SELECT that asks for no order answered in a random one.

A database promises no order that was not asked for; a test or a page that counts on one fails on the day the database
moves a row. `./lms test -p tests.shuffled` makes that day today.
"""

from __future__ import annotations

import re

from sqlalchemy import event
from sqlalchemy.engine import Engine

# Left alone: those that say an order, those where PostgreSQL wants none behind them, and those that answer one row anyhow.
_LEFT = re.compile(
    r"ORDER BY|DISTINCT|UNION|EXCEPT|INTERSECT|FOR (NO KEY )?UPDATE|FOR SHARE|FOR KEY|LIMIT|RETURNING|INTO |nextval|pg_",
    re.I,
)


@event.listens_for(Engine, "before_cursor_execute", retval=True)
def shuffle(
    _connection: object, _cursor: object, statement: str, parameters: object, _context: object, many: bool
) -> tuple[str, object]:
    if many or not statement.lstrip().upper().startswith("SELECT") or " FROM " not in statement.replace("\n", " "):
        return statement, parameters
    return (statement, parameters) if _LEFT.search(statement) else (f"{statement} ORDER BY random()", parameters)
