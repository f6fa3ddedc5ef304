"""Pages from HTML (xhtml2pdf), tagged, with their facts and with every font inside."""

from __future__ import annotations

import copy
import io
import time
from base64 import b64encode
from functools import lru_cache, wraps
from importlib import import_module
from typing import Any

from lmsapp.infra import shaping
from lmsapp.infra.printing.scripts import BASE, FONTS, register, styles_for
from lmsapp.infra.printing.tags import Tags

# Any: their insides are replaced below.
rl_config: Any = import_module("reportlab.rl_config")
pisa: Any = import_module("xhtml2pdf.pisa")
resources: Any = import_module("xhtml2pdf.config.resources")
layout: Any = import_module("xhtml2pdf.xhtml2pdf_reportlab")
temporary: Any = import_module("xhtml2pdf.files")
elements: Any = import_module("xhtml2pdf.tags")
DOT = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
NO_GLYPH = "No font this document has can draw"
PRODUCER = "Training system (xhtml2pdf, ReportLab)"
# What the document being drawn is: language, title, author, subject, made_at. One process draws one at a time.
FACTS: dict[str, Any] = {}


def page(html: str, strict: bool, **facts: Any) -> bytes:
    """The PDF of a whole HTML document. `strict`: a character no font has is an error. Raises ValueError."""
    FACTS.clear()
    FACTS.update(facts)
    made = io.BytesIO()
    policy = resources.ResourceAccessPolicy.server(FONTS, allow_remote=False)
    source = html.replace("<style>", f"<style>{styles_for(html)}", 1)
    result = pisa.CreatePDF(source, dest=made, encoding="utf-8", resource_policy=policy)
    if result.err:
        raise ValueError("; ".join(str(line[2]) for line in result.log) or "the document could not be laid out")
    blank = sorted({str(line[3]) for line in result.log if str(line[2]).startswith(NO_GLYPH)})
    if blank and strict:
        raise ValueError(f"no font has every character of {'; '.join(blank)}")
    return made.getvalue()


def warm() -> None:
    """Load everything, and draw once: what is opened for the first time is opened before the doors are closed."""
    shaping.install("notodevanagari", "notothai")
    register()
    rl_config.canvas_basefontname = BASE
    _install()
    every = "Aa Żó عربى שלום हिन्दी ไทย 中文"
    picture = f"data:image/svg+xml;base64,{b64encode(DOT).decode()}"
    body = f'<h1>{every}</h1><table><tr><th>{every}</th></tr></table><img src="{picture}">'
    html = f"<html><head><style></style></head><body>{body}</body></html>"
    page(html, False, language="en", title="", author="", subject="", made_at=0)


def dress(canvas: Any) -> None:
    """The facts of the document, as readers show them."""
    stamp = canvas._doc._timeStamp  # noqa: SLF001
    stamp.t, stamp.dhh, stamp.dmm, stamp.tzname = FACTS["made_at"], 0, 0, "UTC"
    stamp.lt = time.gmtime(FACTS["made_at"])
    stamp.YMDhms = tuple(stamp.lt)[:6]
    canvas.setProducer(PRODUCER)
    canvas.setCreator(FACTS["author"])
    canvas.setAuthor(FACTS["author"])
    canvas.setSubject(FACTS["subject"])
    canvas.setTitle(FACTS["title"])


def tagged(base: Any) -> Any:
    """A kind of canvas that keeps the structure of what is drawn on it."""

    class Tagged(base):
        def __init__(self, *args: Any, **kwargs: Any):
            self.tags = Tags()
            super().__init__(*args, **kwargs)
            dress(self)
            self.tags.begin_page(self._code)

        def showPage(self) -> None:  # noqa: N802 - reportlab's
            self.tags.end_page(self._code)
            super().showPage()
            self.tags.page_made(self._doc.Pages.pages[-1])
            self.tags.begin_page(self._code)

        def save(self) -> None:
            self._code.clear()
            dress(self)
            self.tags.write(self._doc, FACTS["title"], FACTS["language"])
            super().save()

    return Tagged


def _install() -> None:
    """xhtml2pdf's own canvas, paragraphs, tables and pictures say what they are."""
    layout.MarkedCanvas = tagged(layout.MarkedCanvas)
    layout.PRODUCER = PRODUCER
    # Long documents would be put into a temporary file, and no file is written here.
    temporary.pisaTempFile.STRATEGIES = (io.BytesIO, io.BytesIO)
    _paragraphs()
    _pictures()
    _drawings()
    _tables()
    _frames()


