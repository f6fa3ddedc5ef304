"""CRS-1, SEC-6: what lessons are made of, and what is refused."""

from __future__ import annotations

import io
import struct
from urllib.parse import urlsplit

import html5lib
import pytest
from pypdf import PdfReader, PdfWriter

from lmsapp.courses.catalogue import actions
from lmsapp.courses.catalogue.lengths import video_seconds
from lmsapp.courses.catalogue.media import Upload
from lmsapp.courses.catalogue.models import Lesson
from lmsapp.courses.catalogue.queries import lesson
from lmsapp.courses.publishing.reading import version_of
from lmsapp.infra import files
from lmsapp.infra.db import db
from lmsapp.infra.files import StoredFile
from lmsapp.infra.markdown import ATTRIBUTES, SCHEMES, TAGS, to_html
from lmsapp.infra.words import RuleBroken
from tests.courses.authors import Written, author, pdf_of


@pytest.fixture
def written() -> Written:
    return Written(author())


def pdf_lesson(written: Written, content: bytes, name: str = "card.pdf") -> Lesson:
    return actions.add_lesson(written.chapter, "pdf", "Card", by=written.by, upload=Upload.of(content, name))


@pytest.mark.pure
@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](https://elsewhere.example/pixel.png)",
        '<a href="/" hx-get="/admin" hx-trigger="load">x</a>',
        '<table><tr><td colspan="99999999">x</td></tr></table>',
        '<p style="position:fixed" class="callout">x</p>',
        "<svg><use href='data:x'/></svg>",
        '[x](https://example.org "onmouseover=alert(1)\\"><script>")',
        '```"><script>alert(1)</script>\nx\n```',
        "<iframe src='https://elsewhere.example'></iframe>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
    ],
)
def test_hostile_text_is_harmless(hostile: str) -> None:
    """CRS-1: Markdown is sanitised: no element, attribute or address that could act survives."""
    root = html5lib.parseFragment(to_html(f"Before\n\n{hostile}\n\nAfter"), namespaceHTMLElements=False)
    for element in root.iter():
        assert element.tag in TAGS | {"DOCUMENT_FRAGMENT"}
        assert set(element.keys()) <= ATTRIBUTES.get(str(element.tag), set()) | {"rel"}
        assert urlsplit(element.get("href", "")).scheme in SCHEMES | {""}
    words = "".join(root.itertext())
    assert words.startswith("Before")
    assert words.rstrip().endswith("After")


@pytest.mark.pure
def test_text_keeps_what_authors_need() -> None:
    """CRS-1: headings below the page's own, lists, tables, links that open nothing by themselves."""
    html = to_html(
        "# Top\n\n#### Deep\n\n- one\n- **two**\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n[site](https://example.org)"
    )
    assert "<h2>Top</h2>" in html
    assert "<h3>Deep</h3>" in html, "no level is left out"
    assert "<strong>two</strong>" in html
    assert "<td>1</td>" in html
    assert '<a href="https://example.org" rel="noopener noreferrer">site</a>' in html


def test_a_pdf_becomes_pages_with_text(written: Written) -> None:
    """CRS-1: read in the page: an image of each page, about 1400 px wide, and its words for screen readers."""
    made = pdf_lesson(written, pdf_of("Cover your cough", "Wash your hands"), "../../etc/karte.exe")
    pages = made.detail["page_files"]
    assert made.detail["pages"] == 2
    assert [page["text"] for page in pages] == ["Cover your cough", "Wash your hands"]
    assert all(abs(page["width"] - 1400) <= 1 for page in pages)
    kept = db.session.get_one(StoredFile, pages[0]["image"])
    assert files.read(kept.sha256).startswith((b"\x89PNG", b"\xff\xd8\xff"))
    assert db.session.get_one(StoredFile, made.file_id).name == "karte.pdf"


def test_only_files_of_the_lesson_are_reached_through_it(written: Written) -> None:
    """SEC-4: a file id of another lesson is not found."""
    made, other = pdf_lesson(written, pdf_of("a")), pdf_lesson(written, pdf_of("b"))
    own = made.detail["page_files"][0]["image"]
    version = version_of(written.publish().course.id, 1)
    assert version.file(made.id, own) is not None
    assert version.file(other.id, own) is None
    assert version.file(written.text.id, own) is None


