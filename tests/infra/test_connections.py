"""A database that restarted costs nobody an error page, and looking for it costs next to nothing (SEC-6)."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import InvalidatePoolError

from lmsapp.infra import connections
from lmsapp.infra.connections import look_at, note_rest
from lmsapp.infra.db import db, own_transaction
from lmsapp.infra.rights import plain_url


class Line:
    """Stands for a connection: a socket, whose other end is `there`, and what it was asked."""

    autocommit = False

    def __init__(self) -> None:
        self.here, self.there = socket.socketpair()
        self.asked: list[str] = []

    def fileno(self) -> int:
        return self.here.fileno()

    def execute(self, statement: str) -> None:
        assert self.autocommit, "nothing is begun"
        self.asked.append(statement)
        if not self.here.recv(1):
            raise psycopg.OperationalError("the connection is lost")


@pytest.fixture
def line() -> Iterator[Line]:
    one = Line()
    yield one
    one.here.close()
    one.there.close()


def _rested(seconds: float) -> Any:
    entry = SimpleNamespace(info={})
    note_rest(None, entry)  # type: ignore[arg-type]
    entry.info[connections.RESTS_SINCE] -= seconds
    return entry


@pytest.mark.pure
def test_what_rested_a_moment_and_is_silent_is_not_asked(line: Line) -> None:
    """SEC-6: nor is a new one."""
    look_at(line, _rested(0), None)
    look_at(line, SimpleNamespace(info={}), None)  # type: ignore[arg-type]
    assert line.asked == []


@pytest.mark.pure
def test_what_rested_long_or_says_something_is_asked(line: Line) -> None:
    """SEC-6: news of a setting ends nothing; silence for long is no proof of life."""
    line.there.send(b"news")
    look_at(line, _rested(0), None)
    assert len(line.asked) == 1
    look_at(line, _rested(connections.ASKED_AFTER_S), None)
    assert (len(line.asked), line.autocommit) == (2, False)


@pytest.mark.pure
def test_what_was_closed_is_thrown_away(line: Line) -> None:
    """SEC-6: seen at once, however short it rested."""
    line.there.close()
    with pytest.raises(InvalidatePoolError):
        look_at(line, _rested(0), None)


def test_a_database_that_closed_its_connections_is_not_noticed(own_app: Flask) -> None:
    """SEC-6: every connection of the pool is cut, and each next statement is answered."""
    pid = text("SELECT pg_backend_pid()")
    with own_app.app_context():
        first = db.session.scalar(pid)
        with own_transaction() as session:
            second = session.scalar(pid)
            db.session.remove()
        _cut(own_app, [first, second])
        third = db.session.scalar(pid)
        with own_transaction() as session:
            fourth = session.scalar(pid)
        db.session.remove()
    assert len({first, second, third, fourth}) == 4


def _cut(app: Flask, pids: list[int]) -> None:
    url = plain_url(app.config["SQLALCHEMY_DATABASE_URI"])
    there = "SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(%s)"
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s) AS pid", (pids,))
        until = time.monotonic() + 10
        while other.execute(there, (pids,)).fetchone() != (0,) and time.monotonic() < until:
            time.sleep(0.01)
