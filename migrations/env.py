"""Alembic's environment: the role that owns the tables, the application's metadata, one transaction a migration."""

from __future__ import annotations

from alembic import context
from flask import current_app
from sqlalchemy import create_engine
from sqlalchemy.engine import Engine, make_url

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
        with context.begin_transaction():
            context.run_migrations()


run()
