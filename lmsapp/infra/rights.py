"""What the application's database role may do: add to evidence, never change it (EVD-1, EVD-3).

Two roles: the owner makes the tables (migrations), the application works in them. The application's role owns nothing,
so it can neither change evidence nor switch off the trigger that refuses it. `flask db rights` is run by the owner
after each upgrade; `./lms run` does it by itself.
"""

from __future__ import annotations

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

# Added to, never changed or deleted. A new table of evidence: its migration makes the trigger, its name goes here.
APPEND_ONLY: tuple[str, ...] = ("audit_entry", "completion_record", "signature", "signing_text_version")
READ_ONLY: tuple[str, ...] = ("alembic_version",)

GRANTS = (
    "REVOKE CREATE ON SCHEMA public FROM {role}",
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "REVOKE TRUNCATE, REFERENCES, TRIGGER ON ALL TABLES IN SCHEMA public FROM {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role}",
)
HELD = """
    SELECT c.relname, pg_has_role(current_user, c.relowner, 'MEMBER') AS owns,
           has_any_column_privilege(current_user, c.oid, 'UPDATE')
           OR has_table_privilege(current_user, c.oid, 'DELETE, TRUNCATE, TRIGGER') AS changes
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relname = ANY(%s) ORDER BY c.relname
"""


def plain_url(database_url: str) -> str:
    """As psycopg itself takes it."""
    return make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)


def role_of(database_url: str) -> str:
    """The role a URL signs in as; '' where it leaves that to the system."""
    url: URL = make_url(database_url)
    return url.username or ""


def grant_rights(owner_url: str, role: str) -> None:
    """As the owner: give `role` what the application needs, and no more. Safe to repeat. Raises psycopg.Error."""
    with psycopg.connect(plain_url(owner_url), connect_timeout=10) as connection:
        # Of two at once the second waits: PostgreSQL would refuse it otherwise.
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [0x52494748])
        for statement in GRANTS:
            connection.execute(sql.SQL(statement).format(role=sql.Identifier(role)))
        tables = {row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
        for rights, names in (("UPDATE, DELETE", APPEND_ONLY), ("INSERT, UPDATE, DELETE", READ_ONLY)):
            for name in sorted(tables.intersection(names)):
                revoke = sql.SQL("REVOKE " + rights + " ON {table} FROM {role}")  # both are constants of ours
                connection.execute(revoke.format(table=sql.Identifier(name), role=sql.Identifier(role)))


def changeable_tables(database_url: str, within_s: int = 1) -> list[str]:
    """Tables of evidence that the role of `database_url` could change, or whose trigger it could switch off."""
    limits = f"-c statement_timeout={within_s * 1000}"
    with psycopg.connect(plain_url(database_url), connect_timeout=within_s, options=limits) as connection:
        return [name for name, owns, changes in connection.execute(HELD, [list(APPEND_ONLY)]) if owns or changes]
