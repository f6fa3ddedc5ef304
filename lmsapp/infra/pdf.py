"""HTML to PDF with our own fonts and nothing else (EVD-7): no network, no files but the fonts, a time limit.

A character that no font can draw would be blank on paper with only a warning in a log. `strict` makes it an error.
"""

from __future__ import annotations

import io
import logging
from functools import lru_cache
from pathlib import Path

from lmsapp.infra import shaping
from lmsapp.infra.later import Later

log = logging.getLogger(__name__)
ttfonts, pisa = Later("reportlab.pdfbase.ttfonts"), Later("xhtml2pdf.pisa")
resources = Later("xhtml2pdf.config.resources")

FONTS = Path(__file__).resolve().parent.parent / "fonts"
# In the order they are asked: the first that has the character draws it. Most documents need the first family only.
FACES = (
    ("noto", "NotoSans-Regular.ttf", "normal"),
    ("noto", "NotoSans-Bold.ttf", "bold"),
    ("notoarabic", "NotoSansArabic-Regular.ttf", "normal"),
    ("notohebrew", "NotoSansHebrew-Regular.ttf", "normal"),
    ("notodevanagari", "NotoSansDevanagari-Regular.ttf", "normal"),
    ("notothai", "NotoSansThai-Regular.ttf", "normal"),
    ("droidfallback", "DroidSansFallback.ttf", "normal"),  # Chinese, Japanese, Korean
)
LONGEST_S = 60
WHITE = frozenset("\n\r\t")
NO_GLYPH = "No font this document has can draw"


class PdfError(Exception):
    """The document could not be made as written."""


def render_pdf(html: str, *, strict: bool = False) -> bytes:
    """The PDF of a whole HTML document; the fonts are put at the head of its first <style>. Raises PdfError."""
    shaping.install("notodevanagari", "notothai")
    made = io.BytesIO()
    policy = resources.ResourceAccessPolicy.server(FONTS, allow_remote=False, max_render_seconds=LONGEST_S)
    source = html.replace("<style>", f"<style>{fonts_for(html)}", 1)
    result = pisa.CreatePDF(source, dest=made, encoding="utf-8", resource_policy=policy)
    if result.err:
        raise PdfError("; ".join(str(line[2]) for line in result.log) or "the document could not be laid out")
    blank = sorted({str(line[3]) for line in result.log if str(line[2]).startswith(NO_GLYPH)})
    if blank and strict:
        raise PdfError(f"no font has every character of {'; '.join(blank)}")
    if blank:
        log.error("blank characters in a PDF: no font has every character of %s", "; ".join(blank))
    return made.getvalue()


def fonts_for(html: str) -> str:
    """Style rules for the families this text needs; parsing all seven costs more than laying out a page."""
    faces = FACES if any(ord(character) not in _first_family() for character in set(html) - WHITE) else FACES[:2]
    rules = [
        f"@font-face {{ font-family: {family}; src: url({FONTS / file}); font-weight: {weight} }}"
        for family, file, weight in faces
    ]
    families = ", ".join(dict.fromkeys(family for family, _file, _weight in faces))
    return "\n".join([*rules, f"html, title, body {{ font-family: {families} }}\n"])


@lru_cache(maxsize=1)
def _first_family() -> frozenset[int]:
    return frozenset(ttfonts.TTFontFile(str(FONTS / FACES[0][1])).charToGlyph)
