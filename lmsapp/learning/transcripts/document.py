"""The transcript as a PDF, from `templates/documents/transcript.html` (EVD-7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import segno
from flask_babel import force_locale
from flask_babel import gettext as _

from lmsapp.evidence.seals.drawing import draw, local_words
from lmsapp.infra import glyphs
from lmsapp.infra.db import db
from lmsapp.infra.numerals import numeral
from lmsapp.learning.certificates.addresses import verify_address
from lmsapp.learning.certificates.words import long_date
from lmsapp.learning.transcripts.models import Transcript

ROWS = 30  # a table: the engine is slow with long ones
QR_SCALE = 8


def draw_transcript(transcript_id: int, language: str) -> bytes:
    """Unsigned PDF, A4 portrait, as many pages as it takes."""
    one = db.session.get_one(Transcript, transcript_id)
    address = verify_address(one.token)
    with force_locale(language):
        lines = [_line(line, language) for line in one.lines]
        together = hours(sum(int(line["minutes"] or 0) for line in one.lines if line["kind"] == "course"))
    names = (one.holder_name, *(str(line["title"]) for line in one.lines))
    return draw(
        "transcript.html",
        language,
        transcript=one,
        name=glyphs.printable(one.holder_name),
        job=glyphs.printable(" · ".join(filter(None, (one.job_role, one.department)))),
        asked=local_words(one.asked_at, one.time_zone, language),
        issued_on=long_date(one.issued_on, language),
        tables=[lines[at : at + ROWS] for at in range(0, len(lines), ROWS)],
        hours=together,
        latin=any(glyphs.missing(text) for text in names),
        address=address,
        qr=segno.make(address, error="m").png_data_uri(scale=QR_SCALE, border=0),
    )


def _line(line: Mapping[str, Any], language: str) -> dict[str, str]:
    day, until = (dt.date.fromisoformat(line[name]) if line[name] else None for name in ("completed_on", "valid_until"))
    marks = [
        _("Learning path") if line["kind"] == "path" else "",
        _("recorded by hand") if line["by_hand"] else "",
        _("in part recorded by hand") if line.get("hand_parts") and not line["by_hand"] else "",
        _("certificate revoked") if line["revoked"] else "",
    ]
    return {
        "title": glyphs.printable(line["title"]),
        "marks": " · ".join(filter(None, marks)),
        "day": long_date(day, language) if day else "",
        "score": f"{numeral(Decimal(line['score']))} %" if line["score"] else "–",
        "hours": hours(int(line["minutes"])) if line["minutes"] and line["kind"] == "course" else "–",
        "certificate": line["certificate"] or "–",
        "until": long_date(until, language) if until else "–",
    }


def hours(minutes: int) -> str:
    """'0.75': of an hour, without needless decimals."""
    return numeral(Decimal(minutes) / 60)
