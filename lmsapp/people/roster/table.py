"""A file as it came -> a header and rows of text, each with its line number. CSV in any usual dress, and XLSX.

Nothing here knows what a column means. Whatever is not a table is refused in words, before it is parsed at length.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.roster.workbook import Cell, sheet_rows

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
MOST_ROWS = 100_000
MOST_COLUMNS = 200
MOST_BYTES = 50 * 1024 * 1024
HEAD_BYTES = 4096
TOLD_EVERY = 1000  # rows between two words about progress
CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# The password of a workbook turns it into the container of old Excel files, with this name inside.
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
OTHER_KINDS = (
    (b"%PDF", N_("This is a PDF. Export the list from the HR system as CSV or XLSX.")),
    (b"\xd0\xcf\x11\xe0", N_("This is an old Excel file. Open it and save it as .xlsx or CSV.")),
    (b"\x1f\x8b", N_("This file is packed (gzip). Unpack it first.")),
    (b"\x89PNG", N_("This is a picture. Export the list from the HR system as CSV or XLSX.")),
    (b"\xff\xd8\xff", N_("This is a picture. Export the list from the HR system as CSV or XLSX.")),
)
OTHER_TEXTS = (
    (re.compile(r"<"), N_("This is a web page or XML, whatever its name says. Open it in Excel and save it as .xlsx.")),
    (re.compile(r"[\[{]\s*[\[{\"\]}]"), N_("This is JSON. Export the list from the HR system as CSV or XLSX.")),
    (
        re.compile(r"(Received|Return-Path|From|MIME-Version|Date|Subject|Delivered-To|X-[\w-]+): "),
        N_("This is an e-mail. Save the file that is attached to it and upload that."),
    ),
)

Tell = Callable[[int, int], None]


def say_nothing(_done: int, _total: int) -> None:
    """Nobody waits for news of the progress."""


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


def quick_look(head: bytes, size: int) -> None:
    """What the first 4096 bytes and the size tell. Raises RuleBroken (field 'file') for what is no roster."""
    if not size or (size <= len(head) and not head.strip(b"\x00 \t\r\n")):
        raise refuse(N_("This file is empty."))
    if size > MOST_BYTES:
        raise refuse(N_("This file is larger than %(n)s MB."), n=MOST_BYTES // 1024 // 1024)
    for magic, words in OTHER_KINDS:
        if head.startswith(magic):
            locked = N_("This workbook is protected by a password. Save it without one.")
            raise refuse(locked if ENCRYPTED in head else words)


def read_roster(data: bytes, tell: Tell = say_nothing) -> Table:
    """The table in the file. Raises RuleBroken (field 'file') saying why it cannot be read."""
    quick_look(data if data.startswith(b"\xd0\xcf") else data[:HEAD_BYTES], len(data))
    if data.startswith(b"PK\x03\x04"):
        return _table(sheet_rows(data), "Excel", tell)
    text, encoding = _decode(data)
    if not text.strip("\ufeff\0 \t\r\n"):
        raise refuse(N_("This file is empty."))
    begins = text[:HEAD_BYTES].lstrip("\ufeff \t\r\n")
    for pattern, words in OTHER_TEXTS:
        if pattern.match(begins):
            raise refuse(words)
    delimiter = _sniff(text)
    return _table(_csv_rows(text, delimiter), f"{encoding}, {DELIMITERS[delimiter]}", tell)


def refuse(message: str, n: int = 0, line: int = 0) -> RuleBroken:
    return RuleBroken(message, field="file", n=n, line=line)


def _table(rows: Iterable[tuple[int, list[Cell]]], shape: str, tell: Tell) -> Table:
    numbered = ((number, cells) for number, cells in rows if any(cells))
    _line, first = next(numbered, (0, []))
    header = tuple(str(cell) for cell in _without_tail(first))
    _check_header(header, first)
    lines, too_long = [], []
    for number, cells in numbered:
        if len(cells) > len(header) and len(_without_tail(cells)) > len(header):
            too_long.append(number)
        lines.append(Line(number, tuple(cells[: len(header)])))
        if len(lines) > MOST_ROWS:
            raise refuse(N_("This file has more than %(n)s rows."), n=MOST_ROWS)
        if len(lines) % TOLD_EVERY == 0:
            tell(len(lines), 0)
    if not lines:
        raise refuse(N_("This file names columns, but has no row of people."))
    return Table(header, tuple(lines), shape, tuple(too_long))


def _check_header(header: tuple[str, ...], cells: list[Cell]) -> None:
    if len(header) < 2:
        raise refuse(N_("No columns were found. The first line must name them, as in: Employee Number, Name, E-mail."))
    if len(header) > MOST_COLUMNS:
        raise refuse(N_("This file has more than %(n)s columns."), n=MOST_COLUMNS)
    if any("@" in str(cell) or not isinstance(cell, str) for cell in cells):
        raise refuse(N_("The first line is a person already. It must name the columns: Employee Number, Name, E-mail."))


def _decode(data: bytes) -> tuple[str, str]:
    """By its mark, else UTF-16 by its many zero bytes, else UTF-8, else the Windows code page of Western Europe."""
    guesses = [encoding for mark, encoding in BOMS if data.startswith(mark)]
    if not guesses and data[:400].count(0) * 3 > min(len(data), 400):
        guesses = ["utf-16-be" if data[:1] == b"\0" else "utf-16-le"]
    for encoding in guesses or ["utf-8", "cp1252"]:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as problem:
            if encoding.startswith("utf-8"):
                _refuse_mixed(data, problem)
            continue
        if found := CONTROL.search(text):
            raise _no_text(text, found.start())
        return text, encoding.removesuffix("-sig").removesuffix("-le").removesuffix("-be")
    raise refuse(N_("This is not a table of text. Choose a CSV or XLSX file from the HR system."))


def _refuse_mixed(data: bytes, problem: UnicodeDecodeError) -> None:
    """Raises RuleBroken when it is UTF-8 but for some lines: read as another code page, names would be spoiled."""
    lenient = data.decode("utf-8", "surrogateescape")
    if any("\x7f" < c < "\ud800" or c > "\udfff" for c in lenient):
        words = N_("Line %(line)s is written in another encoding than the rest. Export the whole file as UTF-8.")
        raise refuse(words, line=data.count(b"\n", 0, problem.start) + 1)


def _no_text(text: str, place: int) -> RuleBroken:
    """A file full of control characters is no text at all; a few are named by their line."""
    if len(CONTROL.findall(text[:20_000])) * 50 > len(text[:20_000]):
        return refuse(N_("This is not a table of text. Choose a CSV or XLSX file from the HR system."))
    words = N_("Line %(line)s holds a character that is no text (code %(n)s). Remove it, or export the file again.")
    return refuse(words, n=ord(text[place]), line=text.count("\n", 0, place) + 1)


def _sniff(text: str) -> str:
    """The delimiter by which most of the first lines fall into as many cells as the header, and into most cells."""

    def score(delimiter: str) -> tuple[bool, float, int]:
        widths = [len(cells) for cells in _head(text, delimiter)]
        if not widths:
            return False, 0.0, 0
        usual, times = Counter(widths).most_common(1)[0]
        return usual > 1 and widths[0] > 1, times / len(widths), usual

    return max(DELIMITERS, key=score)


def _head(text: str, delimiter: str) -> list[list[str]]:
    start = io.StringIO("".join(text[:60_000].splitlines(keepends=True)[:30]), newline="")
    try:
        return [row for row in csv.reader(start, delimiter=delimiter) if any(row)]
    except csv.Error:
        return []


def _csv_rows(text: str, delimiter: str) -> Iterator[tuple[int, list[Cell]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for cells in reader:
            yield begins, [" ".join(cell.split()) for cell in cells]
            begins = reader.line_num + 1
    except csv.Error as problem:
        words = N_("The file cannot be read beyond line %(line)s: a cell there is broken or too long.")
        if '"' in str(problem) or "unexpected end" in str(problem):
            words = N_("The quotation marks on line %(line)s do not match: one is missing, or one too many.")
        raise refuse(words, line=begins) from problem


def _without_tail(cells: list[Cell]) -> list[Cell]:
    """Without the empty cells many exports add on the right."""
    end = len(cells)
    while end and cells[end - 1] == "":
        end -= 1
    return cells[:end]
