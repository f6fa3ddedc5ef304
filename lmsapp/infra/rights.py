"""What the application's database role may do: add to evidence, never change it (EVD-1, EVD-3).

Two roles: the owner makes the tables (migrations), the application works in them. The application's role owns
nothing, so it can neither change evidence nor switch off the trigger that refuses it. `flask db rights` is run by
the owner after each upgrade; `./lms run` does it by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from lmsapp.infra.words import N_

# Added to, never changed or deleted, even should their trigger be gone. Every other table with a trigger that calls
# refuse_change() is found by it.
APPEND_ONLY: tuple[str, ...] = (
    "audit_entry",
    "completion_record",
    "path_version",
    "signature",
    "signing_text_version",
    "hand_in",
    "grading",
    "certificate_template_version",
    "transcript",
    "quiz_grading",
    "scorm_commit",
    "ledger_epoch",
    "ledger_event",
    "ledger_leaf",
    "ledger_checkpoint",
    "ledger_node",
    "ledger_adoption",
    "table_seal",
    "ledger_verification",
    "retention_policy",
    "retention_longer",
    "legal_hold",
    "legal_hold_lifting",
    "legal_hold_custodian",
    "legal_hold_note",
    "disposal",
    "retrieval_test",
    "trainer_note",
    "training_particular",
)
# Nothing is added by the application either; a disposal is noted by the database's own door (EVD-6).
READ_ONLY: tuple[str, ...] = ("alembic_version", "disposal")

GRANTS = (
    "REVOKE CREATE ON SCHEMA public FROM {role}, PUBLIC",
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "REVOKE TRUNCATE, REFERENCES, TRIGGER ON ALL TABLES IN SCHEMA public FROM {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    # Tables to come begin with this much: before the next grant nobody knows whether they are only added to.
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE UPDATE, DELETE ON TABLES FROM {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT ON TABLES TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role}",
)
# Former rows: the triggers write them with the owner's rights, the application reads them. Views are made anew with
# each upgrade, so the right to read them is there beforehand.
OF_THE_PAST = (
    "GRANT USAGE ON SCHEMA past TO {role}",
    "GRANT SELECT ON ALL TABLES IN SCHEMA past TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA past GRANT SELECT ON TABLES TO {role}",
)
KEPT = """
    SELECT c.oid, c.relname, c.relowner, c.relnamespace FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND (n.nspname = 'public' AND c.relname = ANY(%(listed)s) OR EXISTS (
        SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE t.tgrelid = c.oid AND p.proname = 'refuse_change' AND NOT t.tgisinternal
    ))
"""

# Whoever the role may turn into counts, inherited or by SET ROLE. A superuser counts as everybody by itself.
COULD_CHANGE = """
    WITH kept AS (KEPT),
    me AS (SELECT oid, rolname, rolsuper FROM pg_roles WHERE rolname = coalesce(%(role)s, session_user)),
    able AS (
        SELECT r.oid, r.rolname, r.rolsuper, r.rolcreaterole FROM pg_roles r CROSS JOIN me
        WHERE r.oid = me.oid OR (NOT me.rolsuper AND pg_has_role(me.oid, r.oid, 'MEMBER'))
    ),
    found AS (
        SELECT 2 AS rank, 'superuser' AS what, rolname, '' AS thing, '' AS rights FROM able WHERE rolsuper
        UNION ALL SELECT 3, 'makes roles', rolname, '', '' FROM able WHERE rolcreaterole AND NOT rolsuper
        UNION ALL SELECT 4, 'runs the server', rolname, '', '' FROM able
            WHERE rolname IN ('pg_write_server_files', 'pg_execute_server_program')
        UNION ALL SELECT 5, 'owns database', a.rolname, d.datname, '' FROM able a JOIN pg_database d ON d.datdba = a.oid
            WHERE d.datname = current_database()
        UNION ALL SELECT DISTINCT 6, 'owns schema', a.rolname, n.nspname, '' FROM able a
            JOIN pg_namespace n ON n.nspowner = a.oid JOIN kept k ON k.relnamespace = n.oid
        UNION ALL SELECT 7, 'owns table', a.rolname, k.relname, '' FROM able a JOIN kept k ON k.relowner = a.oid
        UNION ALL SELECT 8, 'changes', a.rolname, k.relname, string_agg(may.kind, ', ' ORDER BY may.place)
            FROM able a CROSS JOIN kept k CROSS JOIN LATERAL (VALUES
                (1, 'UPDATE', has_any_column_privilege(a.oid, k.oid, 'UPDATE')),
                (2, 'DELETE', has_table_privilege(a.oid, k.oid, 'DELETE')),
                (3, 'TRUNCATE', has_table_privilege(a.oid, k.oid, 'TRUNCATE'))
            ) AS may (place, kind, granted)
            WHERE may.granted GROUP BY a.rolname, k.relname
    )
    SELECT what, rolname, thing, rights, (SELECT rolname FROM me) AS me FROM found
    ORDER BY found.rolname, rank, thing
