"""EVD-3: the application's database role cannot change what is only added to, tried with real statements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import text

from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra.db import db
from lmsapp.infra.rights import APPEND_ONLY, READ_ONLY, grant_rights, rights_of
from lmsapp.infra.servers.postgres import APPLICATION, ROLE
from tests.servers import TestServers as Servers

KEPT = APPEND_ONLY


@dataclass
class Roles:
    """Two connections to one database of this module; every statement stands alone."""

    application: psycopg.Connection
    owner: psycopg.Connection


@pytest.fixture(scope="module")
def database(test_servers: Servers, worker_number: int) -> str:
    name = f"rights_{worker_number}"
    test_servers.fresh_database(name)
    return name


@pytest.fixture
def roles(test_servers: Servers, database: str) -> Iterator[Roles]:
    with (
        psycopg.connect(test_servers.url(database), autocommit=True) as application,
        psycopg.connect(test_servers.owner_url(database), autocommit=True) as owner,
    ):
        yield Roles(application, owner)


@pytest.mark.pure
@pytest.mark.parametrize(
    "statement",
    [
        f"SET ROLE {ROLE}",
        f"SET SESSION AUTHORIZATION {ROLE}",
        f"GRANT {ROLE} TO {APPLICATION}",
        f"ALTER ROLE {APPLICATION} SUPERUSER",
        "SET session_replication_role = replica",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "DROP FUNCTION refuse_change() CASCADE",
        "DROP SCHEMA public CASCADE",
        "CREATE TABLE public.mine (id int)",
        "CREATE ROLE mine",
        "UPDATE alembic_version SET version_num = '0'",
        "COPY audit_entry TO PROGRAM 'cat'",
    ],
)
def test_the_application_finds_no_way_around(roles: Roles, statement: str) -> None:
    """EVD-3: it becomes nobody else, and neither triggers, schema nor the mark of migrations are its to change."""
    with pytest.raises(errors.InsufficientPrivilege):
        roles.application.execute(statement)  # type: ignore[call-overload]


@pytest.mark.pure
def test_the_application_does_the_rest(roles: Roles) -> None:
    """EVD-3: every other table takes all four; where it may only read, it reads."""
    tables = [name for (name,) in roles.owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    assert len(tables) > 20
    for name in tables:
        granted = roles.application.execute(
            "SELECT array_agg(kind) FROM unnest(ARRAY['SELECT','INSERT','UPDATE','DELETE','TRUNCATE','TRIGGER','REFERENCES'])"
            " AS kind WHERE has_table_privilege(%s, kind)",
            [name],
        ).fetchone()
        wanted = ["SELECT", "INSERT", "UPDATE", "DELETE"]
        wanted = wanted[:1] if name in READ_ONLY else wanted[:2] if name in KEPT else wanted
        assert granted == (wanted,), name
    roles.application.execute("INSERT INTO department (name) VALUES ('Ward 1')")
    roles.application.execute("UPDATE department SET name = 'Ward 2'")
    roles.application.execute("DELETE FROM department")


def test_the_application_adds_and_reads() -> None:
    """EVD-3: what the product writes on the trail goes through the role, and is read back."""
    assert db.session.scalar(text("SELECT session_user")) == APPLICATION
    entry = record_change("changed", ("user", 1), by=None, after={"name": "Ada"})
    db.session.flush()
    assert db.session.scalar(text("SELECT after->>'name' FROM audit_entry WHERE id = :id"), {"id": entry.id}) == "Ada"


@pytest.mark.pure
def test_the_owner_is_named_with_everything_it_could_do(roles: Roles) -> None:
    """EVD-3: one line of words each."""
    said = [str(one) for one in rights_of(roles.owner)]
    assert f"{ROLE} is a superuser: nothing is refused to it." in said
    for table in KEPT:
        assert f"{ROLE} owns {table}: it may switch its protection off, or drop it." in said
        assert f"{ROLE} has the right to UPDATE, DELETE, TRUNCATE on {table}." in said
    assert rights_of(roles.owner, APPLICATION) == rights_of(roles.application) == []


@pytest.mark.pure
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("GRANT UPDATE (reason) ON audit_entry TO lms_app", "lms_app has the right to UPDATE on audit_entry."),
        ("GRANT DELETE ON audit_entry TO PUBLIC", "lms_app has the right to DELETE on audit_entry."),
        ("GRANT TRUNCATE ON completion_record TO lms_app", "lms_app has the right to TRUNCATE on completion_record."),
        ("ALTER TABLE audit_entry OWNER TO lms_app", "lms_app owns audit_entry: it may switch"),
        ("ALTER SCHEMA public OWNER TO lms_app", "lms_app owns the schema public and may drop"),
        ("GRANT lms TO lms_app WITH INHERIT FALSE", "lms_app may act as lms."),
        ("ALTER ROLE lms_app CREATEROLE", "lms_app may make roles"),
        ("GRANT pg_write_all_data TO lms_app", "pg_write_all_data has the right to UPDATE, DELETE on audit_entry."),
        ("GRANT pg_execute_server_program TO lms_app", "pg_execute_server_program may write files or run"),
    ],
)
def test_each_way_is_seen(roles: Roles, wrong: str, words: str) -> None:
    """EVD-3: a right given to columns, to everybody, by membership or by ownership is found as well."""
    with roles.owner.transaction(force_rollback=True):
        roles.owner.execute(wrong)  # type: ignore[call-overload]
        assert words in "\n".join(map(str, rights_of(roles.owner, APPLICATION)))
    assert rights_of(roles.application) == []


@pytest.mark.pure
def test_a_table_to_come_is_found_by_its_trigger(roles: Roles, test_servers: Servers, database: str) -> None:
    """EVD-3: nobody registers it. Before the next grant the application may add and read; after it, no more than that."""
    roles.owner.execute("CREATE TABLE sworn (id int GENERATED BY DEFAULT AS IDENTITY, word text)")
    roles.owner.execute("CREATE TABLE plain (id serial, word text)")
    roles.owner.execute(
        "CREATE TRIGGER sworn_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON sworn "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    roles.application.execute("INSERT INTO plain (word) VALUES ('early')")
    with pytest.raises(errors.InsufficientPrivilege):
        roles.application.execute("UPDATE plain SET word = 'late'")
    grant_rights(test_servers.owner_url(database), APPLICATION)
    assert rights_of(roles.application) == []
    roles.application.execute("UPDATE plain SET word = 'late'")
    roles.application.execute("INSERT INTO sworn (word) VALUES ('yes')")
    with pytest.raises(errors.InsufficientPrivilege):
        roles.application.execute("UPDATE sworn SET word = 'no'")
    roles.owner.execute("GRANT UPDATE ON sworn TO lms_app")
    assert [str(one) for one in rights_of(roles.application)] == ["lms_app has the right to UPDATE on sworn."]
    roles.owner.execute("DROP TABLE sworn, plain")


@pytest.mark.pure
def test_an_owner_need_not_be_a_superuser(test_servers: Servers, worker_number: int) -> None:
    """EVD-3: as docs/production.md makes the two roles."""
    name, owner = f"plain_{worker_number}", f"plain_owner_{worker_number}"
    with psycopg.connect(test_servers.database_url, autocommit=True) as connection:
        for statement in (f"CREATE ROLE {owner} LOGIN", f"CREATE DATABASE {name} OWNER {owner} TEMPLATE template0"):
            connection.execute(statement)  # type: ignore[call-overload]
    owner_url = test_servers.owner_url(name).replace(f"//{ROLE}@", f"//{owner}@")
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE sworn (id serial); CREATE TABLE plain (id serial); CREATE VIEW seen AS TABLE plain"
        )
        connection.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
        )
        connection.execute("CREATE TRIGGER t BEFORE UPDATE ON sworn EXECUTE FUNCTION refuse_change()")
        grant_rights(owner_url, APPLICATION)
        said = "\n".join(map(str, rights_of(connection)))
    assert f"{owner} owns the database {name} and may drop it." in said
    assert f"{owner} owns sworn: it may switch its protection off, or drop it." in said
    with psycopg.connect(test_servers.url(name), autocommit=True) as application:
        application.execute("INSERT INTO sworn DEFAULT VALUES")
        application.execute("INSERT INTO plain DEFAULT VALUES")
        application.execute("UPDATE plain SET id = 2")
        assert application.execute("SELECT id FROM seen").fetchall() == [(2,)]
        for refused in ("UPDATE sworn SET id = 2", f"DROP DATABASE {name}"):
            with pytest.raises(errors.InsufficientPrivilege):
                application.execute(refused)  # type: ignore[call-overload]
