"""Whether anything on record was changed, removed or slipped in (EVD-2). Reads, writes nothing.

One view of the database at one instant, however long it takes. Large ledgers are looked at by several processes that
share the view; each part answers for itself (`checking`). The same functions serve the command, the page, the alarm
and the proofs: there is no lesser check.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from flask import current_app
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from lmsapp.evidence.ledger.checking.files import look_at_files
from lmsapp.evidence.ledger.checking.findings import Finding
from lmsapp.evidence.ledger.checking.outside import remembered_outside
from lmsapp.evidence.ledger.checking.parts import Part, View, look_at_parts, parts_of
from lmsapp.evidence.ledger.checking.places import Remembered, look_at_places, trees_of
from lmsapp.evidence.ledger.checking.records import Terms
from lmsapp.evidence.ledger.checking.seals import never_given, sealed_to, seals_of
from lmsapp.evidence.ledger.checking.strangers import look_at_strangers, look_at_subjects
from lmsapp.evidence.ledger.keeping import ledger_keys
from lmsapp.evidence.ledger.sources import Sources
from lmsapp.evidence.sealed_tables.rules import Sealed
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.ledger_keys import public_of

SEEN_BEFORE = "SELECT id, epoch, size, root FROM ledger_verification WHERE size > 0 ORDER BY id"
MOST_FINDINGS = 5_000  # more are counted and not listed

Tell = Callable[[int, int], None]


@dataclass(slots=True)
class Verdict:
    """`findings`: at most MOST_FINDINGS, `wrong` counts all. `epoch`, `size`, `root`: the tree in use.

    `files` None: the bytes on disk were not looked at. `seconds`, `cpu_seconds`: how long it took.
    """

    findings: list[Finding] = field(default_factory=list)
    wrong: int = 0
    events: int = 0
    entries: int = 0  # rows of sealed tables
    checkpoints: int = 0
    files: int | None = None
    epoch: int = 1
    size: int = 0
    root: bytes = b""
    seconds: float = 0.0

    @property
    def good(self) -> bool:
        return not self.wrong

    def add(self, findings: Sequence[Finding]) -> None:
        self.wrong += len(findings)
        self.findings += findings[: max(0, MOST_FINDINGS - len(self.findings))]


def verify(
    sources: Sources, sealed: Sequence[Sealed] = (), *, files: bool = True, tell: Tell | None = None, processes: int = 2
) -> Verdict:
    """Everything. `tell`: called now and then with how much is done of how much. Raises LedgerKeyTrouble, psycopg.Error
    and OSError where it could not be checked."""
    began = time.monotonic()
    with one_view() as view:
        verdict = verdict_of(view, sources, sealed, files=files, tell=tell, processes=processes)
    verdict.seconds = time.monotonic() - began
    return verdict


def verdict_of(
    view: View,
    sources: Sources,
    sealed: Sequence[Sealed] = (),
    *,
    files: bool = True,
    tell: Tell | None = None,
    processes: int = 1,
) -> Verdict:
    """As `verify`, of a view that is open already."""
    connection, verdict, keys = view.connection, Verdict(), ledger_keys()
    terms = Terms(
        trees=trees_of(connection),
        keys={key: public_of(line) for key, line in keys.items()},
        sealed_to=sealed_to(connection, "ledger_event"),
        now=clock.now(),
    )
    tables = {one.table: one for one in sealed}
    seals, wrong = seals_of(connection, tables)
    verdict.add(wrong)
    shas: set[str] = set()
    parts = parts_of(connection, sources, terms, seals)
    for done, looked in enumerate(look_at_parts(view, parts, sources, tables, terms, processes), 1):
        verdict.events, verdict.entries = verdict.events + looked.events, verdict.entries + looked.entries
        verdict.add(looked.findings)
        if files:
            shas |= looked.files
        if tell is not None:
            tell(done, len(parts) + 1)
    _tree(verdict, connection, terms.trees, keys)
    strangers, found = look_at_strangers(connection, list(sources), terms)
    verdict.events += strangers
    verdict.add(found)
    verdict.add([*look_at_subjects(connection), *never_given(connection, sealed)])
    if files:
        verdict.files = len(shas)
        verdict.add(list(look_at_files(shas)))
    return verdict


def _tree(verdict: Verdict, connection: psycopg.Connection, trees: Mapping[int, str], keys: Mapping[str, str]) -> None:
    remembered = [*_seen_before(connection), *remembered_outside(_folders(), trees, keys)]
    places = look_at_places(connection, keys, remembered)
    verdict.add(places.findings)
    verdict.checkpoints = places.checkpoints
    verdict.epoch = max(trees, default=1)
    verdict.size, verdict.root = places.sizes.get(verdict.epoch, 0), places.roots.get(verdict.epoch, b"")


def _seen_before(connection: psycopg.Connection) -> Iterator[Remembered]:
    for number, epoch, size, root in connection.execute(SEEN_BEFORE):
        yield Remembered(epoch, size, bytes(root), "tree changed", ("ledger_verification", number))


def _folders() -> list[Path]:
    """Beside the key, and where checkpoints are exported to."""
    export = current_app.config.get("LEDGER_EXPORT")
    beside = Path(current_app.config["DATA_DIR"]) / "keys" / "signed"
    return [beside, *([Path(export)] if export else [])]


@contextmanager
def one_view() -> Iterator[View]:
    """The database as it is at one instant. Inside a transaction that is under way, as that sees it: whoever undoes
    what he tried is shown it before."""
    with Session(db.engine, join_transaction_mode="create_savepoint") as session:
        ours = isinstance(session.get_bind(), Engine)
        level = {"isolation_level": "REPEATABLE READ"} if ours else {}
        raw = session.connection(execution_options=level).connection.driver_connection
        assert isinstance(raw, psycopg.Connection)
        yield View(raw, current_app.config["SQLALCHEMY_DATABASE_URI"] if ours else None)


__all__ = ["Finding", "Part", "Verdict", "one_view", "verdict_of", "verify"]
