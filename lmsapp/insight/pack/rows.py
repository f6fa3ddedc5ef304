"""Rows as CSV, written in pieces: UTF-8 with BOM, every cell quoted and guarded against being run as a formula."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence

from lmsapp.infra.canonical import canonical, plain
from lmsapp.insight.sheets import BOM, guard

PIECE = 1 << 16


class Sheet:
    """Into `write`; `count` rows so far. Call `close` at the end."""

    def __init__(self, write: Callable[[bytes], object], heads: Sequence[str]) -> None:
        self.write, self.count = write, 0
        self.text = io.StringIO(newline="")
        self.csv = csv.writer(self.text, lineterminator="\n", quoting=csv.QUOTE_ALL)
        self.text.write(BOM)
        self.csv.writerow(heads)

    def add(self, row: Iterable[object]) -> None:
        """One row, of values as `cell` takes them."""
        self.csv.writerow([guard(cell(value)) for value in row])
        self.count += 1
        if self.text.tell() > PIECE:
            self.close()

    def close(self) -> None:
        """Write what is left."""
        self.write(self.text.getvalue().encode())
        self.text.seek(0)
        self.text.truncate()


def cell(value: object) -> str:
    """Text as it is, nothing for null, canonical JSON for lists and objects of facts; dates and numbers as text."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool | list | dict):
        return canonical(value).decode()
    return str(plain(value))


def loose(value: object) -> object:
    """JSON of the trail, whose names may be of any script: as text at once."""
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return value
