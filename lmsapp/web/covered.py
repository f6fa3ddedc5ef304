"""The courses that the certificate of a path covers, for every wing that shows them (CRT-5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any


def covered(courses: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """As a certificate keeps them, or the lines of a transcript: the title, and days as days."""
    return [
        {"title": one["title"], "completed_on": _day(one["completed_on"]), "valid_until": _day(one["valid_until"])}
        for one in courses
    ]


def _day(kept: str | None) -> dt.date | None:
    return dt.date.fromisoformat(kept) if kept else None
