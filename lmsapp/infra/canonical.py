"""JSON in one form only (RFC 8785), so that the same facts give the same bytes everywhere.

Only null, true, false, text, lists and objects with ASCII names are let in: numbers go as text, since other readers
round them. For such values the standard library writes what RFC 8785 asks for, several times faster than a library that
knows numbers; a test holds the two against each other. Text is normalised (NFC) first, which RFC 8785 leaves alone.
"""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID


def canonical(value: object) -> bytes:
    """The bytes of `plain(value)`. Raises TypeError for what has no such form."""
    return _dump(plain(value))


def plain(value: Any) -> Any:
    """With numbers, dates and instants as text (ISO 8601; instants in UTC to the microsecond, with Z), text in NFC."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return value if value.isascii() else unicodedata.normalize("NFC", value)
    if isinstance(value, Mapping):
        return {_name(name): plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return _text(value)


def instant(at: dt.datetime) -> str:
    """In UTC, always to the microsecond: 2026-11-29T06:53:00.000000Z. Raises TypeError without a zone."""
    if at.tzinfo is None:
        raise TypeError("an instant needs its zone")
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _text(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return instant(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f") if value else "0"
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, int | UUID):
        return str(value)
    if isinstance(value, float):
        return repr(value)
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _name(name: object) -> str:
    if not isinstance(name, str) or not name.isascii():
        raise TypeError("names of canonical JSON are ASCII")  # else RFC 8785 sorts them by UTF-16
    return name


def _dump(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