def _paragraphs() -> None:
    draw = layout.PmlParagraph.draw

    @wraps(draw)
    def drawn(self: Any) -> None:
        kind, alt = _meaning(self)
        if not kind:
            draw(self)
            return
        with self.canv.tags.marked(self.canv._code, kind, alt):  # noqa: SLF001
            draw(self)

    layout.PmlParagraph.draw = drawn


def _meaning(paragraph: Any) -> tuple[str, str]:
    """Heading, paragraph or figure with its words; nothing for a picture that says nothing."""
    pictures = [frag.cbDefn for frag in paragraph.frags if getattr(getattr(frag, "cbDefn", None), "kind", "") == "img"]
    if pictures and not "".join(str(getattr(frag, "text", "")) for frag in paragraph.frags).strip():
        alt = " ".join(getattr(one, "alt", "") for one in pictures).strip()
        return ("Figure", alt) if alt else ("", "")
    if getattr(paragraph, "outline", False):
        return f"H{min(6, paragraph.outlineLevel + 1)}", ""
    return "P", ""


def _drawings() -> None:
    """The same drawing stands on certificate after certificate: it is read once. Only its scale is changed per use."""
    read = layout.svg2rlg

    @lru_cache(maxsize=8)
    def parsed(svg: bytes) -> Any:
        return read(io.BytesIO(svg), resolve_entities=False)

    def from_memory(source: Any, **_as_always: Any) -> Any:
        drawing = copy.copy(parsed(source.getvalue()))
        if drawing is not None:
            drawing.transform = tuple(drawing.transform)
        return drawing

    layout.svg2rlg = from_memory


def _pictures() -> None:
    start = elements.pisaTagIMG.start

    @wraps(start)
    def started(self: Any, c: Any) -> None:
        before = len(c.fragList)
        start(self, c)
        for frag in c.fragList[before:]:
            if hasattr(frag, "cbDefn"):
                frag.cbDefn.alt = self.node.getAttribute("alt")

    elements.pisaTagIMG.start = started


def _tables() -> None:
    """A table with a head is one; without, it only places things, and what is in it is read in order."""
    draw = layout.PmlTable.draw

    @wraps(draw)
    def drawn(self: Any) -> None:
        if self.repeatRows:
            self._renderCB = _Cells(self, self.canv.tags)
        draw(self)

    layout.PmlTable.draw = drawn


class _Cells:
    """reportlab tells it row by row and cell by cell; a table cut by a page goes on in the same element."""

    def __init__(self, table: Any, tags: Tags):
        self.tags, self.heads, self.cut = tags, table.repeatRows, getattr(table, "_cutTop", False)

    def __call__(self, _table: Any, event: str, *given: Any) -> None:
        step = getattr(self, event, None)
        if step is not None:
            step(*given)

    def startTable(self, *_given: Any) -> None:  # noqa: N802 - reportlab's names
        self.outer = self.tags.into
        if not self.cut or self.tags.table is None:
            self.tags.table = self.outer.add("Table")
        self.element = self.tags.table

    def startRow(self, number: int) -> None:  # noqa: N802
        self.repeated = self.cut and number < self.heads
        self.tags.aside += self.repeated
        self.head = number < self.heads
        if not self.repeated:
            self.row = self.element.add("TR")

    def startCell(self, *_given: Any) -> None:  # noqa: N802
        if not self.repeated:
            self.tags.into = self.row.add("TH" if self.head else "TD")

    def endCell(self, *_given: Any) -> None:  # noqa: N802
        self.tags.into = self.outer

    def endRow(self, *_given: Any) -> None:  # noqa: N802
        self.tags.aside -= self.repeated


def _frames() -> None:
    """What stands in a frame of its own is content on the first page; on the others it is a head or foot once more."""
    paint = layout.PmlPageTemplate._paintStaticFrame  # noqa: SLF001

    @wraps(paint)
    def painted(self: Any, frame: Any, canvas: Any, renumber: Any) -> None:
        if canvas.getPageNumber() == 1:
            with canvas.tags.inside(canvas.tags.beside):
                paint(self, frame, canvas, renumber)
            return
        with canvas.tags.nothing():
            paint(self, frame, canvas, renumber)

    layout.PmlPageTemplate._paintStaticFrame = painted  # noqa: SLF001
