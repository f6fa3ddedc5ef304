"""A database as the migrations leave it, again: what was written is taken out, instead of copying all of it anew.

A copy is some thousand files and a second of CPU; taking rows out is a tenth of that. It is done only where nothing but
rows was written since the copy. Whoever changes a table, a trigger, a right or a function, or writes much, has the next
one begin with a copy.
"""

from __future__ import annotations

from dataclasses import dataclass

import psycopg

MUCH = 16 << 20  # bytes in tables: to copy is quicker
# A statement that defines something adds, changes or deletes a row of one of these. Of pg_class only what it defines
# counts: sizes and files of a table change there, too.
CATALOGS = (
    "pg_attribute", "pg_attrdef", "pg_collation", "pg_constraint", "pg_default_acl", "pg_depend", "pg_description",
    "pg_enum", "pg_event_trigger", "pg_extension", "pg_index", "pg_inherits", "pg_namespace", "pg_operator", "pg_policy",
    "pg_proc", "pg_publication", "pg_rewrite", "pg_sequence", "pg_statistic_ext", "pg_trigger", "pg_type",
)  # fmt: skip
CHANGED_LAST = "SELECT '{0}', count(*)::text, coalesce(max(xmin::text::bigint), 0)::text FROM {0}"
DEFINED = """
    SELECT 'pg_class', count(*)::text, md5(string_agg(concat_ws(' ', oid, relnamespace, relname, relkind, relowner,
        relacl, relrowsecurity, relpersistence, reloptions), ',' ORDER BY oid)) FROM pg_class
    UNION ALL
    SELECT 'settings', '', coalesce(string_agg(concat_ws(' ', setrole, setconfig), ',' ORDER BY setrole), '')
    FROM pg_db_role_setting WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
SHAPE = " UNION ALL ".join((*(CHANGED_LAST.format(name) for name in CATALOGS), DEFINED))
TABLES = """
    SELECT format('%I.%I', n.nspname, c.relname), pg_relation_size(c.oid) FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
"""
SEQUENCES = "SELECT format('%I.%I', schemaname, sequencename), start_value, last_value FROM pg_sequences"
OTHERS = (
    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> %s"
)

Sequences = dict[str, tuple[int, int | None]]


@dataclass(frozen=True)
class Fresh:
    """A copy before anybody wrote into it. `rows`: of the tables that hold any, as COPY gives them."""

    shape: list[tuple[str, str, str]]
    rows: dict[str, bytes]
    sequences: Sequences

    @classmethod
    def of(cls, owner_url: str) -> Fresh:
        with psycopg.connect(owner_url) as connection:
            held = [name for name, size in connection.execute(TABLES) if size]
            rows = {name: content for name in held if (content := _copied(connection, name))}
            return cls(_shape(connection), rows, _sequences(connection))

    def put_back(self, owner_url: str) -> bool:
        """False, and nothing done, where more than rows was changed, or the database is not there."""
        try:
            connection = psycopg.connect(owner_url)
        except psycopg.OperationalError:
            return False
        with connection:
            connection.execute(OTHERS, [connection.info.backend_pid])
            sizes = dict(connection.execute(TABLES).fetchall())
            if sum(sizes.values()) > MUCH or _shape(connection) != self.shape:
                return False
            self._take_out(connection, [name for name, size in sizes.items() if size])
        return True

    def _take_out(self, connection: psycopg.Connection, written: list[str]) -> None:
        connection.execute("SET session_replication_role = replica")  # no trigger, no look at what refers to a row
        connection.execute("; ".join(f"DELETE FROM {name}" for name in written).encode())
        for name, content in self.rows.items():
            with connection.cursor().copy(f"COPY {name} FROM STDIN (FORMAT binary)".encode()) as copy:
                copy.write(content)
        for name, place in _sequences(connection).items():
            if place != self.sequences[name]:
                start, last = self.sequences[name]
                connection.execute("SELECT setval(%s, %s, %s)", [name, last or start, last is not None])


def _shape(connection: psycopg.Connection) -> list[tuple[str, str, str]]:
    return sorted(connection.execute(SHAPE.encode()).fetchall())


def _copied(connection: psycopg.Connection, table: str) -> bytes:
    """Empty where it holds no row, whatever its size is."""
    (holds_any,) = connection.execute(f"SELECT EXISTS (SELECT FROM {table})".encode()).fetchone() or (False,)
    if not holds_any:
        return b""
    with connection.cursor().copy(f"COPY {table} TO STDOUT (FORMAT binary)".encode()) as copy:
        return b"".join(copy)


def _sequences(connection: psycopg.Connection) -> Sequences:
    return {name: (start, last) for name, start, last in connection.execute(SEQUENCES)}
