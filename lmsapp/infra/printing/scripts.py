"""Which font draws which character; text in the order and the shapes in which it is drawn."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from lmsapp.infra.later import Later

ttfonts, pdfmetrics = Later("reportlab.pdfbase.ttfonts"), Later("reportlab.pdfbase.pdfmetrics")
bidi, arabic = Later("xhtml2pdf.bidi"), Later("arabic_reshaper")

FONTS = Path(__file__).resolve().parent.parent.parent / "fonts"
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
WHITE = frozenset("\n\r\t")
# The names of shaped families begin as `infra.shaping` knows them.
BASE, STRONG = "noto_table", "noto_strong"
OTHERS = tuple(f"{family}_table" for family, _file, _weight in FACES[2:])


def styles_for(html: str) -> str:
    """Style rules for the families this text needs; parsing all seven costs more than laying out a page."""
    faces = FACES if any(ord(character) not in first_family() for character in set(html) - WHITE) else FACES[:2]
    rules = [
        f"@font-face {{ font-family: {family}; src: url({FONTS / file}); font-weight: {weight} }}"
        for family, file, weight in faces
    ]
    families = ", ".join(dict.fromkeys(family for family, _file, _weight in faces))
    return "\n".join([*rules, f"html, title, body {{ font-family: {families} }}\n"])


@lru_cache(maxsize=1)
def first_family() -> frozenset[int]:
    return frozenset(ttfonts.TTFontFile(str(FONTS / FACES[0][1])).charToGlyph)


def register() -> None:
    """The fonts of tables and of the empty page, once a process."""
    for name, (_family, file, _weight) in zip((BASE, STRONG, *OTHERS), FACES, strict=True):
        pdfmetrics.registerFont(ttfonts.TTFont(name, str(FONTS / file)))
    # The libraries set empty pieces in Helvetica, which is not inside a file: it is ours by that name.
    for name in ("Helvetica", "Helvetica-Bold", "Times-Roman", "Courier"):
        pdfmetrics._fonts[name] = pdfmetrics.getFont(BASE)  # noqa: SLF001


@lru_cache(maxsize=1)
def _covered() -> dict[str, Any]:
    return {name: pdfmetrics.getFont(name).face.charToGlyph for name in (BASE, *OTHERS)}


@lru_cache(maxsize=20_000)
def font_of(character: str) -> str | None:
    """The first font that has it; None when none has."""
    return next((name for name, glyphs in _covered().items() if ord(character) in glyphs), None)


@lru_cache(maxsize=50_000)
def runs(text: str, strong: bool = False) -> tuple[tuple[str, str], ...]:
    """(font, piece) in the order drawn, left to right. A character no font has is drawn as a box of the first."""
    base = STRONG if strong else BASE
    if text.isascii():
        return ((base, text),) if text else ()
    if bidi.needs_bidi(text, None):
        text = bidi.get_display(arabic.reshape(text), None)
    pieces: list[tuple[str, str]] = []
    for character in text:
        found = font_of(character) or BASE
        name = base if found == BASE else found
        if character == " " and pieces:
            name = pieces[-1][0]
        if pieces and pieces[-1][0] == name:
            pieces[-1] = (name, pieces[-1][1] + character)
        else:
            pieces.append((name, character))
    return tuple(pieces)


@lru_cache(maxsize=50_000)
def width(text: str, size: float, strong: bool = False) -> float:
    """In points."""
    return sum(float(pdfmetrics.stringWidth(piece, name, size)) for name, piece in runs(text, strong))
