"""The database itself keeps the trail: what the application's role may not do (EVD-1, EVD-3)."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import errors

from lmsapp.infra.rights import APPEND_ONLY, change_rights, grant_rights
from lmsapp.infra.servers.postgres import APPLICATION, ROLE
from tests.servers import TestServers as Servers

# Not a test of the savepoint kind: it signs in by itself.
NOBODY = "INSERT INTO audit_entry (at, actor_name, action, subject_kind, subject_id, reason) VALUES (now(), 'x', 'x', 'x', 1, '')"
A_COLUMN = "SELECT column_name FROM information_schema.columns WHERE table_name = %s LIMIT 1"
REFUSED = (
    "UPDATE {table} SET {column} = {column}",
    "DELETE FROM {table}",
    "TRUNCATE {table}",
    "ALTER TABLE {table} DISABLE TRIGGER {table}_append_only",
    "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "DROP TRIGGER {table}_append_only ON {table}",
    "CREATE TRIGGER mine BEFORE INSERT ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
    "DROP TABLE {table} CASCADE",
    "ALTER TABLE {table} ADD COLUMN mine int",
    "CREATE TABLE mine (id int)",
    "SET ROLE " + ROLE,
    "SET SESSION AUTHORIZATION " + ROLE,
    "SET session_replication_role = replica",
    "GRANT UPDATE ON {table} TO " + APPLICATION,
    "ALTER ROLE " + APPLICATION + " SUPERUSER",
    "UPDATE alembic_version SET version_num = '0001'",
)


@pytest.fixture
def database(test_servers: Servers, worker_number: int) -> str:
    name = f"rights_{worker_number}"
    test_servers.fresh_database(name)
    return name


def test_the_application_can_add_and_read_and_nothing_else(test_servers: Servers, database: str) -> None:
    """EVD-3: each statement, as the role the product itself signs in with."""
    with psycopg.connect(test_servers.url(database), autocommit=True) as connection:
        connection.execute(NOBODY)
        assert connection.execute("SELECT count(*), min(session_user::text) FROM audit_entry").fetchone() == (
            1,
            "lms_app",
        )
        for table in APPEND_ONLY:
            (column,) = connection.execute(A_COLUMN, [table]).fetchone() or ("",)
            for statement in (one.format(table=table, column=column) for one in REFUSED):
                if statement.startswith("GRANT"):
                    connection.execute(statement)  # without the right to it only a warning
                    continue
                with pytest.raises(errors.InsufficientPrivilege):
                    connection.execute(statement)
        assert connection.execute("SELECT reason FROM audit_entry").fetchall() == [("",)]
        connection.execute("UPDATE app_user SET name = name")  # its daily work goes on
    assert change_rights(test_servers.url(database)) == []


def test_even_the_owner_is_refused_by_the_trigger(test_servers: Servers, database: str) -> None:
    """EVD-3: the second lock, on every table of the list."""
    with psycopg.connect(test_servers.owner_url(database), autocommit=True) as connection:
        for table in APPEND_ONLY:
            with pytest.raises(errors.RestrictViolation):
                connection.execute(f"DELETE FROM {table}")  # type: ignore[arg-type]
    assert {one.values["thing"] for one in change_rights(test_servers.owner_url(database))} >= set(APPEND_ONLY)


def test_rights_are_given_again_and_to_new_tables(test_servers: Servers, database: str) -> None:
    """OPS: idempotent; a table made by a later migration works before and after."""
    owner, ours = test_servers.owner_url(database), test_servers.url(database)
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("CREATE TABLE later (id serial PRIMARY KEY)")
        connection.execute(f"GRANT UPDATE (reason) ON audit_entry TO {APPLICATION}")
    assert [str(one) for one in change_rights(ours)] == ["lms_app has the right to UPDATE on audit_entry."], (
        "a column counts"
    )
    for _time in range(2):
        grant_rights(owner, APPLICATION)
        assert change_rights(ours) == []
    with psycopg.connect(ours) as connection:
        connection.execute("INSERT INTO later DEFAULT VALUES")
        connection.execute("DELETE FROM later")


def test_every_table_that_only_grows_is_on_the_list(test_servers: Servers, database: str) -> None:
    """EVD-3: whoever adds a table of evidence with its trigger cannot forget to take the rights away."""
    guarded = """
        SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid
        WHERE p.proname = 'refuse_change'
    """
    with psycopg.connect(test_servers.owner_url(database)) as connection:
        assert {row[0] for row in connection.execute(guarded)} == set(APPEND_ONLY)
