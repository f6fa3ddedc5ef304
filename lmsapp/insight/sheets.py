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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO, StringIO
from itertools import islice
from typing import IO, Any, Literal

import xlsxwriter
from sqlalchemy import ColumnElement, Select, case
from sqlalchemy.orm import InstrumentedAttribute

from lmsapp.infra.db import db

BOM = "\ufeff"
CHUNK = 1000

# Spreadsheets skip leading spaces and read full-width signs too, so both count.
SIGNS = "=+-@\t\uff1d\uff0b\uff0d\uff20"
_FORMULA = re.compile(rf"[ \u00a0]*[{re.escape(SIGNS)}\r\n]")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
BEFORE_A_BREAK = '" \u00a0'
BEFORE_A_CELL = ',\n" \u00a0'


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


def safe(piece: str) -> str:
    """A piece of CSV made of whole rows, each cell guarded."""
    if not _suspect(piece):
        return piece
    rows = csv.reader(StringIO(piece, newline=""))
    return lines(([guard(cell) for cell in row] for row in rows), quoting=csv.QUOTE_ALL)


def _suspect(piece: str) -> bool:
    """Whether a cell might begin a formula: a few substring searches in C spare most pieces a look at every cell.

    It says yes too often (a dash between spaces), never no where a cell begins a formula.
    """
    if piece.startswith(tuple(SIGNS)) or any(before + end in piece for end in "\r\n" for before in BEFORE_A_BREAK):
        return True
    return any(before + sign in piece for sign in SIGNS if sign in piece for before in BEFORE_A_CELL)


def lines(rows: Iterable[Sequence[object]], quoting: Literal[0, 1] = csv.QUOTE_MINIMAL) -> str:
    """Rows as CSV text. Quote all where a cell may hold a carriage return, which the writer would leave bare."""
    out = StringIO(newline="")
    csv.writer(out, lineterminator="\n", quoting=quoting).writerows(rows)
    return out.getvalue()


def as_csv(head: Sequence[str], statement: Select[*tuple[Any, ...]], *, first_line: str = "") -> Iterator[str]:
    """The sheet in pieces: the head, then about 1,000 rows at a time. The query begins with the second piece.

    `first_line`: what stands above the head, of which day the sheet is.
    """
    yield BOM + lines([*_above(first_line), head])
    connection = db.session.connection()
    compiled = statement.compile(dialect=connection.dialect, compile_kwargs={"render_postcompile": True})
    driver = connection.connection.driver_connection
    assert driver is not None
    with driver.cursor() as cursor, cursor.copy(f"COPY ({compiled}) TO STDOUT (FORMAT csv)", compiled.params) as copy:
        rows = iter(copy)
        while chunk := list(islice(rows, CHUNK)):
            yield safe(b"".join(chunk).decode())


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
    """A workbook. Text is written as text, so no cell is ever run; days are real days, measured figures numbers."""
    out = BytesIO()
    _write_book(out, head, rows)
    return out.getvalue()


def xlsx_file(
    head: Sequence[str], statement: Select[*tuple[Any, ...]], title: str = "", *, first_line: str = ""
) -> IO[bytes]:
    """The sheet as a workbook in a temporary file, at its beginning; `title` is what the workbook says of itself and
    `first_line` what stands above the head.

    Rows come through a cursor of the server and go to disk one by one, so that two hundred thousand need no more
    memory than two hundred.
    """
    out = tempfile.TemporaryFile()  # noqa: SIM115 - it is the answer, closed by whoever sends it
    with db.session.execute(statement, execution_options={"yield_per": CHUNK}) as rows:
        _write_book(out, head, rows, title, first_line)
    out.seek(0)
    return out


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
        for column, word in enumerate(head):
            sheet.write_string(top, column, word, bold)
        for number, row in enumerate(rows, top + 1):
            for column, value in enumerate(row):
                _write_cell(sheet, number, column, value, day)


def _write_cell(sheet: Any, number: int, column: int, value: Any, day: Any) -> None:
    if isinstance(value, dt.date):
        sheet.write_datetime(number, column, dt.datetime.combine(value, dt.time()), day)
    elif isinstance(value, float):
        sheet.write_number(number, column, value)
    elif value is not None and value != "":
        sheet.write_string(number, column, str(value))
