"""HTML to PDF: nothing is fetched, nothing is left blank in silence."""

from __future__ import annotations

import io
import re
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any

import pypdf
import pypdfium2
import pytest

from bench.proofs._hostile_documents import devouring, reaching
from bench.proofs._papers import _inside
from bench.proofs.pdf import SECRET, canary, unchecked
from lmsapp.infra.pdf import PdfError, fonts_for, render_pdf, render_table
from lmsapp.infra.printing.hostile import check_html

pytestmark = pytest.mark.pure
PAGE = '<html><head><meta charset="utf-8"><style>body {{ font-size: 12pt }}</style></head><body>{}</body></html>'


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def sizes_in(pdf: bytes) -> set[float]:
    """Of the letters on its first page, in points."""
    drawn = pypdf.PdfReader(io.BytesIO(pdf)).pages[0].get_contents()
    assert drawn is not None
    return {float(one) for one in re.findall(rb"/\S+ ([\d.]+) Tf", drawn.get_data())}


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


def test_tagged_with_its_facts_and_every_font_inside() -> None:
    """EVD-7, CRT-4: language, title, author, subject, structure in reading order; what only decorates is an artifact."""
    body = (
        "<h1>Report</h1><p>Łukasz</p><img src='{}' width='9' height='9' alt='Seal'>"
        "<table repeat='1'><thead><tr><th>Name</th></tr></thead><tbody><tr><td>王秀华</td></tr></tbody></table>"
    ).format(
        "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='9' height='9'%3E%3Crect width='9' height='9'/%3E%3C/svg%3E"
    )
    html = PAGE.format(body).replace("<html>", '<html lang="es">').replace("<style>", "<title>A &amp; B</title><style>")
    pdf = render_pdf(html, strict=True, author="Northgate Hospital", subject="certificate")
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    root: Any = reader.trailer["/Root"]
    facts: Any = reader.metadata
    assert (facts.title, facts.author, facts.subject, root["/Lang"]) == (
        "A & B",
        "Northgate Hospital",
        "certificate",
        "es",
    )
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert kinds_in(root["/StructTreeRoot"]["/K"]) == [
        "Document",
        "H1",
        "P",
        "Figure",
        "Table",
        "TR",
        "TH",
        "P",
        "TR",
        "TD",
        "P",
    ]
    assert not _inside(reader)
    table = render_table("T", intro=["i"], heads=["A"], rows=[["محمد"], ["x"]], shares=[1], author="N", subject="s")
    assert not _inside(pypdf.PdfReader(io.BytesIO(table)))


def kinds_in(element: Any) -> list[str]:
    found = element.get_object()
    if not isinstance(found, dict):
        return []
    kids = found.get("/K", [])
    return [str(found["/S"])[1:], *(kind for kid in kids for kind in kinds_in(kid))] if "/S" in found else []


def test_hostile_documents_reach_nothing_and_end(tmp_path: Path) -> None:
    """SEC-3: past the look at the HTML too, the process that draws reaches no server and no file; its time is bounded."""
    secret, linked = tmp_path / "secret.txt", tmp_path / "link.ttf"
    secret.write_text(SECRET)
    linked.symlink_to(secret)
    with canary() as (address, hits):
        tried = list(reaching((address, f"file://{secret}", str(linked))))[::9]
        for _name, html in tried:
            with suppress(PdfError):
                assert SECRET not in text_of(unchecked(html, longest_s=10))
            with suppress(PdfError):
                assert SECRET not in text_of(render_pdf(html))
    assert not hits
    endless = next(html for name, html in devouring() if name == "colspan of a hundred million")
    with pytest.raises(PdfError, match="larger than 50"):
        render_pdf(endless)
    with pytest.raises(PdfError, match="given up"):
        unchecked(endless, longest_s=0.3)
    assert "again" in text_of(render_pdf(PAGE.format("<p>again</p>"))), "the next one is drawn by a new process"


def test_a_long_document_is_drawn_too() -> None:
    """EVD-7: a policy of many pages is longer than what the library keeps in memory by itself."""
    body = f"<p>{'Wash your hands. ' * 30}</p>" * 250
    assert len(pypdfium2.PdfDocument(render_pdf(PAGE.format(body)))) > 10


