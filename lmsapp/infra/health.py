"""Whether the parts we stand on answer (OPS): asked by /readyz, each within two seconds."""

from __future__ import annotations

import psycopg
from flask import Flask
from redis.exceptions import RedisError
from sqlalchemy.engine import make_url

from lmsapp.infra.queue import connect
from lmsapp.infra.rights import change_rights

WITHIN_S = 1


def database_answers(app: Flask) -> bool:
    """Over a connection of its own: the pool might be busy, and that is not the database's fault."""
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"]).set(drivername="postgresql")
    limits = f"-c statement_timeout={WITHIN_S * 1000}"
    try:
        with psycopg.connect(
            url.render_as_string(hide_password=False), connect_timeout=WITHIN_S, options=limits
        ) as connection:
            connection.execute("SELECT 1")
    except psycopg.Error:
        return False
    return True


def evidence_is_protected(app: Flask) -> bool | None:
    """Whether the application's role can only add to evidence; None when the database does not say."""
    try:
        return not change_rights(app.config["SQLALCHEMY_DATABASE_URI"], WITHIN_S)
    except psycopg.Error:
        return None


def queue_answers(app: Flask) -> bool:
    client = connect(app.config["REDIS_URL"])
    try:
        return bool(client.ping())
    except (RedisError, OSError):
        return False
    finally:
        client.close()
