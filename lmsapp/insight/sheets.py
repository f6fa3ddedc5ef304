"""A statement as CSV that a spreadsheet opens safely (ASG-7, REP-1, ASVS 1.2.10).

PostgreSQL itself writes the CSV (COPY), so that ten thousand rows cost Python almost nothing and a long report is never
whole in memory (REP-5). UTF-8 with BOM, because spreadsheets guess otherwise. A cell that would begin a formula gets a
leading apostrophe.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
import tempfile
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from io import BytesIO, StringIO
from itertools import accumulate
from typing import IO, Any, Literal, TypeVar, cast

import psycopg
import xlsxwriter
from sqlalchemy import ColumnElement, Select, case
from sqlalchemy.orm import InstrumentedAttribute

from lmsapp.infra.copied import copied
from lmsapp.infra.db import db
from lmsapp.infra.words import N_, RuleBroken

BOM = "\ufeff"
CHUNK = 1000
MOST_XLSX = 1_048_576  # lines of a worksheet, the head among them
MEASURED, WIDEST = 500, 60  # rows that say how wide a column is, and the most it gets, in characters
TOO_LONG = N_("A worksheet holds at most %(most)s lines, and this has more. Take the CSV, or narrow the filters.")
Told = Callable[[int], object]
Row = TypeVar("Row")

# Spreadsheets skip leading spaces and read full-width signs too, so both count.
SIGNS = "=+-@\t\uff1d\uff0b\uff0d\uff20"
_FORMULA = re.compile(rf"[ \u00a0]*[{re.escape(SIGNS)}\r\n]")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_DAY = re.compile(r"(?:19|20)\d\d-\d\d-\d\d")
# What stands before a cell that may begin a formula, in rows as COPY writes them after a line break: a sign at its
# beginning, or a line break, which stands in quotes only. Negative numbers are none. Every cell that begins with a
# letter or a digit is out after one look at one byte.
_SPACES = rb"(?:[ ]|\xc2\xa0)*"
_BEFORE = re.compile(
    rb'[,\n](?=[ "=+\-@\t\xc2\xef])(?!-\d+(?:\.\d+)?[,\n])'
    rb'(?="?' + _SPACES + rb"(?:" + b"|".join(re.escape(sign.encode()) for sign in SIGNS) + rb")"
    rb'|"' + _SPACES + rb"[\r\n])"
)


def in_words(
    status: ColumnElement[str],
    course_id: ColumnElement[int] | InstrumentedAttribute[int],
    labels: Mapping[str, str],
    by_course: Mapping[int, Mapping[str, str]],
) -> ColumnElement[str]:
    """A status as the sheet says it (CRS-7): `labels` by status, `by_course` what a course calls otherwise.
    Without labels it stays as it is kept."""
    general = case(dict(labels), value=status, else_=status) if labels else status
    if not by_course:
        return general
    own = [
        (course_id == key, case({**labels, **words}, value=status, else_=status)) for key, words in by_course.items()
    ]
    return case(*own, else_=general)


def guard(cell: str) -> str:
    """The cell, with an apostrophe in front when a spreadsheet would run it. Numbers stay numbers."""
    return "'" + cell if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def safe(rows: Sequence[bytes | memoryview]) -> bytes:
    """Rows of CSV as COPY writes them, UTF-8, each cell guarded.

    Looking at each cell would take longer than everything else: one search in C over all rows finds the places where a
    cell may begin a formula (a dash between spaces is none), and only the rows of such places are taken apart.
    """
    piece = b"".join((b"\n", *rows))
    found = [match.start() for match in _BEFORE.finditer(piece)]
    if not found:
        return piece[1:]
    ends = list(accumulate(map(len, rows)))  # a row begins after the line break before it
    kept = [*rows]
    for place in {bisect_right(ends, start) for start in found}:
        kept[place] = _row(bytes(rows[place]))
    return b"".join(kept)


def _row(row: bytes) -> bytes:
    """One row, every cell looked at. Quoted throughout, or the writer would leave a carriage return bare."""
    read = csv.reader(StringIO(row.decode(), newline=""))
    return lines(([guard(cell) for cell in cells] for cells in read), quoting=csv.QUOTE_ALL).encode()


def lines(rows: Iterable[Sequence[object]], quoting: Literal[0, 1] = csv.QUOTE_MINIMAL) -> str:
    """Rows as CSV text. Quote all where a cell may hold a carriage return, which the writer would leave bare."""
    out = StringIO(newline="")
    csv.writer(out, lineterminator="\n", quoting=quoting).writerows(rows)
    return out.getvalue()


def as_csv(head: Sequence[str], statement: Select[*tuple[Any, ...]], *, first_line: str = "") -> Iterator[str]:
    """The sheet in pieces: the head, then about 1,000 rows at a time. The query begins with the second piece.

    `first_line`: what stands above the head, of which day the sheet is.
    """
    return (piece.decode() for piece in csv_pieces(head, statement, first_line=first_line))


def csv_pieces(
    head: Sequence[str], statement: Select[*tuple[Any, ...]], *, first_line: str = "", told: Told | None = None
) -> Iterator[bytes]:
    """The same in UTF-8, for a file. `told` hears how many rows there are so far."""
    yield (BOM + lines([*_above(first_line), head])).encode()
    connection = db.session.connection()
    compiled = statement.compile(dialect=connection.dialect, compile_kwargs={"render_postcompile": True})
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    count = 0
    for rows in copied(driver, f"COPY ({compiled}) TO STDOUT (FORMAT csv)", compiled.params, CHUNK):
        yield safe(rows)
        count += len(rows)
        if told:
            told(count)


def rows_as_csv(head: Sequence[str], rows: Iterable[Sequence[object]], *, first_line: str = "") -> str:
    """A short sheet whose rows are worked out in Python, each cell guarded."""
    whole = [*_above(first_line), head, *rows]
    return BOM + lines([guard(str("" if cell is None else cell)) for cell in row] for row in whole)


def _above(first_line: str) -> list[list[str]]:
    return [[first_line]] if first_line else []


def as_xlsx(head: Sequence[str], statement: Select[*tuple[Any, ...]]) -> bytes:
    """The sheet as a workbook."""
    return rows_as_xlsx(head, db.session.execute(statement))


def rows_as_xlsx(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A workbook. Text is written as text, so no cell is ever run; days are real days and figures numbers, which a
    spreadsheet adds up; numbers that name somebody come as text and stay so."""
    out = BytesIO()
    _write_book(out, head, rows)
    return out.getvalue()


