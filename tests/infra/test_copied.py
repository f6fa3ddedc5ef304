"""Rows of COPY, many at a time (REP-5)."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import text

from lmsapp.infra.copied import copied
from lmsapp.infra.db import db

ROWS = "COPY (SELECT n, repeat('x', n %% 50) FROM generate_series(1, %(most)s) n) TO STDOUT (FORMAT csv)"


def test_every_row_once_an_error_is_one_and_whoever_stops_leaves_nothing(transaction: None) -> None:
    """REP-5: all rows in pieces of the size asked for; what breaks in the middle is raised, not taken for the end; a
    reader who goes away cancels the rest, and the connection is good for the next statement."""
    connection = db.session.connection().connection.driver_connection
    assert isinstance(connection, psycopg.Connection)
    pieces = [[bytes(row) for row in piece] for piece in copied(connection, ROWS, {"most": 10_500}, 1000)]
    assert [len(piece) for piece in pieces] == [1000] * 10 + [500]
    whole = [row for piece in pieces for row in piece]
    assert whole[6] == b"7,xxxxxxx\n"
    assert [int(row.split(b",")[0]) for row in whole] == list(range(1, 10_501))
    assert list(copied(connection, ROWS, {"most": 0}, 1000)) == []
    broken = "COPY (SELECT 1 / (3000 - n) FROM generate_series(1, 5000) n) TO STDOUT (FORMAT csv)"
    with pytest.raises(psycopg.errors.DivisionByZero), connection.transaction():
        list(copied(connection, broken, {}, 1000))
    with connection.transaction() as part:
        some = copied(connection, ROWS, {"most": 3_000_000}, 10)
        assert len(next(some)) == 10
        some.close()
        raise psycopg.Rollback(part)
    assert db.session.scalar(text("SELECT 1")) == 1
