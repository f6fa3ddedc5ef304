"""JSON in one form only (RFC 8785), so that the same facts give the same bytes everywhere.

Only null, true, false, text, lists and objects with ASCII names are let in: numbers go as text, since other readers
round them. For such values the standard library writes what RFC 8785 asks for, several times faster than a library that
knows numbers; a test holds the two against each other. Text is normalised (NFC) first, which RFC 8785 leaves alone.
"""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID


def canonical(value: object) -> bytes:
    """The bytes of `plain(value)`. Raises TypeError for what has no such form."""
    return _dump(plain(value))


def plain(value: Any) -> Any:
    """With numbers, dates and instants as text (ISO 8601; instants in UTC to the microsecond, with Z), text in NFC."""
    kind = type(value)
    if kind is str and value.isascii():
        return value
    if kind is dict:
        return {_name(name): plain(one) for name, one in value.items()}
    if (form := FORMS.get(kind)) is not None:
        return form(value)
    if isinstance(value, Mapping):
        return {_name(name): plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    for like, form in FORMS.items():
        if isinstance(value, like):
            return form(value)
    raise TypeError(f"{kind.__name__} has no canonical form")


def instant(at: dt.datetime) -> str:
    """In UTC, always to the microsecond: 2026-11-29T06:53:00.000000Z. Raises TypeError without a zone."""
    if at.tzinfo is None:
        raise TypeError("an instant needs its zone")
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _normal(value: str) -> str:
    return value if value.isascii() else unicodedata.normalize("NFC", value)


def _decimal(value: Decimal) -> str:
    return format(value.normalize(), "f") if value else "0"


def _same(value: Any) -> Any:
    return value


# By their own type: asking of each value what it might be took longer than writing it. What derives from one of these
# takes the first that fits, so what is more special stands before what it derives from.
FORMS: dict[type, Callable[[Any], Any]] = {
    str: _normal,
    type(None): _same,
    bool: _same,
    int: str,
    dt.datetime: instant,
    dt.date: dt.date.isoformat,
    Decimal: _decimal,
    UUID: str,
    bytes: bytes.hex,
    float: repr,
}


def _name(name: object) -> str:
    if not isinstance(name, str) or not name.isascii():
        raise TypeError("names of canonical JSON are ASCII")  # else RFC 8785 sorts them by UTF-16
    return name


def _dump(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