def xlsx_file(
    head: Sequence[str],
    statement: Select[*tuple[Any, ...]],
    title: str = "",
    *,
    first_line: str = "",
    told: Told | None = None,
) -> IO[bytes]:
    """The sheet as a workbook in a temporary file, at its beginning; `title` is what the workbook says of itself and
    `first_line` what stands above the head.

    Rows come through a cursor of the server and go to disk one by one, so that two hundred thousand need no more
    memory than two hundred. `told` hears how many there are so far. Raises RuleBroken beyond what a worksheet holds.
    """
    out = tempfile.TemporaryFile()  # noqa: SIM115 - it is the answer, closed by whoever sends it
    try:
        with db.session.execute(statement, execution_options={"yield_per": CHUNK}) as rows:
            _write_book(out, head, counted(rows, told), title, first_line)
    except BaseException:
        out.close()
        raise
    out.seek(0)
    return out


def counted(rows: Iterable[Row], told: Told | None) -> Iterator[Row]:
    """The same rows; `told` hears of every thousandth and of the last."""
    count = 0
    for count, row in enumerate(rows, 1):
        yield row
        if told and not count % CHUNK:
            told(count)
    if told:
        told(count)


def pieces_of(source: IO[bytes]) -> Iterator[bytes]:
    """A file in pieces; closed at the end."""
    with source:
        while piece := source.read(1 << 16):
            yield piece


def _write_book(
    out: IO[bytes], head: Sequence[str], rows: Iterable[Sequence[Any]], title: str = "", first_line: str = ""
) -> None:
    with xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False}) as book:
        if title:
            book.set_properties({"title": title})
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        top = 1 if first_line else 0
        if first_line:
            sheet.write_string(0, 0, first_line, bold)
        sheet.freeze_panes(top + 1, 0)
        widths = [len(word) for word in head]
        for column, word in enumerate(head):
            sheet.write_string(top, column, word, bold)
        for number, row in enumerate(_measured(rows, widths), top + 1):
            if number >= MOST_XLSX:
                raise RuleBroken(TOO_LONG, most=MOST_XLSX)
            for column, value in enumerate(row):
                _write_cell(sheet, number, column, value, day)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, min(width, WIDEST) + 2)


def _measured(rows: Iterable[Sequence[Any]], widths: list[int]) -> Iterator[Sequence[Any]]:
    """The same rows; `widths`, in characters, grow with the first of them."""
    for count, row in enumerate(rows):
        if count < MEASURED:
            widths[:] = [max(width, len(str(value or ""))) for width, value in zip(widths, row, strict=True)]
        yield row


def _write_cell(sheet: Any, number: int, column: int, value: Any, day: Any) -> None:
    value = _day_of(value)
    if isinstance(value, dt.date):
        sheet.write_datetime(number, column, dt.datetime.combine(value, dt.time()), day)
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(number, column, value)
    elif value is not None and value != "":
        sheet.write_string(number, column, str(value))


def _day_of(value: Any) -> Any:
    """A day that comes as text, because a word may stand in its column, as a day: it looks the same and sorts."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        with suppress(ValueError):
            return dt.date.fromisoformat(value)
    return value
