"""Makes the schema `past` agree with the tables it keeps: after each upgrade, by the owner of the tables.

`stand_aside` goes before migrations: a view forbids changing the columns it shows. Both are safe to repeat.
"""

# ruff: noqa: S608 - every name in these statements is the database's own or stands in `tables.KEPT`
from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, text

from lmsapp.infra.past.tables import KEPT, Kept

OWN = {"was_since": "timestamptz NOT NULL", "was_until": "timestamptz NOT NULL", "was_there": "boolean NOT NULL"}
COLUMNS = text(
    """SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a
    WHERE a.attrelid = to_regclass(:table) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"""
)
READY = text("SELECT to_regproc('past.moment') IS NOT NULL")
VIEWS = text("SELECT viewname FROM pg_views WHERE schemaname = 'past'")
SAID = text("SELECT obj_description(to_regproc(:function), 'pg_proc')")
# Everybody's line follows from whom each reported to.
LINE = """CREATE VIEW past.reporting_line AS
    WITH RECURSIVE led AS MATERIALIZED (SELECT id, manager_id FROM past.employee WHERE manager_id IS NOT NULL),
    line (manager_id, employee_id, depth) AS (
        SELECT manager_id, id, 1 FROM led
        UNION ALL
        SELECT above.manager_id, line.employee_id, line.depth + 1
        FROM line JOIN led above ON above.id = line.manager_id WHERE line.depth < 100
    ) SELECT manager_id, employee_id, depth FROM line"""


def stand_aside(connection: Connection) -> None:
    """Drop the views, so that columns may be changed."""
    for name in connection.scalars(VIEWS).all():
        connection.exec_driver_sql(f'DROP VIEW IF EXISTS past."{name}" CASCADE')


def settle(connection: Connection) -> None:
    """Histories, triggers and views for every kept table there is. Does nothing before the schema was made."""
    if not connection.scalar(READY):
        return
    stand_aside(connection)
    there = {}
    for table, kept in KEPT.items():
        if columns := _columns(connection, f"public.{table}"):
            there[table] = columns
            if not kept.only_added:
                _history(connection, table, kept, columns)
                _trigger(connection, table, kept, list(columns))
            connection.exec_driver_sql(_view(table, kept, list(columns)))
    if "employee" in there:
        connection.exec_driver_sql(LINE)


def _columns(connection: Connection, table: str) -> dict[str, str]:
    return {row[0]: row[1] for row in connection.execute(COLUMNS, {"table": table})}


def _history(connection: Connection, table: str, kept: Kept, columns: Mapping[str, str]) -> None:
    """The table of former rows; a column that is new or has another type follows."""
    was, there = f"past.{table}_was", _columns(connection, f"past.{table}_was")
    if not there:
        shape = ", ".join(f'"{name}" {kind}' for name, kind in [*columns.items(), *OWN.items()])
        key = ", ".join((*kept.key, "was_until"))
        connection.exec_driver_sql(f"CREATE TABLE {was} ({shape}, PRIMARY KEY ({key}))")
        connection.exec_driver_sql(f"CREATE INDEX ON {was} (was_until)")
        if "employee_id" in columns:
            connection.exec_driver_sql(f"CREATE INDEX ON {was} (employee_id, was_until)")
        # With nothing there yet, everything from now on is all there ever was.
        connection.exec_driver_sql(
            f"INSERT INTO past.known SELECT '{table}', CASE WHEN EXISTS (SELECT FROM public.{table})"
            " THEN past.moment() ELSE '-infinity' END ON CONFLICT DO NOTHING"
        )
        return
    for name, kind in columns.items():
        if name not in there:
            connection.exec_driver_sql(f'ALTER TABLE {was} ADD COLUMN "{name}" {kind}')
        elif there[name] != kind:
            connection.exec_driver_sql(f'ALTER TABLE {was} ALTER COLUMN "{name}" TYPE {kind} USING "{name}"::{kind}')


def _trigger(connection: Connection, table: str, kept: Kept, columns: Sequence[str]) -> None:
    """Written anew only when it says something else: it takes a lock on the table."""
    statements = _trigger_statements(table, kept, columns)
    mark = hashlib.sha256("\n".join(statements).encode()).hexdigest()
    if connection.scalar(SAID, {"function": f"past.keep_{table}"}) == mark:
        return
    for statement in (*statements, f"COMMENT ON FUNCTION past.keep_{table}() IS '{mark}'"):
        connection.exec_driver_sql(statement)


def _trigger_statements(table: str, kept: Kept, columns: Sequence[str]) -> list[str]:
    named = ", ".join(f'"{name}"' for name in columns)
    old, new = (", ".join(f'{which}."{name}"' for name in columns) for which in ("OLD", "NEW"))
    same = " AND ".join(f"w.{name} = OLD.{name}" for name in kept.key)
    differs = " OR ".join(f'OLD."{n}" IS DISTINCT FROM NEW."{n}"' for n in columns if n not in kept.quiet)
    # What is younger than the quarter of an hour was on no day's report yet.
    young = f"IF past.quarter(OLD.{kept.born}) >= at THEN RETURN NULL; END IF;" if kept.born else ""
    last = f"(SELECT max(w.was_until) FROM past.{table}_was w WHERE {same})"
    appeared = (
        f"""IF TG_OP = 'INSERT' THEN
            INSERT INTO past.{table}_was ({named}, was_since, was_until, was_there)
            VALUES ({new}, '-infinity', at, false) ON CONFLICT DO NOTHING;
            RETURN NULL;
        END IF;"""
        if not kept.born
        else ""
    )
    # The last former row is found by the index, also by a session that began while there was none: a plan made for an
    # empty table would read all of it for each of ten thousand changed rows.
    function = f"""CREATE OR REPLACE FUNCTION past.keep_{table}() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET enable_seqscan = off AS $$
        DECLARE at timestamptz := past.quarter(past.moment());
        BEGIN
            {appeared}
            {young}
            INSERT INTO past.{table}_was ({named}, was_since, was_until, was_there)
            VALUES ({old}, coalesce({last}, '-infinity'), at, true) ON CONFLICT DO NOTHING;
            RETURN NULL;
        END $$"""
    each = f"ON public.{table} FOR EACH ROW"
    run = f"EXECUTE FUNCTION past.keep_{table}()"
    on = "INSERT OR DELETE" if not kept.born else "DELETE"
    return [
        function,
        f"CREATE OR REPLACE TRIGGER keeps_past_change AFTER UPDATE {each} WHEN ({differs}) {run}",
        f"CREATE OR REPLACE TRIGGER keeps_past AFTER {on} {each} {run}",
    ]


def _view(table: str, kept: Kept, columns: Sequence[str]) -> str:
    """As the rows were just before `past.at()`: the instant is asked once a statement, not once a row."""
    at = "(SELECT past.at())"
    born = f" AND {{}}.{kept.born} < {at}" if kept.born else ""
    present, former = (", ".join(f'{which}."{name}"' for name in columns) for which in ("t", "w"))
    same = " AND ".join(f"w.{name} = t.{name}" for name in kept.key)
    now = f"SELECT {present} FROM public.{table} t WHERE true{born.format('t')}"
    if kept.only_added:
        return f"CREATE VIEW past.{table} AS {now}"
    changed = f"SELECT FROM past.{table}_was w WHERE {same} AND w.was_until >= {at}"
    return (
        f"CREATE VIEW past.{table} AS {now} AND NOT EXISTS ({changed}) UNION ALL"
        f" SELECT {former} FROM past.{table}_was w"
        f" WHERE w.was_there AND w.was_since < {at} AND w.was_until >= {at}{born.format('w')}"
    )
