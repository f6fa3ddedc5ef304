"""Sets the PDF lessons of the demo courses from their `*.src.yaml` sources. Development only: results are committed.

Deterministic: the same source gives the same bytes (`invariant`), so a rebuild without a change leaves no difference.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from reportlab.lib.colors import HexColor, white
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import inch
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

PETROL, MARIGOLD, INK, CANVAS, LINE, SOFT = (
    HexColor(code) for code in ("#0e5a66", "#f2b234", "#14211f", "#f3f5f4", "#c9d3d1", "#4a5b58")
)
MARGIN = 0.8 * inch
WIDTH = letter[0] - 2 * MARGIN
BAND = 1.15 * inch


def style(name: str, size: float, leading: float, **more: Any) -> ParagraphStyle:
    base: dict[str, Any] = {"fontName": "Helvetica", "textColor": INK, "alignment": TA_LEFT}
    return ParagraphStyle(name, fontSize=size, leading=leading, **(base | more))


BODY = style("body", 10.8, 15.2, spaceAfter=6)
CELL = style("cell", 10, 13.2)
ITEM = style("item", 10, 13.2, leftIndent=11, spaceAfter=3)
HEAD = style("head", 10, 13.2, fontName="Helvetica-Bold", textColor=white)
H = style("h", 14, 18, fontName="Helvetica-Bold", textColor=PETROL, spaceBefore=11, spaceAfter=5)
CALL = style("call", 11, 15.4, fontName="Helvetica-Bold")
NOTE = style("note", 8.6, 11.6, textColor=SOFT, spaceBefore=3, spaceAfter=4)


class Heading(Paragraph):
    """A heading that also appears in the outline of the PDF."""

    def draw(self) -> None:
        text = self.getPlainText()
        self.canv.bookmarkPage(text)
        self.canv.addOutlineEntry(text, text, level=0)
        super().draw()


class Box(Flowable):
    """An empty square to tick, or a filled disc with the number of a step."""

    def __init__(self, number: int | None = None) -> None:
        super().__init__()
        self.number, self.width, self.height = number, 13, 13

    def draw(self) -> None:
        if self.number is None:
            self.canv.setStrokeColor(PETROL)
            self.canv.setLineWidth(1.1)
            self.canv.roundRect(0.5, 1, 10, 10, 2)
            return
        self.canv.setFillColor(PETROL)
        self.canv.circle(6.5, 6.6, 7, stroke=0, fill=1)
        self.canv.setFillColor(white)
        self.canv.setFont("Helvetica-Bold", 8.6)
        self.canv.drawCentredString(6.5, 3.5, str(self.number))


def marked(items: list[str], mark: Callable[[int], Flowable | str]) -> list[Flowable]:
    """A list whose marks hang in a column of their own, so that wrapped lines align."""
    rows = [[mark(index), Paragraph(item, BODY)] for index, item in enumerate(items, start=1)]
    table = Table(rows, colWidths=[20, WIDTH - 20], hAlign="LEFT")
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 0),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
            ]
        )
    )
    return [table, Spacer(1, 1)]


def grid(head: list[str], rows: list[list[str]], widths: list[int] | None = None) -> list[Flowable]:
    """A table with a petrol head and hairlines; `widths` are shares of the line in percent."""
    shares = widths or [100 // len(head)] * len(head)
    cells = [[Paragraph(text, HEAD) for text in head]]
    cells += [[Paragraph(str(text), CELL) for text in row] for row in rows]
    table = Table(cells, colWidths=[WIDTH * share / sum(shares) for share in shares], repeatRows=1, hAlign="LEFT")
    table.setStyle(
        TableStyle(
            [
                ("BACKGROUND", (0, 0), (-1, 0), PETROL),
                ("ROWBACKGROUNDS", (0, 1), (-1, -1), [white, CANVAS]),
                ("LINEBELOW", (0, 1), (-1, -1), 0.5, LINE),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 7),
                ("RIGHTPADDING", (0, 0), (-1, -1), 7),
                ("TOPPADDING", (0, 0), (-1, -1), 4.5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
            ]
        )
    )
    return [table, Spacer(1, 4)]


def callout(text: str) -> list[Flowable]:
    table = Table([[Paragraph(text, CALL)]], colWidths=[WIDTH], hAlign="LEFT")
    table.setStyle(
        TableStyle(
            [
                ("BACKGROUND", (0, 0), (-1, -1), CANVAS),
                ("LINEBEFORE", (0, 0), (0, -1), 4, MARIGOLD),
                ("LEFTPADDING", (0, 0), (-1, -1), 14),
                ("RIGHTPADDING", (0, 0), (-1, -1), 12),
                ("TOPPADDING", (0, 0), (-1, -1), 9),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 11),
            ]
        )
    )
    return [table, Spacer(1, 4)]


def columns(lists: list[list[str]]) -> list[Flowable]:
    cells = [[Paragraph(item, ITEM, bulletText="\u2022") for item in items] for items in lists]
    table = Table([cells], colWidths=[WIDTH / len(cells)] * len(cells), hAlign="LEFT")
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]))
    return [table]


def blanks(labels: list[str]) -> list[Flowable]:
    """Lines to write on, label at the left."""
    rows = [[Paragraph(label, CELL), ""] for label in labels]
    table = Table(rows, colWidths=[WIDTH * 0.42, WIDTH * 0.58], rowHeights=21, hAlign="LEFT")
    table.setStyle(
        TableStyle(
            [
                ("LINEBELOW", (1, 0), (1, -1), 0.7, SOFT),
                ("VALIGN", (0, 0), (-1, -1), "BOTTOM"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ]
        )
    )
    return [table, Spacer(1, 6)]


BLOCKS: dict[str, Callable[[Any], list[Flowable]]] = {
    "h": lambda text: [Heading(text, H)],
    "p": lambda text: [Paragraph(text, BODY)],
    "note": lambda text: [Paragraph(text, NOTE)],
    "call": callout,
    "bullets": lambda items: marked(items, lambda _index: "\u2022"),
    "check": lambda items: marked(items, lambda _index: Box()),
    "steps": lambda items: marked(items, Box),
    "table": lambda spec: grid(**spec),
    "columns": columns,
    "fill": blanks,
}


def flow(blocks: list[dict[str, Any]]) -> list[Flowable]:
    """Flowables in order; whatever stands under one heading stays on one page where it fits."""
    sections: list[list[Flowable]] = [[]]
    for block in blocks:
        ((kind, value),) = block.items()
        if kind == "h":
            sections.append([])
        sections[-1] += BLOCKS[kind](value)
    return [KeepTogether(section) for section in sections if section]


def decorate(source: dict[str, Any]) -> Callable[[Canvas, BaseDocTemplate], None]:
    def page(canvas: Canvas, _doc: BaseDocTemplate) -> None:
        wide, high = letter
        number = canvas.getPageNumber()
        if number == 1:
            canvas.setFillColor(PETROL)
            canvas.rect(0, high - BAND, wide, BAND, stroke=0, fill=1)
            canvas.setFillColor(MARIGOLD)
            canvas.rect(0, high - BAND - 4, wide, 4, stroke=0, fill=1)
            canvas.setFillColor(white)
            canvas.setFont("Helvetica-Bold", 24)
            canvas.drawString(MARGIN, high - 0.62 * inch, source["title"])
            canvas.setFont("Helvetica", 11)
            canvas.drawString(MARGIN, high - 0.9 * inch, source["subtitle"])
        canvas.setStrokeColor(LINE)
        canvas.line(MARGIN, 0.62 * inch, wide - MARGIN, 0.62 * inch)
        canvas.setFillColor(SOFT)
        canvas.setFont("Helvetica", 8.4)
        canvas.drawString(MARGIN, 0.45 * inch, source["title"])
        canvas.drawRightString(wide - MARGIN, 0.45 * inch, f"Page {number}")

    return page


def build_pdf(source_path: Path, target: Path) -> None:
    """Writes the PDF of one source; letter size, tagged with title and language."""
    text = source_path.read_text(encoding="utf-8").replace("\u202f", "\u00a0")
    source = yaml.safe_load(text)
    doc = BaseDocTemplate(
        str(target),
        pagesize=letter,
        title=source["title"],
        subject=source["subtitle"],
        author="Training",
        lang="en-US",
        invariant=1,
        initialFontName="Helvetica",
    )
    high = letter[1]
    bottom = 0.72 * inch
    first = Frame(MARGIN, bottom, WIDTH, high - BAND - bottom - 0.2 * inch, 0, 0, 0, 0)
    later = Frame(MARGIN, bottom, WIDTH, high - bottom - 0.65 * inch, 0, 0, 0, 0)
    page = decorate(source)
    doc.addPageTemplates(
        [
            PageTemplate("first", [first], onPage=page, autoNextPageTemplate="later"),
            PageTemplate("later", [later], onPage=page),
        ]
    )
    doc.build(flow(source["blocks"]))
