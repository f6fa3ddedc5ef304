"""HTML to PDF: nothing is fetched, nothing is left blank in silence."""

from __future__ import annotations

import socket
from contextlib import suppress

import pypdfium2
import pytest

from lmsapp.infra.pdf import PdfError, fonts_for, render_pdf

pytestmark = pytest.mark.pure
PAGE = '<html><head><meta charset="utf-8"><style>body {{ font-size: 12pt }}</style></head><body>{}</body></html>'


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


@pytest.mark.parametrize("name", ["Łukasz Żak", "Ναθαναήλ", "Ґоляш", "Nguyễn Thị Phạm", "王秀华", "김민준"])
def test_names_can_be_read_and_copied(name: str) -> None:
    """CRT-2: what is drawn is the text itself."""
    assert name in text_of(render_pdf(PAGE.format(f"<p>{name}</p>"), strict=True))


def test_a_character_without_a_glyph_is_an_error() -> None:
    """CRT-2: a name must never be printed with holes."""
    with pytest.raises(PdfError, match="no font has every character"):
        render_pdf(PAGE.format("<p>ሰላም</p>"), strict=True)


def test_fonts_come_as_they_are_needed() -> None:
    """PERF: parsing all fonts costs more than laying out a page."""
    assert fonts_for("Zażółć gęślą jaźń\n").count("@font-face") == 2
    assert fonts_for("שלום").count("@font-face") > 2


def test_nothing_is_fetched_and_no_file_is_read() -> None:
    """SEC-3: a document reaches neither the network nor the disk."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x.png"
        body = f'<p>before</p><img src="{address}"><link rel="stylesheet" href="{address}"><img src="/etc/hostname">'
        with suppress(PdfError):  # refusing the whole document is as good
            render_pdf(PAGE.format(body))
        server.settimeout(0.2)
        with pytest.raises(TimeoutError):
            server.accept()
