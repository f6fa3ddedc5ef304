"""Rows as COPY writes them, many at a time."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import Any

import psycopg
from psycopg.pq import ExecStatus
from psycopg.waiting import WAIT_R

Read = Generator[Any, Any, tuple[list[memoryview], bool]]


def copied(
    connection: psycopg.Connection[Any], statement: str, values: Mapping[str, Any] | Sequence[Any], most: int
) -> Iterator[list[memoryview]]:
    """The rows that COPY ... TO STDOUT sends, `most` at a time, each with the line break at its end.

    psycopg gives them one by one and asks the operating system before each, which takes longer than all that is done
    with a row here; what has arrived is taken from libpq at once. Whoever stops early cancels the statement.
    """
    with connection.cursor() as cursor, cursor.copy(statement, values):
        more = True
        while more:
            rows, more = connection.wait(_some(connection.pgconn, most))
            if rows:
                yield rows


def _some(libpq: psycopg.pq.abc.PGconn, most: int) -> Read:
    """At most so many rows, and whether there may be more of them."""
    rows: list[memoryview] = []
    while len(rows) < most:
        size, row = libpq.get_copy_data(1)
        if size > 0:
            rows.append(row)
        elif size < 0:
            _end(libpq)
            return rows, False
        else:
            while not (yield WAIT_R):
                continue
            libpq.consume_input()
    return rows, True


def _end(libpq: psycopg.pq.abc.PGconn) -> None:
    """After the last row the server says whether it was the last. Raises psycopg.Error."""
    broken: psycopg.Error | None = None
    while (result := libpq.get_result()) is not None:
        if result.status != ExecStatus.COMMAND_OK:
            broken = psycopg.errors.error_from_result(result)
    if broken is not None:
        raise broken
