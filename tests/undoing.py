"""Whatever is done inside is undone: a whole test, a whole walk, or one request of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy.engine import Engine

from lmsapp.infra.db import db


@contextmanager
def rolled_back(app: Flask, role: Engine | None = None) -> Iterator[None]:
    """An application context inside a transaction that is rolled back; commits release savepoints.

    The session works as the application's role, or as that of another engine.
    """
    with app.app_context():
        engines = db.engines
        engine = engines[None]
        db.session.remove()
        db.session.configure(join_transaction_mode="create_savepoint")
        with (role or engine).connect() as connection:
            outer = connection.begin()
            engines[None] = connection  # type: ignore[assignment]
            try:
                yield
            finally:
                db.session.remove()
                engines[None] = engine
                outer.rollback()


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
