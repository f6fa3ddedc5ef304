"""Which characters our fonts can print, how wide they are, and what is printed instead of those they cannot (CRT-2).

Nothing is ever blank: a word with a character that no font has is written in Latin letters, and the document says so.
"""

from __future__ import annotations

import importlib.util
import re
from dataclasses import dataclass
from functools import lru_cache

from lmsapp.infra.later import Later
from lmsapp.infra.pdf import FACES, FONTS

text_unidecode, ttfonts = Later("text_unidecode"), Later("reportlab.pdfbase.ttfonts")
UNITS = 1000
# Marks that are drawn with the letter before them, or say how the text around them runs; no font needs them.
SILENT = frozenset(
    "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\u00ad"
)
WORD = re.compile(r"\S+")
# Letters that change their order and shape together; without the shaping library they would be wrong on paper.
JOINING = range(0x0900, 0x0980)  # Devanagari
CAN_SHAPE = importlib.util.find_spec("uharfbuzz") is not None


@dataclass(frozen=True, slots=True)
class Face:
    """One font file: the width of each character it has, in thousandths of the size."""

    widths: dict[int, float]


@lru_cache(maxsize=16)
def face(file: str) -> Face:
    """Read once a process, when a text asks for it."""
    read = ttfonts.TTFontFile(str(FONTS / file))
    return Face({code: read.charWidths.get(code, read.defaultWidth) for code in read.charToGlyph})


def missing(text: str) -> str:
    """The characters of a text that cannot be printed, each once, in order; '' when all can."""
    asked = dict.fromkeys(one for one in text if one not in SILENT and not one.isspace())
    return "".join(one for one in asked if _width(ord(one)) is None)


def printable(text: str) -> str:
    """The text with each word that cannot be printed in Latin letters instead; the same where all of it can."""
    return WORD.sub(lambda hit: _latin(hit[0]) if missing(hit[0]) else hit[0], text) if missing(text) else text


def width(text: str, *, bold: bool = False) -> float:
    """How wide a text is set at one point, in points; letters that join are counted one by one, which is no less."""
    return sum(_width(ord(one), bold=bold) or 0 for one in text if one not in SILENT) / UNITS


def _latin(word: str) -> str:
    plain = str(text_unidecode.unidecode(word)).replace("`", "'").strip()
    return plain.capitalize() if plain and plain.islower() else plain or "?"


@lru_cache(maxsize=20_000)
def _width(code: int, *, bold: bool = False) -> float | None:
    """By the first font that has it, as documents are set; None: none has, or it cannot be set right."""
    if code in JOINING and not CAN_SHAPE:
        return None
    files = [file for _family, file, weight in FACES if weight == ("bold" if bold else "normal")]
    files += [file for _family, file, weight in FACES if bold and weight == "normal"]
    for file in files:
        if (found := face(file).widths.get(code)) is not None:
            return found
    return None
