"""Sealed tables against their seals (EVD-3): each stretch is marked anew by PostgreSQL and held against its marks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import psycopg

from lmsapp.evidence.ledger.checking.findings import Finding
from lmsapp.evidence.sealed_tables.rules import LOWEST, MARK, Sealed, differences, digest, mark_sql

SEALS = "SELECT id, table_name, first, last FROM table_seal ORDER BY table_name, first, id"
SEAL = "SELECT id, columns, first, last, count, sha256, marks FROM table_seal WHERE id = %s"
DRAWN = "SELECT pg_sequence_last_value(pg_get_serial_sequence(%s, 'id')::regclass)"
Row = tuple[Any, ...]


def seals_of(
    connection: psycopg.Connection, tables: Mapping[str, Sealed]
) -> tuple[list[tuple[str, int]], list[Finding]]:
    """(table, id of the seal) of every seal to look at, and what is wrong with how they follow each other."""
    found: list[Finding] = []
    listed: list[tuple[str, int]] = []
    reached: dict[str, int] = {}
    for seal_id, table, first, last in connection.execute(SEALS):
        if first != reached.get(table, LOWEST - 1) + 1 or table not in tables or last < first:
            found.append(Finding("seal missing", ("table_seal", seal_id), {"table": table, "first": first}))
        reached[table] = max(last, first)
        if table in tables:
            listed.append((table, seal_id))
    return listed, found


def sealed_to(connection: psycopg.Connection, table: str) -> int:
    """The last number of that table that is sealed."""
    row = connection.execute("SELECT max(last) FROM table_seal WHERE table_name = %s", [table]).fetchone()
    return LOWEST if row is None or row[0] is None else int(row[0])


def look_at_seal(connection: psycopg.Connection, sealed: Sealed, seal_id: int) -> tuple[int, list[Finding]]:
    """One stretch: how many rows, and what is wrong."""
    with connection.cursor(binary=True) as cursor:
        row = cursor.execute(SEAL, [seal_id]).fetchone()
        assert row is not None, "a seal that was listed in the same view"
        _id, columns, first, last, count, sha256, marks = row
        values = {"table": sealed.table, "first": first, "last": last}
        if digest(marks) != sha256 or len(marks) != MARK.size * count:
            return 0, [Finding("seal changed", ("table_seal", seal_id), values)]
        try:
            mark = mark_sql(sealed, columns)
        except (KeyError, TypeError):
            return 0, [Finding("seal changed", ("table_seal", seal_id), values)]
        present = cursor.execute(
            f"SELECT coalesce(string_agg(mark, ''::bytea ORDER BY number), ''::bytea) FROM (SELECT {mark} AS mark,"  # noqa: S608
            f" {sealed.number} AS number FROM {sealed.table} WHERE {sealed.number} BETWEEN %s AND %s) AS every",
            [first, last],
        ).fetchone()
    assert present is not None
    return count, list(_told(sealed, marks, present[0]))


def _told(sealed: Sealed, kept: bytes, present: bytes) -> Iterator[Finding]:
    if kept == present:
        return
    for one in differences(kept, present, may_go=sealed.may_go):
        yield Finding(one.what, (sealed.table, one.number))


def never_given(connection: psycopg.Connection, tables: Sequence[Sealed]) -> Iterator[Finding]:
    """Rows with numbers above all that were ever drawn: nobody gets such a number by adding a row."""
    for one in tables:
        if one.sequence_of != one.table:
            continue
        row = connection.execute(DRAWN, [one.table]).fetchone()
        drawn = row[0] or 0 if row else 0
        rows = connection.execute(f'SELECT id FROM "{one.table}" WHERE id > %s LIMIT 20', [drawn])  # noqa: S608 # type: ignore[arg-type]
        for (number,) in rows:
            yield Finding("number never given", (one.table, number))
