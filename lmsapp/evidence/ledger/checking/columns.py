"""Columns as the text that stands in the ledger (`infra.canonical.plain`), made by PostgreSQL while it reads.

Ten times faster than in Python. What PostgreSQL cannot do (JSON, binary floats) has a second step. A test holds this
against `plain` for every type and for odd values.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

import sqlalchemy as sa

from lmsapp.infra.canonical import plain

UTC = "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
DUMP = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False).encode
Step = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """`sql`: an expression of text (or boolean) over the column; `step`: what is still to do to it."""

    name: str
    sql: str
    step: Step | None = None


def column_of(column: sa.ColumnElement[Any], alias: str = "r") -> Column:
    """Raises TypeError for a type that nobody has thought about."""
    named = str(column.key)
    name = f'{alias}."{named}"'
    for types, template, step in FORMS:
        if isinstance(column.type, types):
            return Column(named, template.format(name), step)
    raise TypeError(f"{column}: {column.type} has no form in the ledger")


class Columns:
    """Some columns of rows as they are read, the first of them at `start`."""

    def __init__(self, columns: Sequence[Column], start: int) -> None:
        self.columns, self.start, self.end = columns, start, start + len(columns)
        self.names = [column.name for column in columns]
        self.steps = [(place, column.step) for place, column in enumerate(columns) if column.step is not None]
        self.heads = [encode_basestring(name) + ":" for name in self.names]

    def values(self, row: Sequence[Any]) -> dict[str, Any]:
        """By name, as they stand in the ledger."""
        return dict(zip(self.names, self._list(row), strict=True))

    def json(self, row: Sequence[Any]) -> str:
        """The canonical JSON of `values`; the columns have to be in the order of their names."""
        written = [
            head + (encode_basestring(value) if value.__class__ is str else DUMP(value))
            for head, value in zip(self.heads, self._list(row), strict=True)
        ]
        return "{" + ",".join(written) + "}"

    def _list(self, row: Sequence[Any]) -> list[Any]:
        found = [
            value if value.__class__ is not str or value.isascii() else unicodedata.normalize("NFC", value)
            for value in row[self.start : self.end]
        ]
        for place, step in self.steps:
            if found[place] is not None:
                found[place] = step(row[self.start + place])
        return found


def instant_sql(expression: str) -> str:
    return UTC.format(expression)


@lru_cache(maxsize=4096)
def _json(text: str) -> Any:
    return plain(json.loads(text))


def _float(text: str) -> str:
    return repr(float(text))


def normal(value: Any) -> Any:
    """Text in NFC, as the ledger has it; the common case is spared this."""
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


Form = tuple[tuple[type[Any], ...], str, Step | None]
FORMS: tuple[Form, ...] = (
    ((sa.JSON, sa.ARRAY), "to_jsonb({})::text", _json),
    ((sa.Boolean,), "{}", None),
    ((sa.DateTime,), UTC, None),
    ((sa.Date,), "to_char({}, 'YYYY-MM-DD')", None),
    ((sa.Float,), "{}::text", _float),
    ((sa.Integer, sa.Uuid), "{}::text", None),
    ((sa.Numeric,), "trim_scale({})::text", None),
    ((sa.LargeBinary,), "encode({}, 'hex')", None),
    ((sa.String,), "{}", None),
)