def test_a_table_of_many_pages_says_which_and_how_many() -> None:
    """REP-1: the head comes again on each page, long words and long cells stay inside their columns."""
    rows = [["Łukasz", "word " * 30, "x" * 200]] * 60
    pdf = render_table(
        "T", intro=[], heads=["Name", "Long", "Wide"], rows=rows, shares=[1, 2, 1], of_pages=("Page ", " of ", ".")
    )
    pages = pypdfium2.PdfDocument(pdf)
    texts = [page.get_textpage().get_text_range() for page in pages]
    assert all("Name" in one and f"Page {n} of" in one for n, one in enumerate(texts, 1))
    assert all(f"{len(pages)}." in one for one in texts)


def test_a_long_title_stays_on_the_page() -> None:
    """REP-3, EVD-7: a checklist may have a name of a hundred letters; title, paragraph and foot are one element each,
    on as many lines as they need."""
    title = "Go/no-go: " + "Wound care competencies of all weekend teams " * 3
    pdf = render_table(
        title, intro=["Asked: " + "Course, " * 60], heads=["Name"], rows=[["Ana"]], shares=[1], author="N"
    )
    (page,) = pypdfium2.PdfDocument(pdf)
    words = page.get_textpage()
    assert max(words.get_rect(n)[2] for n in range(words.count_rects())) <= page.get_width() - 36
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    root: Any = reader.trailer["/Root"]
    assert kinds_in(root["/StructTreeRoot"]["/K"]) == ["Document", "H1", "P", "Table", "TR", "TH", "TR", "TD"]


def test_no_word_of_a_full_table_is_broken() -> None:
    """REP-1, EVD-7: columns grow for their longest word, and the letters of the whole table shrink where even that is
    not enough; names are broken after a hyphen only, days and numbers nowhere."""
    heads = ["Supervisor", "Next level", "Employee number", "Name", "Department", "Course", "Due date", "Days late",
             "Progress", "Last activity", "Reminders", "Last reminder", "Escalations", "Last escalation", "Told",
             "Delivery", "Late ones of this supervisor"]  # fmt: skip
    day = "24 Nov 2026"
    row = ["Anne-Sophie Delacroix-Whitfield", "Bartholomew Featherstonehaugh", "NH-2026-00392", "Oluwaseun Adeyemi",
           "Anaesthesiology", "Bloodborne Pathogens", day, "39", "100", day, "12", day, "3", day, "Maximiliane Brandt",
           "Delivered", "17"]  # fmt: skip
    shares = [12, 12, 8, 13, 11, 16, 9, 6, 7, 9, 7, 9, 7, 9, 12, 9, 7]
    pdf = render_table("T", intro=[], heads=heads, rows=[row], shares=shares)
    text = text_of(pdf)
    names = {"Anne", "Sophie", "Delacroix", "Whitfield"}
    for words in ({day, "NH-2026-00392"}, names, {word for one in (*heads, *row[1:6]) for word in one.split()}):
        assert {word for word in words if word not in text} == set()
    with_room = render_table("T", intro=[], heads=["One", "Two"], rows=[["a", "b"]], shares=[1, 1])
    assert sizes_in(with_room) == {7.5, 8.0, 16.0}
    assert min(sizes_in(pdf)) < 7.5


def test_what_real_documents_hold_is_not_refused() -> None:
    """EVD-7: colours of digits only, paragraphs and cells without end tags, page numbers, pictures in the style."""
    cells = "<tr><td>x<td>y" * 100
    body = (
        "<p style='color: #000000; border: 1px solid #112233'>x" * 100
        + f"<table>{cells}</table>"
        + "<pdf:pagenumber>" * 70
    )
    check_html(
        PAGE.format(body).replace("<style>", "<style>p { background: url(data:image/png;base64,1234567+1234567) }")
    )
    for wrong in ("font-size: 999999pt", "width: 1234567mm"):
        with pytest.raises(ValueError, match="too large"):
            check_html(PAGE.format(f"<p style='{wrong}'>x</p>"))
