"""Tampering, as somebody with every right on the database could do it: one act at a time, chosen at random.

`Tamperer.act()` does one and says what it did; whoever calls it looks whether it is found, and undoes it. Only what can
change nothing is left out: a value set to what it is, and columns that are no evidence.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from lmsapp.evidence.ledger.checking.rules import committed
from lmsapp.evidence.ledger.sources import Sources
from lmsapp.evidence.sealed_tables.rules import Sealed
from lmsapp.infra.canonical import canonical
from lmsapp.infra.merkle import Frontier, leaf_hash

LEDGER: dict[str, tuple[str, ...]] = {
    "ledger_event": (
        "event_id", "what", "record_kind", "record_id", "employee_id", "subject", "occurred_at", "recorded_at", "payload",
        "leaf", "signature", "key_id",
    ),
    "ledger_leaf": ("epoch", "position", "event_id", "leaf"),
    "ledger_checkpoint": ("size", "root", "frontier", "note", "key_id", "algorithm", "made_at", "after_size"),
    "ledger_salt": ("event_id", "salt"),
    "ledger_subject": ("employee_id", "salt", "commitment"),
    "ledger_epoch": ("ledger_id", "began_at", "reason"),
    "table_seal": ("marks",),
}  # fmt: skip
# Only a seal tells these: of what came after the last one, they cannot be told. Row -> whether it is sealed.
ONLY_SEALED = {
    ("ledger_checkpoint", "made_at"): "size <= (SELECT max(last) & ((1::bigint << 44) - 1) FROM table_seal"
    " WHERE table_name = 'ledger_checkpoint')",
}
ADDED_ONLY = "number of its own"
Mutation = Callable[[Any], Any]


@dataclass
class Tamperer:
    """Works on `connection` as the owner of the tables, with every trigger off. `files`: where documents lie."""

    connection: psycopg.Connection
    sources: Sources
    sealed: Mapping[str, Sealed]
    files: list[Path]
    chance: random.Random
    done: list[tuple[Path, bytes]] = field(default_factory=list)
    columns: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.editable = {
            **{kind: (*source.facts, *source.personal) for kind, source in self.sources.items()},
            **{name: tuple(one.columns) for name, one in self.sealed.items() if name not in LEDGER},
            **{
                name: (*LEDGER[name], *self.sources[name].facts) if name in self.sources else LEDGER[name]
                for name in LEDGER
            },
        }
        rows = self.connection.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'"
        )
        for table, column, kind in rows:
            self.columns.setdefault(table, {})[column] = kind
        self.filled = [one for one in self.editable if self._count(one)]

    def act(self) -> str:
        """One act, and what it was. Whatever the database itself refuses is tried no further: another is chosen."""
        while True:
            name = self.chance.choices(list(ACTS), [weight for weight, _act in ACTS.values()])[0]
            try:
                with self.connection.transaction():
                    self.connection.execute("SET LOCAL session_replication_role = replica")
                    said = ACTS[name][1](self)
                if said:
                    return f"{name}: {said}"
            except (psycopg.IntegrityError, psycopg.DataError):
                continue

    def put_back(self) -> None:
        """The files; the database is undone by whoever holds the transaction."""
        for file, content in self.done:
            file.write_bytes(content)
        self.done.clear()

    def edit_value(self) -> str:
        table = self.chance.choice(self.filled)
        column = self.chance.choice(self.editable[table])
        where = ONLY_SEALED.get((table, column), "true")
        row = self._one(f"SELECT ctid::text, {column} FROM {table} WHERE {where} ORDER BY random() LIMIT 1")
        if row is None:
            return ""
        new = self._other(self.columns[table][column], row[1])
        change = sql.SQL("UPDATE {} SET {} = %s WHERE ctid = %s::tid").format(
            sql.Identifier(table), sql.Identifier(column)
        )
        self.connection.execute(change, [new, row[0]])
        return f"{table}.{column} {str(row[1])[:40]!r} -> {str(new)[:40]!r}"

    def remove_row(self) -> str:
        table = self.chance.choice([*self.filled, "ledger_pending"] if self._count("ledger_pending") else self.filled)
        if table == "ledger_epoch":
            return ""
        gone = self._one(
            f"DELETE FROM {table} WHERE ctid = (SELECT ctid FROM {table} ORDER BY random() LIMIT 1) RETURNING *"
        )
        return f"{table} {str(gone)[:60]}" if gone else ""

    def insert_row(self) -> str:
        """A copy of a row under a number nobody drew, or one among those that were sealed."""
        table = self.chance.choice(
            [one for one in self.filled if "id" in self.columns[one] and one not in ("ledger_event",)]
        )
        names = [name for name in self.columns[table] if name != "id"]
        number = self.chance.choice([-7, 0, 2_000_000_001 - self.chance.randrange(1000), self._gap(table)])
        listed = ", ".join(f'"{name}"' for name in names)
        values = ", ".join(self._copied(table, name) for name in names)
        done = self.connection.execute(
            f"INSERT INTO {table} (id, {listed}) SELECT %s, {values} FROM {table} ORDER BY random() LIMIT 1",
            [number],
        )
        return f"{table} {number}" if done.rowcount else ""

    def insert_event(self) -> str:
        """An event of a forger, who has no key: pending, or with a place at the end."""
        row = self._one(
            "INSERT INTO ledger_event (event_id, what, record_kind, record_id, employee_id, subject, occurred_at,"
            " recorded_at, payload, leaf, signature, key_id) SELECT gen_random_uuid(), what, record_kind, record_id,"
            " employee_id, subject, occurred_at, recorded_at, payload, leaf, signature, key_id FROM ledger_event"
            " ORDER BY random() LIMIT 1 RETURNING id, leaf"
        )
        assert row is not None
        if self.chance.random() < 0.5:
            self.connection.execute("INSERT INTO ledger_pending VALUES (%s)", [row[0]])
        else:
            self.connection.execute(
                "INSERT INTO ledger_leaf SELECT max(epoch), max(position) + 1, %s, %s FROM ledger_leaf", list(row)
            )
        return f"event {row[0]}"

    def swap_rows(self) -> str:
        """Two rows of one table change their numbers."""
        table = self.chance.choice([one for one in self.filled if "id" in self.columns[one] and one != "table_seal"])
        ids = [row[0] for row in self.connection.execute(f"SELECT id FROM {table} ORDER BY random() LIMIT 2")]
        if len(ids) < 2 or self._same(table, ids):
            return ""
        for old, new in ((ids[0], -99), (ids[1], ids[0]), (-99, ids[1])):
            self.connection.execute(f"UPDATE {table} SET id = %s WHERE id = %s", [new, old])
        return f"{table} {ids}"

    def swap_leaves(self) -> str:
        rows = self.connection.execute(
            "SELECT position, event_id, leaf FROM ledger_leaf ORDER BY random() LIMIT 2"
        ).fetchall()
        first, second = rows
        for place, (_position, event_id, leaf) in ((first[0], second), (second[0], first)):
            self.connection.execute(
                "UPDATE ledger_leaf SET event_id = %s, leaf = %s WHERE position = %s", [-event_id, leaf, place]
            )
        self.connection.execute("UPDATE ledger_leaf SET event_id = -event_id WHERE event_id < 0")
        return f"places {first[0]} and {second[0]}"

    def edit_row_and_event(self) -> str:
        """The clever one: the record, its event, the hashes of it, even every root after it. All but the signature."""
        kind = self.chance.choice([one for one in self.filled if one in self.sources and one != "table_seal"])
        source = self.sources[kind]
        column = self.chance.choice([name for name in source.facts if self.columns[kind][name] in ("text", "integer")])
        found = self._one(
            "SELECT e.id, e.payload, r.ctid::text, r." + column + f" FROM {kind} r JOIN ledger_event e ON e.id = ("
            f"SELECT max(id) FROM ledger_event WHERE record_kind = '{kind}' AND record_id = r.id) ORDER BY random() LIMIT 1"
        )
        if found is None:
            return ""
        number, payload, ctid, old = found
        new = self._other(self.columns[kind][column], old)
        self.connection.execute(f"UPDATE {kind} SET {column} = %s WHERE ctid = %s::tid", [new, ctid])
        said = json.loads(payload)
        said["facts"][column] = None if new is None else str(new)
        self._rewrite(number, canonical(said))
        return f"{kind}.{column} and event {number}"

    def hand_to_another(self) -> str:
        """A record given to somebody else, with event and commitments made to fit."""
        found = self._one(
            "SELECT e.id, e.payload, e.record_id, s.salt, n.employee_id, n.commitment FROM ledger_event e JOIN ledger_salt s"
            " ON s.event_id = e.id JOIN ledger_subject n ON n.employee_id <> e.employee_id WHERE e.record_kind ="
            " 'completion_record' ORDER BY random() LIMIT 1"
        )
        assert found is not None
        number, payload, record_id, salt, other, commitment = found
        personal = self.sources["completion_record"].personal
        self.connection.execute("UPDATE completion_record SET employee_id = %s WHERE id = %s", [other, record_id])
        row = self._one(f"SELECT {', '.join(personal)} FROM completion_record WHERE id = %s", [record_id])
        assert row is not None
        said = json.loads(payload)
        values = {name: None if one is None else str(one) for name, one in zip(personal, row, strict=True)}
        said["personal"], said["subject"] = committed(salt, values), commitment
        self.connection.execute(
            "UPDATE ledger_event SET employee_id = %s, subject = %s WHERE id = %s", [other, commitment, number]
        )
        self._rewrite(number, canonical(said))
        return f"record {record_id} to employee {other}"

    def cut_the_end(self) -> str:
        """Everything after an earlier checkpoint, as a backup put back would have it."""
        row = self._one("SELECT size FROM ledger_checkpoint ORDER BY random() LIMIT 1")
        top = self._one("SELECT max(size) FROM ledger_checkpoint")
        assert row is not None
        assert top is not None
        if row[0] == top[0]:
            return ""
        self.connection.execute("DELETE FROM ledger_leaf WHERE position >= %s", [row[0]])
        self.connection.execute("DELETE FROM ledger_checkpoint WHERE size > %s", [row[0]])
        for table in ("ledger_event", "ledger_salt"):
            number = "id" if table == "ledger_event" else "event_id"
            self.connection.execute(f"DELETE FROM {table} WHERE {number} NOT IN (SELECT event_id FROM ledger_leaf)")
        for kind in self.sources:
            self.connection.execute(
                f"DELETE FROM {kind} r WHERE NOT EXISTS (SELECT FROM ledger_event e WHERE e.record_kind = '{kind}'"
                " AND e.record_id = r.id)"
            )
        return f"all after {row[0]}"

    def spoil_file(self) -> str:
        file = self.chance.choice(self.files)
        content = file.read_bytes()
        self.done.append((file, content))
        act = self.chance.choice(("a bit", "cut", "gone"))
        if act == "gone":
            file.unlink()
        elif act == "cut":
            file.write_bytes(content[: self.chance.randrange(len(content))])
        else:
            file.write_bytes(_bit(content, self.chance))
        return f"{file.name[:8]} {act}"

    def _rewrite(self, number: int, payload: bytes) -> None:
        """The event, its place, and every checkpoint after it; their notes say the new root, under the old signature."""
        leaf = leaf_hash(payload)
        self.connection.execute(
            "UPDATE ledger_event SET payload = %s, leaf = %s WHERE id = %s", [payload, leaf, number]
        )
        self.connection.execute("UPDATE ledger_leaf SET leaf = %s WHERE event_id = %s", [leaf, number])
        if self.chance.random() < 0.5:
            return
        tree = Frontier()
        sizes = {row[0] for row in self.connection.execute("SELECT size FROM ledger_checkpoint")}
        for (one,) in self.connection.execute("SELECT leaf FROM ledger_leaf ORDER BY epoch, position").fetchall():
            tree.add(one)
            if tree.size in sizes:
                root = tree.root()
                self.connection.execute(
                    "UPDATE ledger_checkpoint SET root = %s, frontier = %s, note = replace(note, encode(root, 'base64'),"
                    " %s) WHERE size = %s",
                    [root, tree.to_bytes(), base64.b64encode(root).decode(), tree.size],
                )

    def _same(self, table: str, ids: list[int]) -> bool:
        """Rows that differ in nothing but their number can change places as they like."""
        listed = ", ".join(f'"{name}"' for name in self.editable[table])
        rows = self.connection.execute(
            f"SELECT count(DISTINCT ({listed})::text) FROM {table} WHERE id = ANY(%s)", [ids]
        )
        row = rows.fetchone()
        return row is not None and row[0] == 1

    def _copied(self, table: str, name: str) -> str:
        unique = {
            ("certificate", "number"), ("certificate", "token"), ("sealed_file", "kind"), ("certificate", "replaces_id"),
        }  # fmt: skip
        if (table, name) in unique:
            return "NULL" if name == "replaces_id" else f"\"{name}\" || '-x'"
        if (table, name) == ("certificate", "replaced_at"):
            return "now()"
        return f'"{name}"' if (table, name) != ("table_seal", "first") else '"first" + 1'

    def _gap(self, table: str) -> int:
        row = self._one(
            f"SELECT n FROM generate_series(1, (SELECT max(id) FROM {table})) AS n WHERE NOT EXISTS"
            f" (SELECT FROM {table} WHERE id = n) ORDER BY random() LIMIT 1"
        )
        return int(row[0]) if row else -self.chance.randrange(10, 10**6)

    def _count(self, table: str) -> int:
        row = self._one(f"SELECT count(*) FROM {table}")
        return int(row[0]) if row else 0

    def _one(self, statement: str, values: list[Any] | None = None) -> tuple[Any, ...] | None:
        return self.connection.execute(statement, values).fetchone()  # type: ignore[arg-type]

    def _other(self, kind: str, value: Any) -> Any:
        """Another value of the same type."""
        if value is not None and self.chance.random() < 0.02:
            return None
        return MUTATIONS[kind](value, self.chance)


def _text(value: str | None, chance: random.Random) -> str:
    if not value:
        return "x"
    at = chance.randrange(len(value))
    act = chance.randrange(4)
    if act == 0:
        return value[:at] + value[at + 1 :]
    if act == 1:
        return value + " "
    other = "y" if value[at] != "y" else "z"
    return value[:at] + other + value[at + 1 :] if act == 2 else value[:at] + other + value[at:]


def _bit(value: bytes | None, chance: random.Random) -> bytes:
    if not value:
        return b"x"
    at = chance.randrange(len(value))
    return value[:at] + bytes([value[at] ^ (1 << chance.randrange(8))]) + value[at + 1 :]


def _instant(value: dt.datetime | None, chance: random.Random) -> dt.datetime:
    by = chance.choice((dt.timedelta(microseconds=1), dt.timedelta(seconds=-1), dt.timedelta(days=30)))
    return (value or dt.datetime(2026, 1, 1, tzinfo=dt.UTC)) + by


def _json(value: Any, chance: random.Random) -> Jsonb:
    return Jsonb(_changed(value, chance))


def _changed(value: Any, chance: random.Random) -> Any:
    if isinstance(value, dict) and value:
        name = chance.choice(sorted(value))
        return {**value, name: _changed(value[name], chance)}
    if isinstance(value, list) and value:
        at = chance.randrange(len(value))
        return [*value[:at], _changed(value[at], chance), *value[at + 1 :]]
    if isinstance(value, bool) or value is None:
        return "x" if value is None else not value
    if isinstance(value, int | float):
        return value + 1
    return _text(value, chance) if isinstance(value, str) else {"x": 1}


MUTATIONS: dict[str, Callable[[Any, random.Random], Any]] = {
    "text": _text,
    "integer": lambda value, chance: (value or 0) + chance.choice((1, -1, 1000)),
    "bigint": lambda value, chance: (value or 0) + chance.choice((1, -1, 1000)),
    "numeric": lambda value, chance: (value or Decimal(0)) + chance.choice((Decimal("0.01"), Decimal("-0.01"), 1)),
    "boolean": lambda value, _chance: not value,
    "bytea": _bit,
    "uuid": lambda _value, _chance: uuid4(),
    "date": lambda value, _chance: (value or dt.date(2026, 1, 1)) + dt.timedelta(days=1),
    "timestamp with time zone": _instant,
    "jsonb": _json,
}
ACTS: dict[str, tuple[int, Callable[[Tamperer], str]]] = {
    "edit": (80, Tamperer.edit_value),
    "removal": (6, Tamperer.remove_row),
    "insertion": (5, Tamperer.insert_row),
    "forged event": (2, Tamperer.insert_event),
    "swap": (3, Tamperer.swap_rows),
    "swapped places": (2, Tamperer.swap_leaves),
    "row and event": (3, Tamperer.edit_row_and_event),
    "handed to another": (1, Tamperer.hand_to_another),
    "end cut off": (1, Tamperer.cut_the_end),
    "file": (3, Tamperer.spoil_file),
}