""".replace("KEPT", KEPT)
WORDS = {
    "superuser": N_("%(role)s is a superuser: nothing is refused to it."),
    "makes roles": N_("%(role)s may make roles, and so give itself the rights of others."),
    "runs the server": N_("%(role)s may write files or run programs of the database server."),
    "owns database": N_("%(role)s owns the database %(thing)s and may drop it."),
    "owns schema": N_("%(role)s owns the schema %(thing)s and may drop the tables in it."),
    "owns table": N_("%(role)s owns %(thing)s: it may switch its protection off, or drop it."),
    "changes": N_("%(role)s has the right to %(rights)s on %(thing)s."),
}
MAY_ACT_AS = N_("%(me)s may act as %(role)s.")


@dataclass(frozen=True, slots=True)
class ChangeRight:
    """One way in which evidence could be changed: English with %(name)s places, translated where it is shown."""

    message: str
    values: Mapping[str, str]

    def __str__(self) -> str:
        return self.message % self.values


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
        kept_past = connection.execute("SELECT FROM pg_namespace WHERE nspname = 'past'").fetchone() is not None
        for statement in (*GRANTS, *(OF_THE_PAST if kept_past else ())):
            connection.execute(sql.SQL(statement).format(role=sql.Identifier(role)))
        kept = {row[1] for row in connection.execute(KEPT, {"listed": list(APPEND_ONLY)})}
        tables = {row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
        for rights, names in (("UPDATE, DELETE", kept), ("INSERT, UPDATE, DELETE", set(READ_ONLY))):
            for name in sorted(tables & names):
                revoke = sql.SQL("REVOKE " + rights + ", TRUNCATE ON {table} FROM {role}, PUBLIC")  # constants of ours
                connection.execute(revoke.format(table=sql.Identifier(name), role=sql.Identifier(role)))


def rights_of(connection: psycopg.Connection, role: str | None = None) -> list[ChangeRight]:
    """How `role`, or else the one that signed in, could change evidence or its protection; empty is as it should be."""
    said: list[ChangeRight] = []
    told: set[str] = set()
    asked = {"role": role, "listed": list(APPEND_ONLY)}
    for what, who, thing, rights, me in connection.execute(COULD_CHANGE, asked):
        if who != me and who not in told:
            said.append(ChangeRight(MAY_ACT_AS, {"me": me, "role": who}))
        told.add(who)
        said.append(ChangeRight(WORDS[what], {"role": who, "thing": thing, "rights": rights}))
    return said


def change_rights(database_url: str, within_s: int = 1) -> list[ChangeRight]:
    """As `rights_of`, of the role of `database_url`. Raises psycopg.Error."""
    limits = f"-c statement_timeout={within_s * 1000}"
    with psycopg.connect(plain_url(database_url), connect_timeout=within_s, options=limits) as connection:
        return rights_of(connection)