def encrypted() -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf_of("secret"))))
    writer.encrypt("password", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def strip() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(width=10, height=14000)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"MZ\x90\x00 not a pdf", "not a PDF"),
        (b"<html><script>alert(1)</script>", "not a PDF"),
        (b"", "not a PDF"),
        (b"%PDF-1.7\nbut nothing follows", "cannot be opened"),
        (pdf_of("x")[:300], "cannot be opened"),
        (encrypted(), "password"),
        (pdf_of(*["x"] * 201), "201 pages"),
        (strip(), "unusual size"),
    ],
)
def test_a_pdf_is_known_by_its_content(written: Written, content: bytes, words: str) -> None:
    """SEC-6: name and claimed type count for nothing; each refusal says what is wrong."""
    with pytest.raises(RuleBroken, match=words) as refused:
        pdf_lesson(written, content)
    assert refused.value.field == "upload"


def webm(milliseconds: float) -> bytes:
    """A WebM header as an encoder writes it: EBML head, Segment of unknown size, Info with scale and duration."""
    head = bytes.fromhex("1a45dfa3") + b"\x87" + bytes.fromhex("4282") + b"\x84webm"
    info_body = (
        bytes.fromhex("2ad7b1")
        + b"\x83\x0f\x42\x40"
        + bytes.fromhex("4489")
        + b"\x88"
        + struct.pack(">d", milliseconds)
    )
    info = bytes.fromhex("1549a966") + bytes([0x80 | len(info_body)]) + info_body
    return head + bytes.fromhex("18538067") + b"\x01" + b"\xff" * 7 + info


def mp4(seconds: int) -> bytes:
    """An MP4 with its movie header after the data, as many are."""
    header = struct.pack(">I4s", 108, b"mvhd") + struct.pack(">IIIII", 0, 0, 0, 600, seconds * 600) + b"\0" * 80
    movie = struct.pack(">I4s", 8 + len(header), b"moov") + header
    return (
        struct.pack(">I4s4sI", 20, b"ftyp", b"isom", 0) + b"isom" + struct.pack(">I4s", 16, b"mdat") + b"\0" * 8 + movie
    )


@pytest.mark.pure
@pytest.mark.parametrize(("content", "kind", "seconds"), [(webm(68_040), "webm", 68.04), (mp4(95), "mp4", 95.0)])
def test_the_length_is_read_from_the_file(content: bytes, kind: str, seconds: float) -> None:
    """CRS-1: the share watched is measured against the file's own length."""
    assert video_seconds(io.BytesIO(content), kind) == pytest.approx(seconds)


@pytest.mark.pure
@pytest.mark.parametrize("kind", ["webm", "mp4"])
@pytest.mark.parametrize("content", [b"", b"\x00" * 64, b"\xff" * 4096, webm(5)[:-6], mp4(5)[:60], webm(float("nan"))])
def test_a_broken_header_says_nothing_and_breaks_nothing(content: bytes, kind: str) -> None:
    """SEC-6: hostile bytes give no length and no error."""
    found = video_seconds(io.BytesIO(content), kind)
    assert found is None or found > 0


def test_a_video_with_captions(written: Written) -> None:
    """CRS-1: length from the file, captions kept beside it, also when the video is replaced."""
    vtt = Upload.of(b"WEBVTT\n\n00:00.000 --> 00:02.000\nHello\n", "c.vtt")
    made = actions.add_lesson(
        written.chapter, "video", "Film", by=written.by, upload=Upload.of(webm(68_040), "a.webm"), captions=vtt
    )
    assert made.detail["seconds"] == 68.0
    captions = made.detail["captions"]
    assert db.session.get_one(StoredFile, captions).media_type == "text/vtt"
    actions.edit_lesson(made, by=written.by, upload=Upload.of(mp4(30), "b.mp4"))
    assert (made.detail["seconds"], made.detail["captions"]) == (30.0, captions)


@pytest.mark.parametrize(
    ("video", "captions", "field"),
    [
        (b"GIF89a", None, "upload"),
        (pdf_of("x"), None, "upload"),
        (webm(0), None, "seconds"),
        (webm(5000), b"<html>", "captions"),
    ],
)
def test_a_false_video_is_refused(written: Written, video: bytes, captions: bytes | None, field: str) -> None:
    """SEC-6: by signature; the error belongs to the field that was wrong."""
    with pytest.raises(RuleBroken) as refused:
        actions.add_lesson(
            written.chapter,
            "video",
            "Film",
            by=written.by,
            upload=Upload.of(video, "a.webm"),
            captions=Upload.of(captions, "a.vtt") if captions else None,
        )
    assert refused.value.field == field


def test_the_text_is_rendered_once_when_saved(written: Written) -> None:
    """CRS-1: pages print what was made safe at saving."""
    shown = lesson(written.course.id, written.text.id)
    assert shown is not None
    assert shown.body_html == "<p>Wash <strong>your</strong> hands.</p>\n"
    assert lesson(written.course.id + 1, written.text.id) is None
