"""Alembic's environment: the role that owns the tables, the application's metadata, one transaction a migration."""

from __future__ import annotations

from collections.abc import Callable

from alembic import context
from flask import current_app
from sqlalchemy import create_engine
from sqlalchemy.engine import Connection, Engine, make_url

from lmsapp.infra.past.building import settle, stand_aside
from lmsapp.infra.past.filling import fill

database = current_app.extensions["migrate"].db


def engine() -> Engine:
    """As the owner, where DATABASE_OWNER_URL names one; else as the application."""
    owner = current_app.config["DATABASE_OWNER_URL"]
    if not owner:
        return database.engine
    return create_engine(make_url(owner).set(drivername=database.engine.url.drivername))


def run() -> None:
    """`lock_timeout`: a migration that cannot get its lock gives up instead of stopping the house."""
    with engine().connect() as connection:
        connection.exec_driver_sql("SET lock_timeout = '10s'")
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            transaction_per_migration=True,
            **current_app.extensions["migrate"].configure_args,
        )
        _between(connection, stand_aside)
        with context.begin_transaction():
            context.run_migrations()
        _between(connection, settle)
        _between(connection, fill)


def _between(connection: Connection, act: Callable[[Connection], object]) -> None:
    """What upgrades and downgrades do before and after their steps; nothing else that reads the migrations does."""
    try:
        context.get_revision_argument()
    except KeyError:
        return
    act(connection)
    connection.commit()


run()
