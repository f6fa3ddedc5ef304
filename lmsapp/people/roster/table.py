"""A file as it came -> a header and rows of text, each with its line number. CSV in any usual dress, and XLSX.

Nothing here knows what a column means. Whatever is not a table is refused in words, before it is parsed at length.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from lmsapp.infra.words import N_, RuleBroken

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
MOST_ROWS = 100_000
MOST_COLUMNS = 200
MOST_BYTES = 50 * 1024 * 1024
UNPACKED_BYTES = 300 * 1024 * 1024
NOT_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
OTHER_KINDS = (
    (b"%PDF", N_("This is a PDF. Export the list from the HR system as CSV or XLSX.")),
    (b"\xd0\xcf\x11\xe0", N_("This is an old Excel file. Open it and save it as .xlsx or CSV.")),
    (b"\x1f\x8b", N_("This file is packed (gzip). Unpack it first.")),
)

Cell = str | dt.date


@dataclass(frozen=True, slots=True)
class Line:
    """`number` as an editor or Excel counts it, from 1; `cells` trimmed text or dates, one for each header at most."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """`shape` says how the file was read ('utf-8, semicolons'). `too_long` are lines with more cells than headers."""

    header: tuple[str, ...]
    lines: tuple[Line, ...]
    shape: str
    too_long: tuple[int, ...] = ()


def read_roster(data: bytes) -> Table:
    """The table in the file. Raises RuleBroken (field 'file') saying why it cannot be read."""
    if not data.strip(b"\x00 \t\r\n"):
        raise _refuse(N_("This file is empty."))
    if len(data) > MOST_BYTES:
        raise _refuse(N_("This file is larger than %(n)s MB."), n=MOST_BYTES // 1024 // 1024)
    for magic, words in OTHER_KINDS:
        if data.startswith(magic):
            raise _refuse(words)
    if data.startswith(b"PK\x03\x04"):
        return _table(_sheet_rows(data), "Excel")
    text, encoding = _decode(data)
    delimiter = _sniff(text)
    return _table(_csv_rows(text, delimiter), f"{encoding}, {DELIMITERS[delimiter]}")


def _table(rows: Iterable[tuple[int, list[Cell]]], shape: str) -> Table:
    numbered = ((number, cells) for number, cells in rows if any(cells))
    _line, first = next(numbered, (0, []))
    header = tuple(str(cell) for cell in _without_tail(first))
    if len(header) < 2:
        raise _refuse(N_("No columns were found. The first line must name them, as in: Employee Number, Name, E-mail."))
    if len(header) > MOST_COLUMNS:
        raise _refuse(N_("This file has more than %(n)s columns."), n=MOST_COLUMNS)
    lines, too_long = [], []
    for number, cells in numbered:
        if len(_without_tail(cells)) > len(header):
            too_long.append(number)
        lines.append(Line(number, tuple(cells[: len(header)])))
        if len(lines) > MOST_ROWS:
            raise _refuse(N_("This file has more than %(n)s rows."), n=MOST_ROWS)
    if not lines:
        raise _refuse(N_("This file names columns, but has no row of people."))
    return Table(header, tuple(lines), shape, tuple(too_long))


def _decode(data: bytes) -> tuple[str, str]:
    """By its mark, else UTF-16 by its many zero bytes, else UTF-8, else the Windows code page of Western Europe."""
    guesses = [encoding for mark, encoding in BOMS if data.startswith(mark)]
    if not guesses and data[:400].count(0) * 3 > min(len(data), 400):
        guesses = ["utf-16-be" if data[:1] == b"\0" else "utf-16-le"]
    for encoding in guesses or ["utf-8", "cp1252"]:
        try:
            text = data.decode(encoding)
        except UnicodeError:
            continue
        if NOT_TEXT.search(text):
            break
        return text, encoding.removesuffix("-sig").removesuffix("-le").removesuffix("-be")
    raise _refuse(N_("This is not a table of text. Choose a CSV or XLSX file from the HR system."))


def _sniff(text: str) -> str:
    """The delimiter by which most of the first lines fall into as many cells as the header, and into most cells."""

    def score(delimiter: str) -> tuple[bool, float, int]:
        widths = [len(cells) for _line, cells in _head(text, delimiter)]
        if not widths:
            return False, 0.0, 0
        usual, times = Counter(widths).most_common(1)[0]
        return usual > 1 and widths[0] > 1, times / len(widths), usual

    return max(DELIMITERS, key=score)


def _head(text: str, delimiter: str) -> list[tuple[int, list[Cell]]]:
    start = "".join(text[:60_000].splitlines(keepends=True)[:30])
    try:
        return [row for row in _csv_rows(start, delimiter) if any(row[1])]
    except RuleBroken:
        return []


def _csv_rows(text: str, delimiter: str) -> Iterator[tuple[int, list[Cell]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    begins = 1
    try:
        for cells in reader:
            yield begins, [" ".join(cell.split()) for cell in cells]
            begins = reader.line_num + 1
    except csv.Error as problem:
        raise _refuse(
            N_("The file cannot be read beyond line %(line)s: a cell there is broken or too long."), line=begins
        ) from problem


def _sheet_rows(data: bytes) -> Iterator[tuple[int, list[Cell]]]:
    """The first sheet with anything in it. Formulas count by the value Excel saved."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(part.file_size for part in packed.infolist()) > UNPACKED_BYTES or len(packed.namelist()) > 2000:
                raise _refuse(N_("This workbook is too large."))
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            empty = True
            for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
                cells = [_cell(value) for value in values]
                empty = empty and not any(cells)
                yield number, cells
            if not empty:
                return
    except (zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, ValueError, OSError, TypeError) as problem:
        raise _refuse(N_("This is not a workbook that can be read. Save it again as .xlsx, or as CSV.")) from problem


def _cell(value: Any) -> Cell:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # Excel keeps employee number 10017 as 10017.0
    return " ".join(str(value).split())


def _without_tail(cells: list[Cell]) -> list[Cell]:
    """Without the empty cells many exports add on the right."""
    end = len(cells)
    while end and cells[end - 1] == "":
        end -= 1
    return cells[:end]


def _refuse(message: str, n: int = 0, line: int = 0) -> RuleBroken:
    return RuleBroken(message, field="file", n=n, line=line)
