"""Scripts whose letters change shape together (Devanagari and its kin, Thai marks), drawn right in PDFs.

reportlab shapes text with HarfBuzz only in its own paragraphs; xhtml2pdf lays out lines itself and never asks for
it. So the two places every line passes through, its width and its drawing, shape here for the fonts that need it.
Arabic and Hebrew are not among them: xhtml2pdf joins and orders those letters itself.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from lmsapp.infra.later import Later

UNITS = 1000
ttfonts, pdfmetrics = Later("reportlab.pdfbase.ttfonts"), Later("reportlab.pdfbase.pdfmetrics")
textobject = Later("reportlab.pdfgen.textobject")


@cache
def install(*families: str) -> None:
    """Shape whatever is set in one of these families (lower case, as xhtml2pdf names them). Once, before drawing."""
    # `_formatText` is the only place where text becomes drawing operators.
    TTFont, PDFTextObject = ttfonts.TTFont, textobject.PDFTextObject  # noqa: N806 - classes
    _measure, _draw = TTFont.stringWidth, PDFTextObject._formatText  # noqa: SLF001

    def needs_shaping(font: Any) -> bool:
        return font.fontName.partition("_")[0] in families and font.shapable

    def width(font: Any, text: Any, size: float, encoding: str = "utf8") -> Any:
        if isinstance(text, ttfonts.ShapedStr) or not needs_shaping(font):
            return _measure(font, text, size, encoding)
        words = text.decode(encoding) if isinstance(text, bytes) else text
        return _shaped(words, font, _measure)[1] * size / UNITS

    def draw(line: Any, text: Any) -> Any:
        font = pdfmetrics.getFont(line._fontname)  # noqa: SLF001
        if isinstance(text, str) and isinstance(font, TTFont) and needs_shaping(font):
            text = _shaped(text, font, _measure)[0]
        return _draw(line, text)

    TTFont.stringWidth = width
    PDFTextObject._formatText = draw  # noqa: SLF001


def _shaped(text: str, font: Any, measure: Any) -> tuple[str, float]:
    """The glyphs in the order drawn, and their advance in thousandths of the size. Remembered with the font."""
    known: dict[str, tuple[str, float]] = font.__dict__.setdefault("shaped_words", {})
    if text not in known:
        ours, ttfonts.TTFont.stringWidth = ttfonts.TTFont.stringWidth, measure
        try:
            shaped: Any = ttfonts.shapeStr(text, font.fontName, UNITS, force=True)
        finally:
            ttfonts.TTFont.stringWidth = ours
        if isinstance(shaped, ttfonts.ShapedStr):
            known[text] = shaped, float(sum(one.x_advance for one in shaped.__shapeData__))
        else:
            known[text] = text, float(measure(font, text, UNITS))
    return known[text]
