"""What may be filed, as what, and who may open it (HRD-1, HRD-2, SEC-6). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO

from lmsapp.infra import uploads
from lmsapp.infra.filetypes import DOCX, JPEG, PDF, PNG, FileType
from lmsapp.infra.words import N_

LARGEST = 25 * 1024 * 1024
TAKEN = (PDF, JPEG, PNG, DOCX)
LONGEST_TITLE = 200


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
    return uploads.check_upload(source, name, taken=TAKEN, largest=LARGEST)
