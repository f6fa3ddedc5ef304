"""What somebody sends in: by its content one of the types taken, no larger than allowed, never empty (SEC-6).

Neither the name nor what the browser says of a file counts. Nothing is ever unpacked.
"""

from __future__ import annotations

import zipfile
from collections.abc import Collection
from typing import IO

from lmsapp.infra.filetypes import DOCX, HEAD, PPTX, XLSX, FileType, sniff
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.infra.zips import open_zip

OFFICE_PARTS = 5000  # an office file has dozens of parts, a large one hundreds; thousands mean something else
OFFICE = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX, "ppt/presentation.xml": PPTX}


def check_upload(
    source: IO[bytes], name: str, *, taken: Collection[FileType], largest: int, field: str = "files"
) -> FileType:
    """The type of an uploaded file by its content; the stream stands at its beginning again. `largest`: bytes.

    Raises RuleBroken, naming the file, when it is empty, too large or none of the types taken.
    """
    source.seek(0, 2)
    size = source.tell()
    source.seek(0)
    if size == 0:
        raise RuleBroken(N_("%(name)s is empty. Choose the file again."), field=field, name=name)
    if size > largest:
        raise RuleBroken(
            N_("%(name)s is larger than %(most)s MB. Choose a smaller file."),
            field=field,
            name=name,
            most=largest >> 20,
        )
    kind = type_of(source)
    if kind is None or kind not in taken:
        raise RuleBroken(
            N_("%(name)s is not a %(types)s by its content. Nothing was stored."),
            field=field,
            name=name,
            types=", ".join(one.name.upper() for one in taken),
        )
    return kind


def type_of(source: IO[bytes]) -> FileType | None:
    """By the first bytes, an office file by its list of parts; the stream stands at its beginning again."""
    head = source.read(HEAD)
    source.seek(0)
    if not head.startswith(b"PK\x03\x04"):
        return sniff(head)
    try:
        with open_zip(source, most=OFFICE_PARTS) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        names = []
    finally:
        source.seek(0)
    if len(names) > OFFICE_PARTS or "[Content_Types].xml" not in names:
        return None
    return next((kind for part, kind in OFFICE.items() if part in names), None)
