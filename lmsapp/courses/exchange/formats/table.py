"""Tables (CSV, XLSX) -> drafts. `docs/formats.md` describes our own; the headings of many others are understood."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from lmsapp.courses.exchange.formats.answers import number
from lmsapp.courses.exchange.formats.draft import Found, Note, Place, QuestionDraft, draft_of
from lmsapp.courses.exchange.formats.plain import from_either
from lmsapp.courses.exchange.formats.table_answers import Row, shape_of
from lmsapp.courses.exchange.formats.table_words import OPTION, column_of
from lmsapp.infra.words import N_, RuleBroken

DELIMITERS = ",;\t|"
MOST_COLUMNS = 120
LONGEST_CELL = 131_072
SIGNS = "=+-@\t\uff1d\uff0b\uff0d\uff20'"
"""A cell that begins with one of these is written with an apostrophe in front, which reading takes away again."""

NO_COLUMNS = N_("No column for the question was found. The first line must name the columns: type, question, correct …")
NO_ROWS = N_("The file names columns, but has no question below them.")
UNREAD = N_("Columns that were not read: %(names)s.")
NO_PROMPT = N_("The question is empty.")
BROKEN = N_("The file cannot be read beyond line %(line)s: the quotation marks there do not match.")
POINTS = Note(N_("The points could not be read; the question is worth one point."))


@dataclass(frozen=True, slots=True)
class _Heads:
    named: Mapping[int, str]  # column by its place
    unread: tuple[str, ...]


def read_csv(text: str) -> Found:
    """A table of text. Raises RuleBroken (field 'file') where its first line names no question."""
    text = text.removeprefix("\ufeff")
    first, _end, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        return _read(_rows(rest, first.strip()[4], 2))
    return _read(_rows(text, _delimiter(text), 1))


def read_sheet(rows: Iterable[tuple[int, list[str | dt.date]]]) -> Found:
    """The rows of a workbook."""
    return _read((line, [str(cell) for cell in cells]) for line, cells in rows)


def _read(rows: Iterator[tuple[int, list[str]]]) -> Found:
    found = Found("csv")
    filled = ((line, cells) for line, cells in rows if any(cell.strip() for cell in cells))
    try:
        heads = _heads(next(filled, (0, []))[1])
        if heads.unread:
            found.note(UNREAD, names=", ".join(heads.unread))
        for line, cells in filled:
            _take(found, heads, line, cells)
    except _BrokenError as broken:
        found.refuse(Place(broken.line), RuleBroken(BROKEN, line=broken.line))
    if not found.drafts and not found.problems:
        raise RuleBroken(NO_ROWS, field="file")
    return found


class _BrokenError(Exception):
    def __init__(self, line: int):
        self.line = line


def _heads(cells: list[str]) -> _Heads:
    """The first column of a name counts; more of the same are not read."""
    named: dict[int, str] = {}
    unread = []
    for at, cell in enumerate(cells[:MOST_COLUMNS]):
        column = column_of(cell)
        if column and column not in named.values():
            named[at] = column
        elif cell.strip():
            unread.append(cell.strip()[:40])
    if "question" not in named.values():
        raise RuleBroken(NO_COLUMNS, field="file")
    return _Heads(named, tuple(unread[:20]))


def _take(found: Found, heads: _Heads, line: int, cells: list[str]) -> None:
    values = {column: _opened(cells[at]) for at, column in heads.named.items() if at < len(cells)}
    try:
        found.take(_draft(values, line))
    except RuleBroken as broken:
        if broken.field == "file":
            raise
        found.refuse(Place(line), broken, values.get("question", ""))


def _draft(values: Mapping[str, str], line: int) -> QuestionDraft:
    prompt, lost = from_either(values.get("question", ""))
    if not prompt:
        raise RuleBroken(NO_PROMPT)
    points, unsure = _points(values.get("points", ""))
    return draft_of(
        shape_of(Row(values)),
        prompt,
        explanation=values.get("explanation", ""),
        notes=(*lost, *unsure),
        points=points,
        tags=tags_of(values.get("tags", "")),
        category=values.get("category", "").strip(),
        place=Place(line),
    )


def tags_of(cell: str) -> tuple[str, ...]:
    """Parted by comma, semicolon or line."""
    words = cell.replace(";", ",").replace("\n", ",").split(",")
    return tuple(dict.fromkeys(" ".join(word.split()) for word in words if word.strip()))


def _points(cell: str) -> tuple[Decimal, list[Note]]:
    try:
        points = Decimal(number(cell)) if cell.strip() else Decimal(1)
    except RuleBroken:
        return Decimal(1), [POINTS]
    return (points, []) if points > 0 else (Decimal(1), [POINTS])


def _opened(cell: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from running it."""
    return cell[1:].strip() if cell[:1] == "'" and cell[1:2] and cell[1] in SIGNS else cell.strip()


def _delimiter(text: str) -> str:
    """The one by which most of the first rows fall into as many cells as the first, and into most cells."""
    head = "".join(text[:60_000].splitlines(keepends=True)[:30])

    def score(delimiter: str) -> tuple[bool, int, float]:
        try:
            widths = [len(row) for row in csv.reader(io.StringIO(head, newline=""), delimiter=delimiter) if any(row)]
        except csv.Error:
            widths = []
        if not widths:
            return False, 0, 0.0
        usual, times = Counter(widths).most_common(1)[0]
        return widths[0] > 1, _known(head, delimiter), usual * times / len(widths)

    return max(DELIMITERS, key=score)


def _known(head: str, delimiter: str) -> int:
    first = next(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter), [])
    return sum(1 for cell in first if column_of(cell))


def _rows(text: str, delimiter: str, begins: int) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line it begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = begins
    try:
        for cells in reader:
            yield line, cells
            line = begins + reader.line_num
    except csv.Error:
        raise _BrokenError(line) from None


__all__ = ["LONGEST_CELL", "OPTION", "SIGNS", "read_csv", "read_sheet", "tags_of"]
