"""Files that came from outside: what they hold, and pictures of their pages. In a process of its own, within limits.

It is the drawing process of `infra.pdf` with other work to do: no network, no other file, bounded memory, and a clock
that ends it. Whatever a file does to it, the request that asked hears of it in words and goes on.
"""

from __future__ import annotations

import atexit
import base64
import json
import zipfile
from dataclasses import dataclass
from typing import IO

from lmsapp.infra.filetypes import DOCX, JPEG, PDF, PNG, FileType
from lmsapp.infra.pdf import PdfError, Printer
from lmsapp.infra.uploads import OFFICE_PARTS
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.infra.zips import open_zip

LONGEST_S = 20.0
WIDTHS = (800, 1200, 1800)  # pixels; what a page can be shown in
MOST_PAGES = 1000
HEAD = 1024
ACTIVE = "active"
LOOKED_AT = (PDF, PNG, JPEG)
SECOND_KINDS = (b"%PDF-", b"<script", b"<html", b"<?php", b"<!doctype html")
WRONG = {
    "password": N_("%(name)s is protected with a password. Save it without one, then add it again."),
    "broken": N_("%(name)s is damaged: it could not be opened. Save it anew, then add it again."),
    "large": N_("%(name)s is a picture with too many points. Save it smaller, then add it again."),
}
TWO_KINDS = N_("%(name)s is two kinds of file in one, as harmful files are. Nothing was stored.")
LAUNCHES = N_("%(name)s wants to start a program when it is opened. Nothing was stored.")
MACROS = N_("%(name)s holds macros. Save it as a Word document without macros, then add it again.")
UNSEEN = N_("%(name)s could not be looked into in time. Save it anew, or smaller, then add it again.")
CHILD = Printer("view")
atexit.register(CHILD.close)


class CannotShow(Exception):
    """The file could not be made a picture of."""


@dataclass(frozen=True, slots=True)
class Look:
    """What stands in a file: `pages` of a PDF, else 1; `caution` as `StoredFile.caution`."""

    pages: int = 1
    caution: str | None = None


def look_into(source: IO[bytes], kind: FileType, name: str, *, field: str = "files") -> Look:
    """What an upload holds; its stream stands at its beginning again. Raises RuleBroken, naming the file.

    Scripts and attached files in a PDF are taken and noted: the originals of authorities hold them, and nothing here
    runs them. A PDF that starts programs, a Word file with macros, a file that is two kinds at once are refused.
    """
    _one_kind(source, kind, name, field)
    if kind == DOCX:
        return _look_into_docx(source, name, field)
    if kind not in LOOKED_AT:
        return Look()
    content = source.read()
    source.seek(0)
    try:
        found = json.loads(CHILD.draw("inspect", LONGEST_S, data=_text(content), kind=kind.name))
    except PdfError as problem:
        raise RuleBroken(UNSEEN, field=field, name=name) from problem
    if found["wrong"]:
        raise RuleBroken(WRONG[found["wrong"]], field=field, name=name)
    if "launch" in found["holds"]:
        raise RuleBroken(LAUNCHES, field=field, name=name)
    return Look(found["pages"], ACTIVE if found["holds"] else None)


def pages_of(content: bytes, media_type: str) -> int:
    """How many pages can be shown. Raises CannotShow."""
    if media_type != PDF.media_type:
        return 1
    try:
        found = json.loads(CHILD.draw("inspect", LONGEST_S, data=_text(content), kind=PDF.name))
    except PdfError as problem:
        raise CannotShow(str(problem)) from problem
    if found["wrong"]:
        raise CannotShow(found["wrong"])
    return min(int(found["pages"]), MOST_PAGES)


def picture_of(content: bytes, media_type: str, number: int, width: int) -> bytes:
    """PNG of one page (1 is the first). Raises CannotShow."""
    try:
        if media_type == PDF.media_type:
            return CHILD.draw("page", LONGEST_S, data=_text(content), number=number, width=width)
        return CHILD.draw("picture", LONGEST_S, data=_text(content), width=width)
    except PdfError as problem:
        raise CannotShow(str(problem)) from problem


def can_show(media_type: str) -> bool:
    return media_type in {one.media_type for one in LOOKED_AT}


def _one_kind(source: IO[bytes], kind: FileType, name: str, field: str) -> None:
    head = source.read(HEAD)[4:].lower()
    source.seek(0)
    again = any(mark.lower() in head for mark in SECOND_KINDS)
    zipped = kind != DOCX and zipfile.is_zipfile(source)
    source.seek(0)
    if (again and kind != DOCX) or zipped:
        raise RuleBroken(TWO_KINDS, field=field, name=name)


def _look_into_docx(source: IO[bytes], name: str, field: str) -> Look:
    """By its list of parts and its content types; nothing else is unpacked."""
    with open_zip(source, most=OFFICE_PARTS) as archive:
        names = [one.lower() for one in archive.namelist()]
        types = archive.getinfo("[Content_Types].xml")
        said = archive.read(types).lower() if types.file_size < 1 << 20 else b"macroenabled"
    source.seek(0)
    if b"macroenabled" in said or any("vba" in one for one in names):
        raise RuleBroken(MACROS, field=field, name=name)
    holds = any(one.startswith("word/embeddings/") or "activex" in one for one in names)
    return Look(caution=ACTIVE if holds else None)


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
