"""What people do to a signed PDF, each as (name, bytes, what the page must say)."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pypdf
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from lmsapp.infra.signing import sign_pdf
from tests.courses.authors import pdf_of

ALTERED, FOREIGN, UNSIGNED, NO_PDF, BROKEN = (
    "altered after signing",
    "signed by somebody else",
    "not signed",
    "not a PDF",
    "is broken",
)
Forgery = tuple[str, bytes, str]


def forgeries(signed: bytes, other: bytes, folder: Path, organisation: str) -> Iterator[Forgery]:
    """`signed`, `other`: two PDFs of ours. `folder`: where a forger keeps a key with our name in it."""
    plain = pdf_of("Certificate of Completion")
    yield "own key with our name", sign_pdf(plain, data_dir=folder, organisation=organisation, reason="x"), FOREIGN
    yield "bytes appended", signed + b"\n% harmless\n", ALTERED
    yield "incremental update", _updated(signed), ALTERED
    yield "second range", signed + b"\n/ByteRange [0 10 20 9]\n", ALTERED
    yield "page swapped", _page_swapped(signed, other), ALTERED
    yield "signature of another PDF", _signature_of(other, signed), ALTERED
    yield "signature emptied", _signature_emptied(signed), BROKEN
    yield "range shortened", _range_shortened(signed), ALTERED
    yield "signature stripped", _stripped(signed), UNSIGNED
    yield "hex in small letters", _small_letters(signed), ALTERED
    yield "encrypted", _encrypted(plain), UNSIGNED
    yield "broken off", signed[: len(signed) // 2], UNSIGNED
    yield "never signed", plain, UNSIGNED
    yield "no PDF", b"PK\x03\x04" + bytes(200), NO_PDF
    yield "nested without end", b"%PDF-1.7\n1 0 obj\n" + b"[" * 100_000 + b"/ByteRange [0 1 2 3]", BROKEN
    yield "many ranges", b"%PDF-1.7\n" + b"/ByteRange [0 9 99 999999999999]" * 10_000, BROKEN


def flipped(signed: bytes, seed: int) -> bytes:
    """One byte at random, another value."""
    chance = random.Random(seed)
    place, made = chance.randrange(len(signed)), bytearray(signed)
    made[place] = (made[place] + chance.randrange(1, 256)) % 256
    return bytes(made)


def _updated(signed: bytes) -> bytes:
    """As an editor saves: the old file, then changed objects after it (also the shadow attacks of 2020)."""
    writer = IncrementalPdfFileWriter(io.BytesIO(signed), strict=False)
    writer.root["/Lang"] = writer.root.raw_get("/Lang") if "/Lang" in writer.root else writer.root.raw_get("/Type")
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _page_swapped(signed: bytes, other: bytes) -> bytes:
    """The content of one put into the other, same length or not."""
    ours, theirs = (re.search(rb"stream\r?\n(.*?)endstream", one, re.DOTALL) for one in (signed, other))
    assert ours
    assert theirs
    return signed[: ours.start(1)] + theirs[1] + signed[ours.end(1) :]


def _gap(signed: bytes) -> tuple[int, int]:
    found = re.search(rb"/ByteRange \[0 (\d+) (\d+) \d+", signed)
    assert found
    return int(found[1]), int(found[2])


def _signature_of(other: bytes, signed: bytes) -> bytes:
    (a, b), (c, d) = _gap(other), _gap(signed)
    return signed[:c] + other[a:b].ljust(d - c)[: d - c] + signed[d:]


def _signature_emptied(signed: bytes) -> bytes:
    first, last = _gap(signed)
    return signed[: first + 1] + b"0" * (last - first - 2) + signed[last - 1 :]


def _range_shortened(signed: bytes) -> bytes:
    first, _last = _gap(signed)
    found = re.search(rb"/ByteRange \[0 (\d+) ", signed)
    assert found
    shorter = b"%0*d" % (len(found[1]), first - 1)
    return signed[: found.start(1)] + shorter + signed[found.end(1) :]


def _stripped(signed: bytes) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(signed))
    for name in ("/AcroForm", "/Perms"):
        writer.root_object.pop(name, None)
    for page in writer.pages:
        page.pop("/Annots", None)
    out = io.BytesIO()
    pypdf.PdfWriter(clone_from=_only_pages(writer)).write(out)
    return out.getvalue()


def _only_pages(writer: pypdf.PdfWriter) -> io.BytesIO:
    out, bare = io.BytesIO(), pypdf.PdfWriter()
    for page in writer.pages:
        bare.add_page(page)
    bare.write(out)
    return out


def _small_letters(signed: bytes) -> bytes:
    first, last = _gap(signed)
    return signed[:first] + signed[first:last].lower() + signed[last:]


def _encrypted(plain: bytes) -> bytes:
    writer, out = pypdf.PdfWriter(clone_from=io.BytesIO(plain)), io.BytesIO()
    writer.encrypt("secret", algorithm="AES-256")
    writer.write(out)
    return out.getvalue()
