"""What follows from an event, its place and its row, once the three lie side by side. Pure.

`Told` is all that is held against each other of one event; `problems_of` says what does not fit. It is asked only where
the quick comparison failed, or where there is something special about an event, so it may take its time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lmsapp.evidence.ledger.checking.columns import DUMP, normal
from lmsapp.evidence.ledger.checking.findings import Finding
from lmsapp.evidence.ledger.rules import DISPOSED, ERASED, VERSION

HEAD = ("event", "what", "record", "subject", "occurred_at", "recorded_at")
PARTS = {"v", "ledger", "facts", "personal", "evidence", *HEAD}


@dataclass(frozen=True, slots=True)
class Told:
    """`said`: the payload, read; `columns`: what the event's columns say, by the names of the payload.

    `ledgers`: the trees it may name. `facts`, `personal`: of the row, as text; None where they are not to be held
    against this event: a later one says what the row is now, or the row is gone. `salt` None: gone.
    """

    number: int
    record: tuple[str, int]
    said: Mapping[str, Any]
    columns: Mapping[str, Any]
    ledgers: frozenset[str]
    facts: Mapping[str, Any] | None
    personal: Mapping[str, Any] | None
    salt: bytes | None


def committed(salt: bytes, personal: Mapping[str, Any]) -> str:
    """As `ledger.rules.commitment`, of values that are text already."""
    return committed_text(salt, DUMP(personal))


def committed_text(salt: bytes, personal: str) -> str:
    """The same, of their canonical JSON."""
    return hashlib.sha256(salt + personal.encode()).hexdigest()


def problems_of(told: Told) -> Iterator[Finding]:
    """What the event says against its own columns, then against the row."""
    said = told.said
    if set(said) != PARTS or said["v"] != VERSION or said["ledger"] not in told.ledgers:
        yield _finding("event unreadable", told)
        return
    for name in HEAD:
        if said[name] != told.columns[name]:
            yield _finding("event column", told, column=name)
    if told.facts is not None:
        yield from _facts(told, told.facts)
    if told.personal is not None and told.salt is not None:
        personal = {name: normal(value) for name, value in told.personal.items()}
        if said["personal"] != committed(told.salt, personal):
            yield _finding("person changed", told)


def _facts(told: Told, facts: Mapping[str, Any]) -> Iterator[Finding]:
    said = told.said["facts"]
    if not isinstance(said, dict) or set(said) != set(facts):
        yield _finding("event unreadable", told)
        return
    for name, value in facts.items():
        if normal(value) != said[name]:
            yield Finding("record changed", told.record, {"column": name})


def gone_rightly(whats: Sequence[str]) -> bool:
    """Of a row that is not there: `whats` of its events, oldest first."""
    return bool(whats) and whats[-1] == DISPOSED


def salt_gone_rightly(whats: Sequence[str], place: int) -> bool:
    """Of the event at `place` among those of its row: an erasure or disposal was put on record then or later."""
    return any(what in (ERASED, DISPOSED) for what in whats[place:])


def _finding(what: str, told: Told, **values: Any) -> Finding:
    return Finding(what, told.record, {"event": told.number, **values})
