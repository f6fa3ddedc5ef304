"""The certificate as a PDF, from `templates/documents/certificate.html`."""

from __future__ import annotations

import base64
from decimal import Decimal

import segno
from flask import current_app

from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.evidence.seals.drawing import draw
from lmsapp.infra.db import db
from lmsapp.learning.certificates.actions import verify_address
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.certificates.words import long_date

# Characters per line at each size of the holder's name, so that the longest name stays on its line.
NAME_SIZES = ((24, 36), (32, 29), (44, 22), (70, 15))
SMALLEST_NAME = 11
TITLE_SIZES = ((44, 19), (64, 15), (100, 12))
SMALLEST_TITLE = 10
WIDE_FROM = "\u2e80"  # from here on characters are as wide as high
INK = "#0c434d"
QR_SCALE = 10  # printed at some 270 dots an inch


def draw_certificate(certificate_id: int, language: str) -> bytes:
    """Unsigned PDF of the certificate with that id."""
    certificate = db.session.get_one(Certificate, certificate_id)
    record = db.session.get_one(CompletionRecord, certificate.record_id)
    return certificate_pdf(certificate, record.score, language)


def certificate_pdf(certificate: Certificate, score: Decimal | None, language: str) -> bytes:
    """A4 landscape, one page. `score` is a percentage; None: the course has no quiz."""
    address = verify_address(certificate.token)
    return draw(
        "certificate.html",
        language,
        certificate=certificate,
        score=score,
        issued_on=long_date(certificate.issued_on, language),
        valid_until=long_date(certificate.valid_until, language) if certificate.valid_until else "",
        name_size=fitting(certificate.holder_name, NAME_SIZES, SMALLEST_NAME),
        title_size=fitting(certificate.title, TITLE_SIZES, SMALLEST_TITLE),
        address=address,
        ground=ground(),
        qr=segno.make(address, error="m").png_data_uri(scale=QR_SCALE, border=0, dark=INK),
    )


def ground() -> str:
    """What is the same on every certificate, as a data: address; documents may not read files."""
    svg = current_app.jinja_env.get_template("documents/certificate.svg").render()
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def fitting(text: str, sizes: tuple[tuple[int, int], ...], smallest: int) -> int:
    """The size in points at which `text` stays on one line."""
    length = sum(2 if character >= WIDE_FROM else 1 for character in text)
    return next((size for longest, size in sizes if length <= longest), smallest)
