"""Whatever is done inside is undone: a whole test, a whole walk, or one request of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree

from flask import Flask
from sqlalchemy.engine import Connection, Engine

from lmsapp.courses.packages.serving import forget_files
from lmsapp.courses.publishing import reading
from lmsapp.infra.db import db
from lmsapp.learning.choosing import queries as catalogue
from lmsapp.learning.scorm.launches.tokens import forget_found
from tests.prepared import prepare_once  # noqa: F401 - listens to each connection

KEEPS_STATEMENTS = {"query_cache_size": 6000}  # all there are, compiled; 500 is usual


@contextmanager
def rolled_back(app: Flask, other: Engine | None = None) -> Iterator[None]:
    """An application context inside a transaction that is rolled back; commits release savepoints.

    The session works as the application's role in its database, or where another engine leads.
    """
    with ready(app), (other or db.engine).connect() as connection:
        outer = connection.begin()
        try:
            with worked_on(connection):
                yield
        finally:
            outer.rollback()


@contextmanager
def ready(app: Flask) -> Iterator[None]:
    """An application context in which nothing is remembered of what was undone, and a commit releases a savepoint."""
    forget_counts()
    forget_signed(app)
    with app.app_context():
        db.session.remove()
        db.session.configure(join_transaction_mode="create_savepoint")
        yield


def forget_counts() -> None:
    """What is kept in memory for a while was counted in another test's rows; the second version of a course that is kept
    was another one there."""
    reading._kept.cache_clear()
    catalogue._taken.cache_clear()
    forget_found()
    forget_files()


def forget_signed(app: Flask) -> None:
    """A ledger that was signed in a test that is undone would be missed in the next."""
    rmtree(Path(app.config["DATA_DIR"]) / "keys" / "signed", ignore_errors=True)


@contextmanager
def worked_on(place: Engine | Connection) -> Iterator[None]:
    """The sessions of this application context work there: in another database, or in a transaction of the test's."""
    engines = db.engines
    engine = engines[None]
    db.session.remove()
    engines[None] = place  # type: ignore[assignment]
    try:
        yield
    finally:
        db.session.remove()
        engines[None] = engine


@contextmanager
def undone() -> Iterator[None]:
    """Whatever one call changed is undone."""
    db.session.remove()
    savepoint = db.engine.begin_nested()  # type: ignore[attr-defined]
    try:
        yield
    finally:
        db.session.remove()
        savepoint.rollback()
