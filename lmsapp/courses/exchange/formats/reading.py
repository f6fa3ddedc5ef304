"""One file, whatever it is -> what was found in it."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace

from lmsapp.courses.exchange.formats.decoding import NO_TEXT, decoded
from lmsapp.courses.exchange.formats.draft import MOST_BYTES, Found, Place, TooManyError
from lmsapp.courses.exchange.formats.gift import read_gift
from lmsapp.courses.exchange.formats.moodle import moodle_of
from lmsapp.courses.exchange.formats.package import Package
from lmsapp.courses.exchange.formats.qti import MANIFEST, qti_of, read_package
from lmsapp.courses.exchange.formats.table import read_csv, read_sheet
from lmsapp.courses.exchange.formats.table_words import column_of
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.infra.xml import parse
from lmsapp.people.roster.workbook import sheet_rows

ZIP = b"PK\x03\x04"
EMPTY = N_("This file is empty.")
TOO_LARGE = N_("This file is larger than %(most)s MB.")
NOTHING = N_("No question was found in this file.")
BACKUP = N_("This is a backup of a whole Moodle course. Export the questions there: Question bank, Export, Moodle XML.")
OTHER_XML = N_("This XML holds no questions: it begins with “%(name)s”, not as Moodle XML or QTI does.")
COURSE = N_("This is a course file. Import it under Courses.")
OTHER_KINDS = (
    (b"%PDF", N_("This is a PDF, not a file of questions.")),
    (b"\xd0\xcf\x11\xe0", N_("This is an old Office file. Save it as .xlsx or CSV.")),
    (b"\x1f\x8b", BACKUP),
    (b"\x89PNG", N_("This is a picture, not a file of questions.")),
    (b"\xff\xd8\xff", N_("This is a picture, not a file of questions.")),
)
_XML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|!--|!DOCTYPE|[A-Za-z_])")


def read_questions(data: bytes) -> Found:
    """By what it is, not by its name. Raises RuleBroken (field 'file') for what holds no question."""
    quick_look(data[:4096], len(data))
    found = _read_zip(data) if data.startswith(ZIP) else _read_one(data)
    if not found.drafts and not found.problems:
        raise RuleBroken(NOTHING, field="file")
    return found


def quick_look(head: bytes, size: int) -> None:
    """What its first bytes and its size tell. Raises RuleBroken (field 'file')."""
    if not size or (size <= len(head) and not head.strip(b"\x00 \t\r\n")):
        raise RuleBroken(EMPTY, field="file")
    if size > MOST_BYTES:
        raise RuleBroken(TOO_LARGE, field="file", most=MOST_BYTES >> 20)
    for magic, words in OTHER_KINDS:
        if head.startswith(magic):
            raise RuleBroken(words, field="file")


def _read_one(data: bytes) -> Found:
    if _XML.match(data[:400]) or data[:4] in (b"\xff\xfe<\0", b"\xfe\xff\0<"):
        return _read_xml(data)
    text, _encoding = decoded(data)
    return read_gift(text) if looks_like_gift(text) else read_csv(text)


def _read_xml(data: bytes) -> Found:
    root, broken = parse(data)
    name = root.name
    if name in {"quiz", "question"}:
        return moodle_of(root, broken)
    if name == "moodle_backup":
        raise RuleBroken(BACKUP, field="file")
    if name.startswith(("assessment", "qti-assessment", "questestinterop")):
        return qti_of(root, broken)
    raise RuleBroken(OTHER_XML, field="file", name=name[:40])


def looks_like_gift(text: str) -> bool:
    """A table names its columns in its first line; GIFT has braces, names or categories."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    cells = [cell for sign in ",;\t|" if sign in first for cell in first.split(sign)]
    if any(column_of(cell.strip(' "')) == "question" for cell in cells):
        return False
    return "{" in text or first.lstrip().startswith(("::", "$CATEGORY", "//")) or not cells


def _read_zip(data: bytes) -> Found:
    package = Package(data)
    names = package.names
    if "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names):
        return read_sheet(sheet_rows(data))
    if "moodle_backup.xml" in names:
        raise RuleBroken(BACKUP, field="file")
    if "manifest.json" in names:
        raise RuleBroken(COURSE, field="file")
    manifest = min((name for name in names if posixpath.basename(name) == MANIFEST), key=len, default=None)
    if manifest is not None:
        found = read_package(package, manifest)
        if found.drafts or not package.texts:
            return found
        return _beside_the_manifest(package, found)
    return _read_each(package)


def _beside_the_manifest(package: Package, listed: Found) -> Found:
    """Many a program writes a manifest that names its items wrongly: what lies in the package counts, then."""
    try:
        found = _read_each(package)
    except RuleBroken:
        return listed
    return found if found.drafts else listed


def _read_each(package: Package) -> Found:
    """Every text of a package without a manifest, one after the other."""
    whole: Found | None = None
    for name in (one for one in package.texts if posixpath.basename(one) != MANIFEST):
        try:
            found = _read_one(package.read(name))
        except TooManyError:
            raise
        except RuleBroken as broken:
            if whole is None:
                whole = Found("zip")
            whole.refuse(Place(entry=name), broken)
            continue
        whole = whole or Found(found.format)
        whole.format = found.format if not whole.drafts else whole.format
        _join(whole, found, name)
    if whole is None:
        raise RuleBroken(NO_TEXT, field="file")
    if not whole.drafts and whole.problems:
        first = whole.problems[0].note
        raise RuleBroken(first.message, field="file", **first.values)
    return whole


def _join(whole: Found, found: Found, name: str) -> None:
    for draft in found.drafts:
        whole.take(replace(draft, place=replace(draft.place, entry=name)))
    for problem in found.problems:
        broken = RuleBroken(problem.note.message, **problem.note.values)
        whole.refuse(replace(problem.place, entry=name), broken, problem.excerpt)
    for note in found.notes:
        whole.note(note.message, **note.values)
