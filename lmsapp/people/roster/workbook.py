"""The rows of an XLSX workbook, read so that no workbook can fill the memory or take minutes (SEC-6).

Before anything is parsed, the parts are looked through as bytes: how much they unpack to, and whether one defines
entities, which no spreadsheet program writes and bombs are made of.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from lmsapp.infra.words import N_, RuleBroken
from lmsapp.infra.zips import open_zip

MOST_PARTS = 2000
UNPACKED_BYTES = 300 * 1024 * 1024
STRINGS_BYTES = 64 * 1024 * 1024  # of the shared texts, which are held in memory at once
BOMB_BYTES, BOMB_RATIO = 20 * 1024 * 1024, 150  # what repeats itself more than any list of people
MOST_EMPTY = 20_000  # rows in succession
WIDEST = 1000  # cells
CHUNK = 1 << 20
UNREADABLE = (zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, ValueError, OSError, TypeError,
              NotImplementedError, IndexError, AttributeError, RuntimeError, OverflowError, EOFError)  # fmt: skip

Cell = str | dt.date


def sheet_rows(data: bytes) -> Iterator[tuple[int, list[Cell]]]:
    """The first visible sheet with anything in it. Formulas count by the value Excel saved.

    Raises RuleBroken (field 'file').
    """
    try:
        _check_parts(data)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                continue
            sheet.reset_dimensions()
            empty = True
            for number, cells in _rows_of(sheet):
                empty = empty and not any(cells)
                yield number, cells
            if not empty:
                return
    except UNREADABLE as problem:
        raise _refuse(N_("This is not a workbook that can be read. Save it again as .xlsx, or as CSV.")) from problem


def _rows_of(sheet: Any) -> Iterator[tuple[int, list[Cell]]]:
    blank = 0
    for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        if len(values) > WIDEST:
            raise _refuse(N_("This file has more than %(n)s columns."), n=WIDEST)
        cells = [_cell(value) for value in values]
        blank = 0 if any(cells) else blank + 1
        if blank > MOST_EMPTY:
            words = N_("More than %(n)s empty rows follow line %(line)s. Delete the rows below the list, then save it.")
            raise _refuse(words, n=MOST_EMPTY, line=number - blank)
        yield number, cells


def _check_parts(data: bytes) -> None:
    with open_zip(io.BytesIO(data), most=MOST_PARTS) as packed:
        parts = packed.infolist()
        names = {part.filename for part in parts}
        if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
            raise _refuse(N_("This is a packed folder, not a workbook. Unpack it and upload the list inside."))
        if sum(part.file_size for part in parts) > UNPACKED_BYTES or len(parts) > MOST_PARTS:
            raise _refuse(N_("This workbook is too large."))
        for part in parts:
            if part.filename.endswith("sharedStrings.xml") and part.file_size > STRINGS_BYTES:
                raise _refuse(N_("This workbook is too large."))
            if part.file_size > BOMB_BYTES and part.file_size > part.compress_size * BOMB_RATIO:
                raise _refuse(N_("This workbook unpacks to far more than a list of people. Save it as CSV."))
            if part.filename.endswith((".xml", ".rels")):
                _refuse_entities(packed, part)


def _refuse_entities(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    with packed.open(part) as stream:
        before = b""
        while chunk := stream.read(CHUNK):
            # UTF-16 and UTF-32 have zero bytes between the letters: nobody writes a workbook so, and it would hide them
            looked = before + chunk
            if b"<!DOCTYPE" in looked or b"<!ENTITY" in looked or b"\0" in chunk:
                raise _refuse(N_("This workbook holds definitions no spreadsheet program writes. Save it again."))
            before = looked[-16:]


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


def _refuse(message: str, n: int = 0, line: int = 0) -> RuleBroken:
    return RuleBroken(message, field="file", n=n, line=line)
