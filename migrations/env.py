"""Alembic's environment: the application's own engine and metadata, one transaction a migration."""

from __future__ import annotations

from alembic import context
from flask import current_app

database = current_app.extensions["migrate"].db


def run() -> None:
    """`lock_timeout`: a migration that cannot get its lock gives up instead of stopping the house."""
    with database.engine.connect() as connection:
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
