"""OPS-1: a database that is emptied for the next test is what a new copy is."""

from __future__ import annotations

import psycopg
import pytest

from tests.emptied import MUCH, SEQUENCES, TABLES
from tests.servers import TestServers as Servers

pytestmark = pytest.mark.pure

WRITTEN = """
    INSERT INTO audit_entry (at, actor_name, action, subject_kind, subject_id, reason) VALUES (now(), 'x', 'x', 'x', 1, '');
    INSERT INTO department (name) VALUES ('A'), ('B');
    UPDATE reminder_policy SET name = 'Mine';
    UPDATE reminder_step SET days = 99;
    SELECT nextval(pg_get_serial_sequence('course', 'id'));
    SELECT setval(pg_get_serial_sequence('reminder_policy', 'id'), 1000);
    TRUNCATE notice CASCADE;
    ANALYZE
"""
DEFINED = (
    "ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_append_only",
    "ALTER TABLE course ADD COLUMN mine int",
    "ALTER TABLE course ALTER COLUMN title DROP NOT NULL",
    "CREATE TABLE mine (id int)",
    "CREATE INDEX mine ON course (title)",
    "GRANT DELETE ON audit_entry TO lms_app",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT DELETE ON TABLES TO lms_app",
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "DROP TRIGGER audit_entry_append_only ON audit_entry",
    "ALTER TABLE course OWNER TO lms_app",
    "ALTER TABLE certificate DROP CONSTRAINT fk_certificate_course_id",
    "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = 64', current_database()); END $$",
)


@pytest.fixture
def name(worker_number: int) -> str:
    return f"emptied_{worker_number}"


def all_of_it(servers: Servers, name: str) -> dict[str, object]:
    """Each row of each table, and the place of each sequence."""
    with psycopg.connect(servers.owner_url(name)) as connection:
        found: dict[str, object] = {}
        for table, _size in connection.execute(TABLES).fetchall():
            found[table] = sorted(str(row) for row in connection.execute(f"SELECT t::text FROM {table} t"))
        return found | {one: rest for one, *rest in connection.execute(SEQUENCES)}


def which(servers: Servers, name: str) -> int:
    with psycopg.connect(servers.database_url) as connection:
        found = connection.execute("SELECT oid FROM pg_database WHERE datname = %s", [name]).fetchone()
        assert found is not None
        return int(found[0])


def test_what_was_written_is_gone_and_what_was_there_is_back(test_servers: Servers, name: str) -> None:
    """OPS-1: rows added, changed and deleted, and the numbers that come next; in the same database, whoever is in it."""
    test_servers.emptied_database(name)
    as_copied, database = all_of_it(test_servers, name), which(test_servers, name)
    with psycopg.connect(test_servers.owner_url(name)) as connection:
        connection.execute(WRITTEN)
        connection.commit()
        assert all_of_it(test_servers, name) != as_copied
        for _time in range(2):
            test_servers.emptied_database(name)
            assert all_of_it(test_servers, name) == as_copied
        assert which(test_servers, name) == database
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")  # as when it is dropped: nobody goes on working in another's


@pytest.mark.parametrize("statement", DEFINED)
def test_whoever_changes_more_than_rows_has_it_copied_anew(test_servers: Servers, name: str, statement: str) -> None:
    """OPS-1: a trigger that is off, a right that was given, a column of a test: none is there for the next."""
    test_servers.emptied_database(name)
    database = which(test_servers, name)
    with psycopg.connect(test_servers.owner_url(name)) as connection:
        connection.execute(statement.encode())
    test_servers.emptied_database(name)
    assert which(test_servers, name) != database


def test_much_is_not_taken_out_row_by_row(test_servers: Servers, name: str) -> None:
    """OPS-1: dropping a large table is quicker than deleting its rows."""
    test_servers.emptied_database(name)
    database = which(test_servers, name)
    with psycopg.connect(test_servers.owner_url(name)) as connection:
        wide = "INSERT INTO audit_entry (at, actor_name, action, subject_kind, subject_id, reason)"
        connection.execute(
            f"{wide} SELECT now(), 'x', 'x', 'x', 1, repeat('x', 1000) FROM generate_series(1, {MUCH // 1000})"
        )
    test_servers.emptied_database(name)
    assert which(test_servers, name) != database
