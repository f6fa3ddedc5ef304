"""What may be filed, as what, and who may open it (HRD-1, HRD-2, SEC-6). Pure."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from typing import IO

from lmsapp.infra.filetypes import DOCX, HEAD, JPEG, PDF, PNG, FileType, sniff
from lmsapp.infra.words import N_, RuleBroken

LARGEST = 25 * 1024 * 1024
TAKEN = (PDF, JPEG, PNG, DOCX)
LONGEST_TITLE = 200
DOCX_PARTS = 5000  # a Word file has dozens of parts; thousands mean something else


@dataclass(frozen=True, slots=True)
class StandardType:
    """A document type every organisation begins with. `visible_to` as in `DocumentType`."""

    name: str
    visible_to: str
    keep_years: int | None
    needs_expiry: bool = False


TRAINING_RECORD = "Training Record"
ACKNOWLEDGMENT = "Policy Acknowledgment"
STANDARD_TYPES = (
    StandardType(N_("Training Record"), "employee", 6),
    StandardType(N_("Policy Acknowledgment"), "employee", 6),
    StandardType(N_("Licence"), "manager", None, needs_expiry=True),
    StandardType(N_("Identity"), "hr", 3),
    StandardType(N_("Other"), "hr", None),
)


def may_open(visible_to: str, *, keeps_records: bool, leads: bool, own: bool) -> bool:
    """HRD-1: HR opens everything; the reporting line from 'manager' on; oneself only 'employee'."""
    return keeps_records or (leads and visible_to in ("manager", "employee")) or (own and visible_to == "employee")


def check_upload(source: IO[bytes], name: str) -> FileType:
    """The type of an uploaded file by its content; the stream stands at its beginning again.

    Raises RuleBroken, naming the file, when it is empty, too large or nothing we keep.
    """
    source.seek(0, 2)
    size = source.tell()
    source.seek(0)
    if size == 0:
        raise RuleBroken(N_("%(name)s is empty. Choose the file again."), field="files", name=name)
    if size > LARGEST:
        raise RuleBroken(N_("%(name)s is larger than 25 MB. Choose a smaller file."), field="files", name=name)
    kind = sniff(source.read(HEAD))
    source.seek(0)
    if kind not in TAKEN or kind is None or (kind is DOCX and not _is_word(source)):
        raise RuleBroken(
            N_("%(name)s is not a PDF, JPG, PNG or DOCX by its content. Nothing was stored."), field="files", name=name
        )
    source.seek(0)
    return kind


def _is_word(source: IO[bytes]) -> bool:
    """A zip is a Word file when it says so inside; nothing is unpacked."""
    try:
        with zipfile.ZipFile(source) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return False
    return len(names) <= DOCX_PARTS and "[Content_Types].xml" in names and "word/document.xml" in names
