"""Papers people hand in: small PDFs for the employee file, plainly marked as made up."""

from __future__ import annotations

import datetime as dt
import io
from functools import lru_cache

from reportlab.lib.pagesizes import A5, landscape
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from lmsapp.infra.pdf import FONTS

PLAIN, BOLD = "demo-plain", "demo-bold"
LEFT, TOP, LINE = 48, 350, 22


@lru_cache(maxsize=1)
def _fonts() -> None:
    pdfmetrics.registerFont(TTFont(PLAIN, str(FONTS / "NotoSans-Regular.ttf")))
    pdfmetrics.registerFont(TTFont(BOLD, str(FONTS / "NotoSans-Bold.ttf")))


def paper(title: str, lines: tuple[tuple[str, str], ...]) -> io.BytesIO:
    """One A5 page with a title and (label, value) lines; the same bytes for the same words."""
    _fonts()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=landscape(A5), invariant=1)
    canvas.setTitle(title)
    canvas.setFont(BOLD, 20)
    canvas.drawString(LEFT, TOP, title)
    for number, (label, value) in enumerate(lines, start=2):
        canvas.setFont(PLAIN, 10)
        canvas.drawString(LEFT, TOP - number * LINE, label)
        canvas.setFont(BOLD, 12)
        canvas.drawString(LEFT + 130, TOP - number * LINE, value)
    canvas.setFont(PLAIN, 9)
    canvas.drawString(LEFT, 40, "Made up for the demo of a training system. Not an official paper.")
    canvas.save()
    out.seek(0)
    return out


def written(day: dt.date) -> str:
    """'4 December 2026'."""
    return f"{day.day} {day:%B %Y}"
