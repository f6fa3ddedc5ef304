"""Long tables, drawn row by row: memory does not grow with what is drawn, and 5,000 rows take seconds (EVD-7).

xhtml2pdf lays a table out as one piece (211 s of CPU for 5,000 rows, measured); here a row is broken into lines,
drawn, and forgotten. The look is that of the other documents.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from lmsapp.infra.later import Later
from lmsapp.infra.printing.columns import PAD, Columns, broken, fitted
from lmsapp.infra.printing.pages import FACTS, tagged
from lmsapp.infra.printing.scripts import font_of, runs, width
from lmsapp.infra.printing.tags import Element

canvases, colors = Later("reportlab.pdfgen.canvas"), Later("reportlab.lib.colors")
WIDE, HIGH = 841.89, 595.28  # A4 landscape, points
LEFT, RIGHT, TOP, BOTTOM = 36.0, 36.0, 40.0, 42.0
LEADING = 1.28  # times the size of the letters
SIGN_HIGH = 54.0  # room to write
NUMBER_WIDE = 120.0  # at the foot, for the number of the page
INK, QUIET, RULE, BAND = "#14211f", "#4b5a56", "#c9d3d1", "#e9f1f1"
TOTAL = "pages-in-all"


def table(
    title: str,
    intro: Sequence[str],
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    shares: Sequence[float],
    right: Sequence[int],
    of_pages: Sequence[str],
    sign: Sequence[str] = (),
    **facts: Any,
) -> bytes:
    """A4 landscape. `shares`: of the width, by column, as far as no word has to be broken for it; `right`: columns set
    flush right.

    `of_pages`: the words around the two numbers, ('page ', ' of ', ''). `sign`: below the last row a line to write on
    for each of these, its words beneath it.
    """
    FACTS.clear()
    FACTS.update({**facts, "title": title})
    made = io.BytesIO()
    canvas = tagged(canvases.Canvas)(made, pagesize=(WIDE, HIGH), pageCompression=1)
    drawing = Drawing(canvas, heads, fitted(WIDE - LEFT - RIGHT, shares, heads, rows), right, of_pages)
    drawing.begin(title, intro)
    for row in rows:
        drawing.row(row)
    if sign:
        drawing.to_sign(sign)
    drawing.end()
    canvas.save()
    return made.getvalue()


class Drawing:
    """The table on its way down the pages."""

    def __init__(
        self, canvas: Any, heads: Sequence[str], columns: Columns, right: Sequence[int], of_pages: Sequence[str]
    ):
        self.canvas, self.heads, self.of_pages = canvas, heads, of_pages
        self.right, self.size, self.widths = frozenset(right), columns.size, columns.widths
        self.y, self.number = HIGH - TOP, 0
        self.tags = canvas.tags
        self.element = Element("Table")

    def begin(self, title: str, intro: Sequence[str]) -> None:
        self._text("H1", title, 16, 22, INK, strong=True)
        for words in intro:
            self._text("P", words, 9, 12.5, QUIET)
        self.y -= 6
        self.element = self.tags.root.add("Table")
        self._head(first=True)

    def row(self, cells: Sequence[str]) -> None:
        lines = self._broken(cells)
        high = LEADING * self.size * max(map(len, lines)) + 2 * PAD
        if self.y - high < BOTTOM:
            self._turn()
        self._cells(lines, high, "TD")
        self.number += 1

    def to_sign(self, words: Sequence[str]) -> None:
        """Lines side by side, all on one page."""
        if self.y - SIGN_HIGH < BOTTOM:
            self._foot()
            self.canvas.showPage()
            self.y = HIGH - TOP
        room = (WIDE - LEFT - RIGHT) / len(words)
        self.y -= SIGN_HIGH
        self.canvas.setStrokeColor(colors.HexColor(QUIET))
        self.canvas.setLineWidth(0.6)
        for number, one in enumerate(words):
            x = LEFT + number * room
            self.canvas.line(x, self.y + 12, x + room - 24, self.y + 12)
            with self.tags.marked(self.canvas._code, "P"):  # noqa: SLF001
                self.canvas.setFillColor(colors.HexColor(QUIET))
                _write(self.canvas, x, self.y, one, 8.5)

    def end(self) -> None:
        self._foot()
        canvas = self.canvas
        canvas.showPage()
        canvas.beginForm(TOTAL)
        canvas.setFillColor(colors.HexColor(QUIET))
        _write(canvas, 0, 0, f"{canvas.getPageNumber() - 1}{self.of_pages[2]}", 8)
        canvas.endForm()

    def _turn(self) -> None:
        self._foot()
        self.canvas.showPage()
        self.y = HIGH - TOP
        with self.tags.nothing():
            self._head(first=False)

    def _head(self, *, first: bool) -> None:
        lines = self._broken(self.heads, strong=True)
        high = LEADING * self.size * max(map(len, lines)) + 2 * PAD
        self.canvas.setFillColor(colors.HexColor(BAND))
        self.canvas.rect(LEFT, self.y - high, sum(self.widths), high, stroke=0, fill=1)
        self._cells(lines, high, "TH" if first else "", strong=True)

    def _broken(self, cells: Sequence[str], *, strong: bool = False) -> list[list[str]]:
        rooms = zip(cells, self.widths, strict=True)
        return [broken(cell, room - 2 * PAD, self.size, strong) for cell, room in rooms]

    def _cells(self, lines: Sequence[Sequence[str]], high: float, kind: str, *, strong: bool = False) -> None:
        canvas, row = self.canvas, self.element.add("TR") if kind else None
        canvas.setFillColor(colors.HexColor(INK))
        x, top = LEFT, self.y - PAD - self.size
        for column, (words, room) in enumerate(zip(lines, self.widths, strict=True)):
            if row is None:
                self._cell(x, top, words, room, column, strong=strong)
            else:
                cell = row.add(kind)
                with self.tags.piece(canvas._code, cell):  # noqa: SLF001
                    self._cell(x, top, words, room, column, strong=strong)
            x += room
        self.y -= high
        canvas.setStrokeColor(colors.HexColor(RULE))
        canvas.setLineWidth(0.4)
        canvas.line(LEFT, self.y, x, self.y)

    def _cell(self, x: float, top: float, words: Sequence[str], room: float, column: int, *, strong: bool) -> None:
        for number, line in enumerate(words):
            at = x + room - PAD - width(line, self.size, strong) if column in self.right else x + PAD
            _write(self.canvas, at, top - number * LEADING * self.size, line, self.size, strong=strong)

    def _text(self, kind: str, words: str, size: float, leading: float, ink: str, *, strong: bool = False) -> None:
        """One element, on as many lines as it needs."""
        with self.tags.marked(self.canvas._code, kind):  # noqa: SLF001
            self.canvas.setFillColor(colors.HexColor(ink))
            for line in broken(words, WIDE - LEFT - RIGHT, size, strong):
                self.y -= leading
                _write(self.canvas, LEFT, self.y, line, size, strong=strong)

    def _foot(self) -> None:
        """Of no meaning to who listens: the number of the page, and how many there are in all once that is known."""
        canvas = self.canvas
        canvas.setFillColor(colors.HexColor(QUIET))
        told, *rest = broken(f"{FACTS['author']} · {FACTS['title']}", WIDE - LEFT - RIGHT - NUMBER_WIDE, 8)
        _write(canvas, LEFT, BOTTOM - 20, told + ("…" if rest else ""), 8)
        words = f"{self.of_pages[0]}{canvas.getPageNumber()}{self.of_pages[1]}"
        at = WIDE - RIGHT - 22
        _write(canvas, at - width(words, 8), BOTTOM - 20, words, 8)
        canvas.saveState()
        canvas.translate(at, BOTTOM - 20)
        canvas.doForm(TOTAL)
        canvas.restoreState()


def _write(canvas: Any, x: float, y: float, text: str, size: float, *, strong: bool = False) -> None:
    pieces = runs(text, strong)
    if not pieces:
        return
    line = canvas.beginText(x, y)
    for name, piece in pieces:
        line.setFont(name, size)
        line.textOut(piece)
    canvas.drawText(line)


def missing(rows: Sequence[Sequence[str]]) -> set[str]:
    """Characters no font has."""
    return {character for row in rows for cell in row for character in cell if font_of(character) is None}
