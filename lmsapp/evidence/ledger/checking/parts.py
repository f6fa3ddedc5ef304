"""Parts of a verification that can be looked at apart, by as many processes as there are.

Processes share one view of the database (an exported snapshot of PostgreSQL) and nothing else. They are forked before
they connect, and use no connection of ours.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg

from lmsapp.evidence.ledger.checking.findings import Finding
from lmsapp.evidence.ledger.checking.records import Records, Terms, Within
from lmsapp.evidence.ledger.checking.seals import look_at_seal
from lmsapp.evidence.ledger.sources import Sources
from lmsapp.evidence.sealed_tables.rules import Sealed
from lmsapp.infra.rights import plain_url

# Fewer parts than that are done before other processes have begun.
WORTH_SHARING = 24
LONGEST_PART_S = 300
MOST_SENT = 2_000  # findings of one part


@dataclass(frozen=True, slots=True)
class View:
    """`connection` sees one instant. `url`: where others may come to share it; None: nobody can, it is uncommitted."""

    connection: psycopg.Connection
    url: str | None


@dataclass(frozen=True, slots=True)
class Part:
    """Records of `kind` within numbers, or (`seal`) the rows under one seal of the table `kind`."""

    kind: str
    within: Within = (None, None)
    seal: int | None = None


@dataclass(slots=True)
class PartLooked:
    events: int = 0
    entries: int = 0
    findings: list[Finding] = field(default_factory=list)
    files: set[str] = field(default_factory=set)


class Looker:
    """Looks at parts over one connection."""

    def __init__(
        self, connection: psycopg.Connection, sources: Sources, tables: Mapping[str, Sealed], terms: Terms
    ) -> None:
        self.connection, self.tables = connection, tables
        self.records = {kind: Records(source, terms) for kind, source in sources.items()}

    def look(self, part: Part) -> PartLooked:
        if part.seal is not None:
            count, findings = look_at_seal(self.connection, self.tables[part.kind], part.seal)
            return PartLooked(entries=count, findings=findings)
        looked = self.records[part.kind].look(self.connection, part.within)
        return PartLooked(events=looked.events, findings=looked.findings, files=looked.files)


def parts_of(
    connection: psycopg.Connection, sources: Sources, terms: Terms, seals: Sequence[tuple[str, int]]
) -> list[Part]:
    records = [
        Part(kind, within) for kind, source in sources.items() for within in Records(source, terms).bounds(connection)
    ]
    return [*records, *(Part(table, seal=seal) for table, seal in seals)]


def look_at_parts(
    view: View, parts: Sequence[Part], sources: Sources, tables: Mapping[str, Sealed], terms: Terms, processes: int
) -> Iterator[PartLooked]:
    """In any order. Raises psycopg.Error, and TimeoutError when a process died."""
    if view.url is None or processes < 2 or len(parts) < WORTH_SHARING:
        looker = Looker(view.connection, sources, tables, terms)
        yield from map(looker.look, parts)
        return
    row = view.connection.execute("SELECT pg_export_snapshot()").fetchone()
    assert row is not None
    how = (plain_url(view.url), row[0], sources, tables, terms)
    with multiprocessing.get_context("fork").Pool(processes, _begin, how) as pool:
        found = pool.imap_unordered(_look, parts)
        for _part in parts:
            yield found.next(timeout=LONGEST_PART_S)


_ours: list[Any] = []


def _begin(url: str, snapshot: str, sources: Sources, tables: Mapping[str, Sealed], terms: Terms) -> None:
    connection = psycopg.connect(url)
    connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    connection.execute(f"SET TRANSACTION SNAPSHOT '{snapshot}'")  # of PostgreSQL's making
    _ours[:] = [Looker(connection, sources, tables, terms)]


def _look(part: Part) -> PartLooked:
    looker: Looker = _ours[0]
    looked = looker.look(part)
    looked.findings = looked.findings[:MOST_SENT]
    return looked
