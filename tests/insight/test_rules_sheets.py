"""A sheet never runs what somebody typed (ASG-7, REP-1, ASVS 1.2.10)."""

from __future__ import annotations

import csv
import datetime as dt
import re
from decimal import Decimal
from io import BytesIO, StringIO

from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import load_workbook

from lmsapp.insight.sheets import guard, rows_as_xlsx, safe

CELLS = st.text(st.sampled_from("=+-@\t\r\n \u00a0\uff1d\uff0b\uff0d\uff20\",'abc019.;|"), max_size=8) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12
)
ROWS = st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=6)
DANGEROUS = re.compile("[ \u00a0]*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
NUMBER = re.compile(r"-?\d+(\.\d+)?")


def cells(piece: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(piece.decode(), newline="")))


def as_postgres_writes(rows: list[list[str]]) -> list[bytes]:
    """COPY … CSV quotes a cell with a comma, a quote or a line break, and an empty string."""
    quoted = [['"' + c.replace('"', '""') + '"' if not c or set(c) & set(',"\n\r') else c for c in row] for row in rows]
    return [(",".join(row) + "\n").encode() for row in quoted]


@given(ROWS)
@example([["=cmd|' /C calc'!A0", "-2", "ok"]])
@example([["ok", "ok", '"=1"']])
@example([["a,=1", "Tower B, Chicago", "\r=1"]])
@example([["", "", "  @SUM(A1)"]])
@example([["", " \r", "0"]])
@example([["-5", "-5", "- 5"], ["-5", "x - y", "-5+1"]])
@example([["a", "b", "c,"], ["=1", "b", "c,"], ["-1", "\n", ","], ["@", "", ""]])
@example([["x - y", "\uff1d1", "\u00a0 -2"]])
def test_no_cell_begins_a_formula(rows: list[list[str]]) -> None:
    """ASG-7: whatever is typed, no cell of the finished sheet begins a formula, and nothing else changes."""
    out = cells(safe(as_postgres_writes(rows)))
    assert len(out) == len(rows)
    for given_row, row in zip(rows, out, strict=True):
        for before, after in zip(given_row, row, strict=True):
            assert not DANGEROUS.match(after) or NUMBER.fullmatch(after)
            assert after in (before, "'" + before)


def test_numbers_and_ordinary_words_stay() -> None:
    """ASG-7: a negative figure is no formula; a name with a comma or a dash inside is left alone."""
    assert [guard(cell) for cell in ("-5", "-5.25", "12", "O'Hara", "Smith - Jones", "")] == [
        "-5", "-5.25", "12", "O'Hara", "Smith - Jones", ""
    ]  # fmt: skip
    plain = [b"-5,Smith - Jones,-5.25\n", b'2026-01-01,"a, b",\n']
    assert safe(plain) == b"".join(plain), "passed on as it is"
    assert guard("-5+cmd") == "'-5+cmd"
    assert guard("+44 20") == "'+44 20"


def test_figures_are_numbers_in_a_workbook() -> None:
    """REP-1: what counts or measures adds up and sorts, a day is a day though words may stand in its column; what names
    somebody or something stays as it is written."""
    row = (7, Decimal("92.50"), 2.5, dt.date(2026, 3, 31), "2026-03-31", "0042", "2026-13-31", "=1+1", "not evaluated")
    sheet = load_workbook(BytesIO(rows_as_xlsx([str(n) for n, _value in enumerate(row)], [row]))).active
    assert sheet is not None
    found = [cell.value for cell in sheet[2]]
    assert found[:3] == [7, 92.5, 2.5]
    assert found[3] == found[4] == dt.datetime(2026, 3, 31)  # noqa: DTZ001 - a worksheet knows no zones
    assert found[5:] == ["0042", "2026-13-31", "=1+1", "not evaluated"]
    assert [cell.data_type for cell in sheet[2]] == list("nnnddssss")
